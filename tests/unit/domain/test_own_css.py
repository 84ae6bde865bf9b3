"""Nothing of the user's style sheet reaches outside the book."""

from time import process_time

import pytest

from kios_desktop.domain.own_css import reaches_out, without_remote


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("p { color: red }", "p { color: red }"),
        ('@import "https://example.org/a.css"; p { margin: 0 }', " p { margin: 0 }"),
        ("@IMPORT url(a.css)", ""),
        ("p { background: url( 'https://example.org/a.png' ) }", "p { background: none }"),
        ("p { background: url(//example.org/a.png), red }", "p { background: none, red }"),
        ("@im/**/port 'a.css';", ""),
        ("p { background: url(https://example.org/a.png", "p { background: none"),
    ],
)
def test_what_leads_elsewhere_is_left_out(css: str, left: str) -> None:
    assert without_remote(css) == left
    assert reaches_out(css) == (left != css)


@pytest.mark.parametrize("url", ["url(data:image/png;base64,AAAA)", 'url("data:x")', "url(#clip)"])
def test_what_it_holds_itself_stays(url: str) -> None:
    css = f"p {{ background: {url} }}"
    assert without_remote(css) == css
    assert not reaches_out(css)


def test_a_comment_ends_with_the_sheet() -> None:
    css = "p { margin: 0 } /* url(https://example.org/a.png)"
    assert without_remote(css) == "p { margin: 0 } "
    assert not reaches_out(css)


@pytest.mark.parametrize(
    "css", ["url(" * 20_000, "/*" * 40_000, f"url({' ' * 80_000}data:x)", "@import " * 10_000]
)
def test_a_sheet_is_looked_through_once(css: str) -> None:
    begun = process_time()
    without_remote(css)
    reaches_out(css)
    assert process_time() - begun < 0.5
