"""Style sheets made ready for pages that are columns."""

import pytest

from kios_desktop.epub import styles


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{color:red}", "a{color:red}"),
        ("a{-epub-writing-mode: vertical-rl}", "a{writing-mode: vertical-rl}"),
        ("a{-epub-text-combine-horizontal:digits 2}", "a{text-combine-upright:all}"),
        ("a{-epub-text-orientation:sideways-right}", "a{text-orientation:sideways}"),
        ("a{-epub-unknown:x}", "a{-epub-unknown:x}"),
        ("a{page-break-after:always}", "a{break-after:column}"),
        ("a{page-break-inside:avoid}", "a{break-inside:avoid}"),
        ("a{break-before: page}", "a{break-before: column}"),
        ("a{page-break-before:auto}", "a{break-before:auto}"),
        ("a{-webkit-column-break-inside:avoid}", "a{-webkit-column-break-inside:avoid}"),
        ("a{height:50vh}", "a{height:calc(50 * var(--page-height, 100vh) / 100)}"),
        ("a{width:.5vw}", "a{width:calc(.5 * var(--page-width, 100vw) / 100)}"),
        ('a{content:"10vh -epub-x"}', 'a{content:"10vh -epub-x"}'),
        ("/* page-break-before:always */", "/* page-break-before:always */"),
        (".x10vh{top:0}", ".x10vh{top:0}"),
        ("a{background:url('10vw.png')}", "a{background:url('10vw.png')}"),
        (
            'a{content:"not closed}\nb{break-before:page}',
            'a{content:"not closed}\nb{break-before:column}',
        ),
        ("a{x-epub-hyphens:auto}", "a{x-epub-hyphens:auto}"),
        (
            "a{margin:1.5vh 10vw}",
            "a{margin:calc(1.5 * var(--page-height, 100vh) / 100) "
            "calc(10 * var(--page-width, 100vw) / 100)}",
        ),
    ],
)
def test_style_sheet_is_adapted(css: str, expected: str) -> None:
    assert styles.adapt(css) == expected


@pytest.mark.parametrize(
    "css",
    [
        "/*" * 50_000,
        '"' * 100_001,
        "{" * 100_000,
        "-epub-x:" * 20_000,
        "-epub-" * 70_000,
        "1" * 400_000,
        '\\"' * 200_000,
        "break-before " * 20_000,
    ],
    ids=lambda css: str(css[:6]),
)
def test_hostile_style_sheet_costs_no_more_than_its_length(css: str) -> None:
    styles.adapt(css + " break-before:page")
