"""What chapters embed: shown as pictures or pages, else by the fallback the book offers."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kios_desktop.epub import embedded
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Serving
from kios_desktop.epub.xhtml_writer import HIDDEN, INSERTED, SVG
from tests.books import PIXEL_PNG, BookDraft, page

XHTML = "{http://www.w3.org/1999/xhtml}"
DATA_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
MATHML = "http://www.w3.org/1998/Math/MathML"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
PAGE = (
    "<h2 id='mine'>Inside</h2><p id='theirs'>Words <img src='../pic one.png' alt=''/></p>"
    "<a href='#mine'>up</a><a href='../chapter0002.xhtml#x'>on</a><a href='https://a.org/'>out</a>"
    "<script>ran()</script><style>p{color:red}</style><iframe src='page.xhtml'>again</iframe>"
    "<object data='../pic%20one.png'/>"
)
FILES: dict[str, bytes | str | None] = {
    "EPUB/pic one.png": PIXEL_PNG,
    "EPUB/drawing.svg": DRAWING,
    "EPUB/sub/page.xhtml": page(PAGE),
    "EPUB/foreign.psd": b"8BPS",
    "EPUB/sound.mp3": b"ID3",
    "EPUB/film.mp4": b"ftyp",
    "META-INF/secret.png": PIXEL_PNG,
}
ITEMS = (
    '<item id="d" href="drawing.svg" media-type="image/svg+xml"/>'
    '<item id="p" href="pic%20one.png" media-type="image/png"/>'
    '<item id="f" href="foreign.psd" media-type="image/psd" fallback="p"/>'
    '<item id="h" href="sub/page.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="s" href="sound.mp3" media-type="audio/mpeg"/>'
    '<item id="m" href="film.mp4" media-type="video/mp4"/>'
)


def body(chapter: str, folder: Path, **files: str) -> Any:
    """The body that is served for the body of a chapter."""
    draft = BookDraft(chapters=[chapter, "<p>next</p>"], manifest=ITEMS, files={**FILES, **files})
    with Container.open(draft.write(folder / "book.epub")) as container:
        serving = Serving(container, read_publication(container))
        document = serving.resource("EPUB/chapter0001.xhtml").body
    return etree.fromstring(document).find(f"{XHTML}body")


def shown(element: Any) -> str:
    """The text outside what is hidden, white space folded."""
    if element.get("style") == HIDDEN:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [shown(child) if isinstance(child.tag, str) else "", child.tail or ""]
    return " ".join("".join(parts).split())


def pictures(element: Any) -> list[str]:
    return [image.get("src") for image in element.iter(f"{XHTML}img")]


@pytest.mark.parametrize(
    ("markup", "source"),
    [
        ("<object data='drawing.svg' type='image/svg+xml'>words</object>", "/EPUB/drawing.svg"),
        ("<object data='pic%20one.png'>words</object>", "/EPUB/pic%20one.png"),
        ("<object data='PIC ONE.png'>words</object>", "/EPUB/pic%20one.png"),
        ("<object data='drawing.svg#view'>words</object>", "/EPUB/drawing.svg#view"),
        ("<object data='foreign.psd'>words</object>", "/EPUB/foreign.psd"),  # has a fallback
        (f"<object data='{DATA_PICTURE}'>words</object>", DATA_PICTURE),
        (
            "<object data='x.swf'>wor<object data='pic%20one.png'/>ds</object>",
            "/EPUB/pic%20one.png",
        ),
        ("<embed src='drawing.svg'/>words", "/EPUB/drawing.svg"),
        ("<iframe src='pic%20one.png'>words</iframe>", "/EPUB/pic%20one.png"),
    ],
)
def test_an_embedded_picture_is_a_picture(markup: str, source: str, tmp_path: Path) -> None:
    found = body(f"<p>a{markup}b</p>", tmp_path)
    assert pictures(found) == [source]
    assert [e.get(INSERTED) for e in found.iter(f"{XHTML}img")] == [""]
    assert "".join(found.itertext()) == "awordsb"
    hides = "<embed" not in markup and "data='x.swf'" not in markup
    assert shown(found) == ("ab" if hides else "awordsb")


def test_a_picture_keeps_how_it_is_named_and_looks(tmp_path: Path) -> None:
    found = body(
        "<object data='drawing.svg' id='i' class='c' style='width:9em' width='9' height='8'>"
        "<p>A &amp;\n drawing</p></object>",
        tmp_path,
    )
    [image] = found.iter(f"{XHTML}img")
    wanted = {"id": "i", "class": "c", "style": "width:9em", "width": "9", "height": "8"}
    assert {key: image.get(key) for key in wanted} == wanted
    assert image.get("alt") == "A & drawing"
    assert found.xpath("count(//*[@id='i'])") == 1


@pytest.mark.parametrize(
    "address",
    [
        "gone.png",
        "x.swf",
        "",
        "https://example.org/a.png",
        "//example.org/a.png",
        "book://other/EPUB/a.png",
        "file:///etc/hostname.png",
        "javascript:ran()",
        "data:text/html,&lt;script>ran()&lt;/script>",
        "data:application/xhtml+xml,x",
        "blob:book://x/y",
        "../META-INF/secret.png",
        "../../../../META-INF/secret.png",
        "../meta-inf/SECRET.png",
        "/META-INF/secret.png",
        "../mimetype",
        "../../../etc/hostname",
    ],
)
@pytest.mark.parametrize("element", ["object", "embed", "iframe"])
def test_what_cannot_be_shown_leaves_its_fallback(
    element: str, address: str, tmp_path: Path
) -> None:
    attribute = "data" if element == "object" else "src"
    inside = "" if element == "embed" else "<p>fall</p>back"
    found = body(f"<div>a<{element} {attribute}='{address}'>{inside}</{element}>b</div>", tmp_path)
    assert pictures(found) == []
    is_link = element == "iframe" and address.startswith("https://")
    assert shown(found) == (
        "a" + (address if is_link else "" if element == "embed" else "fallback") + "b"
    )
    for key in ("src", "data", "srcdoc"):
        assert found.xpath(f"count(//@{key})") == 0
    assert found.xpath("count(//*[local-name()='object' or local-name()='embed'])") == 0
    assert [a.get("href") for a in found.iter(f"{XHTML}a")] == ([address] if is_link else [])


@pytest.mark.parametrize(
    "markup",
    ["<iframe src='sub/page.xhtml' title='A page'>old</iframe>",
     "<object data='sub/page.xhtml' title='A page'>old</object>",
     "<embed src='sub/page.xhtml' title='A page'/>"],
)  # fmt: skip
def test_a_page_of_the_book_is_written_into_the_chapter(markup: str, tmp_path: Path) -> None:
    found = body(f"<p id='theirs'>a</p>{markup}<p>b</p>", tmp_path)
    [frame] = found.findall(f".//*[@{INSERTED}]")[:1]
    assert frame.get("title") == "A page"
    assert shown(frame) == "InsideWordsuponoutagain"
    assert pictures(frame) == ["/EPUB/pic%20one.png"] * 2
    links = [link.get("href") for link in frame.iter(f"{XHTML}a")]
    assert links == ["#mine", "/EPUB/chapter0002.xhtml#x", "https://a.org/"]
    assert found.xpath("count(//*[@id='theirs'])") == 1
    assert found.xpath("count(//*[@id='mine'])") == 1
    for name in ("script", "style", "iframe", "object", "link"):
        assert frame.find(f".//{XHTML}{name}") is None
    assert shown(found) == "aInsideWordsuponoutagainb"


def test_a_page_in_the_page_itself_is_written_like_one(tmp_path: Path) -> None:
    found = body(
        "<iframe srcdoc='&lt;p>In&lt;b>side&lt;script>x()&lt;/script>'>old</iframe>", tmp_path
    )
    assert shown(found) == "Inside"
    assert found.find(f".//{XHTML}script") is None


def test_pages_within_pages_end(tmp_path: Path) -> None:
    itself = body("<p>x</p><iframe src='chapter0001.xhtml'>old</iframe>", tmp_path)
    assert shown(itself) == "xxchapter0001.xhtml"  # and a link to the rest
    large = page("<p>" + "word " * 100_000 + "</p>")
    many = body(
        "<iframe src='large.xhtml'>old</iframe>" * 10 + "<iframe src='chapter0002.xhtml'/>",
        tmp_path,
        **{"EPUB/large.xhtml": large},
    )
    written = len(etree.tostring(many))
    assert 4 * len(large) <= written <= embedded.MAX_INLINED_BYTES * 1.1
    assert shown(many).endswith("old" * 6 + "next")
    tiny = body("<iframe src='chapter0002.xhtml'/>" * 3000, tmp_path)
    assert len(tiny.findall(f".//{XHTML}div")) <= 2 * embedded.MAX_INLINED_BYTES // 1024
    assert tiny.findall(f".//{XHTML}a")[-1].get("href") == "/EPUB/chapter0002.xhtml"


MANY = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 5))
UNFOLDED = f"<!DOCTYPE html [<!ENTITY e0 '<meter/>x'>{MANY}]>" + page("&e3;" * 16)
TENFOLD = "<use href='#c{}'/>" * 10
COPIED = "".join(f"<g id='c{n}'>{TENFOLD.replace('{}', str(n - 1))}</g>" for n in range(1, 5))
DRAWN = page(f"<svg xmlns='{SVG}'><g id='c0'/>{COPIED}<use href='#c4'/></svg>")


@pytest.mark.parametrize(("inside", "fit"), [(UNFOLDED, 1), (DRAWN, 6)])
def test_pages_count_as_what_they_unfold_to(inside: str, fit: int, tmp_path: Path) -> None:
    many = body("<iframe src='p.xhtml'/>" * 40, tmp_path, **{"EPUB/p.xhtml": inside})
    assert len(many.findall(f"{XHTML}span")) == 40
    assert len(many.findall(f".//{XHTML}div[@role='group']")) == fit


def test_a_page_and_what_is_written_into_it_do_not_copy_each_other_without_end(
    tmp_path: Path,
) -> None:
    uses = "<use href='#d'/>" * 1000
    drawn = f"<svg xmlns='{SVG}'>{uses}</svg>"
    large = f"<svg xmlns='{SVG}'><g id='d'>{'<g/>' * 1000}</g></svg>"
    for first, second in ((drawn, large), (large, drawn)):
        found = body(
            f"<p>words</p>{first}<iframe src='p.xhtml'/>",
            tmp_path,
            **{"EPUB/p.xhtml": page(second)},
        )
        assert shown(found) == "words"
        assert found.find(f".//{{{SVG}}}use") is None


@pytest.mark.parametrize(
    ("sources", "is_played"),
    [
        ("<source src='sound.mp3'/>", True),
        ("<source src='film.mp4'/><source src='sound.mp3'/>", True),
        ("<source src='film.mp4' type='video/mp4'/>", False),
        ("<source src='gone.mp3'/>", False),
        ("<source src='https://example.org/a.mp3'/>", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("kind", ["audio", "video"])
def test_the_fallback_of_what_may_not_be_played_is_shown(
    kind: str, sources: str, is_played: bool, tmp_path: Path
) -> None:
    found = body(f"<{kind} controls='' id='i'>{sources}<p>words</p></{kind}>", tmp_path)
    [player] = found.iter(f"{XHTML}{kind}")
    assert "".join(player.itertext()) == ("words" if is_played else "")
    assert player.get("controls") == ""
    assert found.xpath("count(//*[@id='i'])") == 1
    assert "autoplay" not in re.sub("<p.*", "", etree.tostring(found).decode())
    without = body(f"<{kind} src='film.mp4'>{sources}</{kind}>", tmp_path)
    assert without.find(f".//*[@{INSERTED}]") is None  # nothing to show instead


@pytest.mark.parametrize(
    ("namespaces", "words"),
    [
        ((MATHML,), "case0"),
        (("urn:x", MATHML), "case1"),
        (("urn:x", "urn:y"), "default"),
        ((), "default"),
    ],
)
def test_of_a_switch_one_case_is_shown(
    namespaces: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    cases = "".join(
        f'<epub:case required-namespace="{name}">case{n}</epub:case>'
        for n, name in enumerate(namespaces)
    )
    found = body(
        f"<epub:switch>{cases}<epub:default>default</epub:default></epub:switch>", tmp_path
    )
    assert shown(found) == words


@pytest.mark.parametrize("name", ["canvas", "dialog", "noembed", "noframes"])
def test_what_shows_nothing_without_scripts_shows_its_content(name: str, tmp_path: Path) -> None:
    found = body(f"<{name} id='i' class='c'>wo<b>rds</b></{name}>", tmp_path)
    assert found.find(f"{XHTML}{name}") is None
    assert (found[0].get("id"), found[0].get("class"), shown(found)) == ("i", "c", "words")


SCRIPTED = (
    '<item id="x" href="x.xhtml" media-type="application/xhtml+xml" properties="scripted"'
    ' fallback="{}"/><item id="y" href="sub/y.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="p" href="pic.png" media-type="image/png"/>'
)


@pytest.mark.parametrize(
    ("chosen", "words"), [("y", "still"), ("p", "moving"), ("x", "moving"), ("gone", "moving")]
)
def test_a_scripted_document_gives_way_to_one_without_scripts(
    chosen: str, words: str, tmp_path: Path
) -> None:
    draft = BookDraft(
        manifest=SCRIPTED.format(chosen),
        spine='<itemref idref="x"/>',
        files={
            "EPUB/x.xhtml": page("moving"),
            "EPUB/sub/y.xhtml": page("still"),
            "EPUB/pic.png": PIXEL_PNG,
        },
    )
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        served = Serving(container, publication).resource("EPUB/x.xhtml")
    assert words.encode() in served.body
