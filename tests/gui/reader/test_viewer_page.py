"""The page's side of the viewer: what can be opened, and how it is shown."""

import asyncio
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec
import pytest

from kios_desktop.domain.preferences import ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import (
    MenuWanted,
    ViewCopied,
    Viewed,
    ViewedKind,
    ViewerLook,
    ViewerOpening,
    ViewFailed,
)
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, look, open_engine

pytestmark = pytest.mark.gui

LOOK = ViewerLook("rgba(0, 0, 0, 0.9)", "#ffffff", "#000000", "#333333")
WORDS = "<p>The fog came in while they were talking of the harbour.</p>" * 30
FRAME = "document.querySelector('#viewer iframe')"


def png(width: int, height: int, rgba: bytes = b"\x20\x60\xa0\xff") -> bytes:
    """A picture of one colour."""
    row = b"\0" + rgba * width
    data = zlib.compress(row * height, 1)
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0"
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big")
        + name
        + body
        + zlib.crc32(body, zlib.crc32(name)).to_bytes(4, "big")
        for name, body in chunks
    )


def item(name: str, media_type: str) -> str:
    return f'<item id="{name.replace(".", "-")}" href="{name}" media-type="{media_type}"/>'


def book(
    folder: Path,
    body: str,
    named: Mapping[str, bytes] = MappingProxyType({}),
    *,
    css: str = "",
    direction: str = "",
) -> Path:
    """A book with these files beside its first chapter."""
    types = {"png": "image/png", "svg": "image/svg+xml"}
    draft = BookDraft(chapters=(body, "<p>Later.</p>"), css=css, direction=direction)
    draft.manifest = "".join(item(name, types[name.rpartition(".")[2]]) for name in named)
    draft.files = {f"EPUB/{name}": content for name, content in named.items()}
    return draft.write(folder / "viewed.epub")


async def opened(engine: Engine, kind: ViewedKind | Literal["", "page"] = "page") -> Viewed:
    seen = len(engine.messages)
    engine.page.bridge.open_viewer(ViewerOpening(kind, LOOK))
    return await engine.wait(Viewed, seen)


async def test_a_picture_is_shown_at_its_own_size_and_the_page_stays(
    profile: BookProfile, tmp_path: Path
) -> None:
    figure = '<img src="a.png" alt="A map"/><figcaption>The bay</figcaption>'
    body = f'{WORDS}<figure id="bay">{figure}</figure>'
    engine = await open_engine(profile, book(tmp_path, body, {"a.png": png(1600, 900)}))
    await engine.go(0, anchor="bay")
    before = await engine.ask("[kios.current.page, kios.current.anchor, kios.current.total]")
    viewed = await opened(engine)
    assert (viewed.kind, viewed.width, viewed.height) == ("picture", 1600, 900)
    assert (viewed.label, viewed.caption) == ("A map", "The bay")
    assert viewed.href.endswith("/EPUB/a.png")
    right = (
        f"(({{doc}}) => doc.elementFromPoint(1590, 890)?.localName)"
        f"({{doc: {FRAME}.contentDocument}})"
    )
    assert await engine.ask(right) == "img", "what is wider than the window is cut off"
    engine.page.bridge.close_viewer()
    assert await engine.ask("document.querySelectorAll('#viewer').length") == 0
    after = await engine.ask("[kios.current.page, kios.current.anchor, kios.current.total]")
    assert after == before
    await engine.close()


async def test_pictures_are_stepped_through_in_order(profile: BookProfile, tmp_path: Path) -> None:
    body = '<p><img src="a.png"/></p>' + WORDS + '<p><img src="b.png"/></p>' + WORDS
    pictures = {"a.png": png(100, 60), "b.png": png(200, 90)}
    engine = await open_engine(profile, book(tmp_path, body, pictures))
    first = await opened(engine)
    assert (first.number, first.count) == (1, 2)
    seen = len(engine.messages)
    engine.page.bridge.step_viewer(1)
    second = await engine.wait(Viewed, seen)
    assert (second.width, second.number) == (200, 2)
    assert await engine.ask("kios.current.page") == 0
    await engine.close()


async def test_a_table_that_the_page_shrank_has_its_own_width_and_looks(
    profile: BookProfile, tmp_path: Path
) -> None:
    cells = "".join(f"<td>Number{n:04}</td>" for n in range(30))
    body = f'<div class="data"><table><tr>{cells}</tr><tr>{cells}</tr></table></div>'
    css = ".data td { white-space: nowrap; padding: 0 4px; } .data { font-family: monospace; }"
    engine = await open_engine(profile, book(tmp_path, body, css=css))
    shown = await engine.ask(
        "kios.current.doc.querySelector('table').getBoundingClientRect().width"
    )
    viewed = await opened(engine)
    assert viewed.kind == "table"
    assert viewed.width > 2000 > 1000 > shown
    style = await engine.ask(
        f"(({{display, zoom}}) => [display, zoom])({FRAME}.contentWindow.getComputedStyle("
        f"{FRAME}.contentDocument.querySelector('table')))"
    )
    assert style == ["table", "1"]
    family = await engine.ask(
        f"{FRAME}.contentWindow.getComputedStyle({FRAME}.contentDocument.querySelector('td')).fontFamily"
    )
    assert family == "monospace"
    await engine.close()


async def test_a_table_is_copied_with_tabs_and_a_formula_as_tex(
    profile: BookProfile, tmp_path: Path
) -> None:
    table = "<table><tr><td>One</td><td>Two</td></tr><tr><td>3</td><td> 4\n5</td></tr></table>"
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><semantics>'
        "<mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>"
    )
    engine = await open_engine(profile, book(tmp_path, formula + table))
    assert (await opened(engine)).kind == "formula"
    engine.page.bridge.copy_viewed()
    copied = await engine.wait(ViewCopied)
    assert (copied.text, copied.markup.startswith("<math")) == ("x^2", True)
    seen = len(engine.messages)
    await engine.ask("(kios.viewer.click(kios.current, kios.current.doc.querySelector('td')), 0)")
    assert (await opened(engine, "")).kind == "table"
    engine.page.bridge.copy_viewed()
    assert (await engine.wait(ViewCopied, seen)).text == "One\tTwo\n3\t4 5"
    await engine.close()


async def test_a_drawing_finds_what_it_refers_to_and_stays_walled(
    profile: BookProfile, tmp_path: Path
) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="400">'
        "<title>A box</title><script>document.documentElement.id = 'ran'</script>"
        '<image href="https://example.org/spy.png" width="9" height="9"/>'
        '<rect width="200" height="100" fill="red" onload="document.documentElement.id = \'ran\'"/>'
        "</svg>"
    )
    engine = await open_engine(profile, book(tmp_path, drawing), scripts_on=True)
    viewed = await opened(engine)
    assert (viewed.kind, viewed.width, viewed.height, viewed.label) == (
        "drawing",
        400,
        200,
        "A box",
    )
    await asyncio.sleep(0.2)
    assert await engine.ask(f"{FRAME}.contentDocument.documentElement.id") == ""
    assert await engine.ask(f"{FRAME}.getAttribute('sandbox')") == "allow-same-origin"
    loaded = await engine.ask(
        f"{FRAME}.contentWindow.performance.getEntriesByType('resource')"
        ".filter((one) => one.name.startsWith('http') && one.transferSize).length"
    )
    assert loaded == 0
    await engine.close()


async def test_a_cover_in_a_drawing_is_the_picture_it_shows(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 600 800" width="100%" height="100%">'
        '<image width="600" height="800" xlink:href="a.png"/></svg>'
    )
    engine = await open_engine(profile, book(tmp_path, body, {"a.png": png(600, 800)}))
    viewed = await opened(engine)
    assert viewed.kind == "picture"
    assert viewed.href.endswith("/EPUB/a.png")
    assert viewed.height / viewed.width == pytest.approx(800 / 600, abs=0.01)
    await engine.close()


async def test_a_damaged_picture_is_said_to_be_one(profile: BookProfile, tmp_path: Path) -> None:
    body = '<p><img src="a.png" alt="Lost" width="200" height="200"/></p>'
    engine = await open_engine(profile, book(tmp_path, body, {"a.png": b"\x89PNG\r\n\x1a\nno"}))
    engine.page.bridge.open_viewer(ViewerOpening("page", LOOK))
    failed = await engine.wait(ViewFailed)
    assert (failed.reason, failed.label) == ("damaged", "Lost")
    await engine.close()


async def test_a_page_of_text_has_nothing_to_open(profile: BookProfile, tmp_path: Path) -> None:
    engine = await open_engine(profile, book(tmp_path, WORDS))
    engine.page.bridge.open_viewer(ViewerOpening("page", LOOK))
    assert (await engine.wait(ViewFailed)).reason == "nothing"
    await engine.close()


async def test_a_picture_of_20_megapixels_opens(profile: BookProfile, tmp_path: Path) -> None:
    body = '<p><img src="a.png"/></p>'
    engine = await open_engine(profile, book(tmp_path, body, {"a.png": png(5000, 4000)}))
    assert ((await opened(engine)).width, (await opened(engine)).height) == (5000, 4000)
    await engine.close()


async def test_a_white_drawing_on_nothing_is_shown_on_a_dark_ground(
    profile: BookProfile, tmp_path: Path
) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
        '<circle cx="100" cy="50" r="40" fill="{}"/></svg>'
    )
    body = '<p><img src="a.svg"/></p><p><img src="b.svg"/></p>'
    files = {"a.svg": svg.format("white").encode(), "b.svg": svg.format("black").encode()}
    engine = await open_engine(profile, book(tmp_path, body, files))
    await opened(engine)
    assert await engine.ask(f"{FRAME}.style.background") == "rgb(51, 51, 51)"
    seen = len(engine.messages)
    engine.page.bridge.step_viewer(1)
    await engine.wait(Viewed, seen)
    assert await engine.ask(f"{FRAME}.style.background") == "rgb(255, 255, 255)"
    await engine.close()


async def test_a_picture_of_400_megapixels_is_refused_before_it_is_drawn(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = '<p><img src="a.png"/></p>'
    engine = await open_engine(profile, book(tmp_path, body, {"a.png": png(100, 100)}))
    await engine.ask(  # a real one would need the memory that this is about
        "(['naturalWidth', 'naturalHeight'].forEach((side) => Object.defineProperty("
        "kios.current.doc.querySelector('img'), side, {value: 20000})), 0)"
    )
    engine.page.bridge.open_viewer(ViewerOpening("page", LOOK))
    assert (await engine.wait(ViewFailed)).reason == "large"
    assert await engine.ask("document.querySelectorAll('#viewer iframe').length") == 0
    await engine.close()


async def test_a_setting_without_the_books_styles_holds_in_the_viewer(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = book(tmp_path, "<table><tr><td>One</td></tr></table>", css="td { padding-left: 40px; }")
    for styled in (True, False):
        settings = ReadingSettings(publisher_styles=styled)
        engine = await open_engine(profile, path, settings=settings)
        await opened(engine)
        found = await engine.ask(
            f"{FRAME}.contentWindow.getComputedStyle({FRAME}.contentDocument.querySelector('td')).paddingLeft"
        )
        assert (found == "40px") is styled
        await engine.close()


HTML_INSIDE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
    '<circle cx="100" cy="50" r="40"/><foreignObject width="90" height="40">'
    '<p xmlns="http://www.w3.org/1999/xhtml">Low water</p></foreignObject></svg>'
)
DARK_RING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
    '<circle cx="100" cy="50" r="40" fill="none" stroke="black" stroke-width="9"/></svg>'
)


async def test_a_picture_whose_pixels_may_not_be_read_is_shown_on_paper(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = '<p><img src="a.svg"/></p><p><img id="next" src="b.svg"/></p>'
    files = {"a.svg": HTML_INSIDE.encode(), "b.svg": DARK_RING.encode()}
    engine = await open_engine(profile, book(tmp_path, body, files))
    assert ((await opened(engine)).width, (await opened(engine)).height) == (200, 100)
    assert await engine.ask(f"{FRAME}.style.background") == "rgb(255, 255, 255)"
    ink = "kios.current.doc.querySelector('#next').getAttribute('data-kios-ink')"
    assert await engine.ask(ink) == "dark", "one picture kept the next from being looked at"
    await engine.close()


@pytest.mark.parametrize("href", ["http://[bad", ""])
async def test_a_picture_without_an_address_is_refused_and_has_a_menu(
    profile: BookProfile, tmp_path: Path, href: str
) -> None:
    body = (
        '<p><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="200" height="100" viewBox="0 0 200 100">'
        f'<image width="200" height="100" xlink:href="{href}"/></svg></p>'
    )
    engine = await open_engine(profile, book(tmp_path, body))
    await engine.ask(
        "(kios.current.doc.querySelector('svg').dispatchEvent("
        "new MouseEvent('contextmenu', {bubbles: true})), 0)"
    )
    assert (await engine.wait(MenuWanted)).kinds == ["picture"]
    engine.page.bridge.open_viewer(ViewerOpening("page", LOOK))
    assert (await engine.wait(ViewFailed)).reason == "damaged"
    await engine.close()


async def test_whatever_goes_wrong_in_the_viewer_is_said(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = "<table><tr><td>One</td></tr></table>"
    engine = await open_engine(profile, book(tmp_path, body))
    await engine.ask("(kios.current.mends.original = () => { throw new Error('planted'); }, 0)")
    engine.page.bridge.open_viewer(ViewerOpening("page", LOOK))
    assert (await engine.wait(ViewFailed)).kind == "table"
    assert await engine.ask("document.querySelectorAll('#viewer iframe').length") == 0
    await engine.close()


async def test_an_unfinished_rule_of_the_user_takes_none_of_ours_in(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = book(tmp_path, "<table><tr><td>One</td></tr></table>")
    padding = f"{FRAME}.contentWindow.getComputedStyle({FRAME}.contentDocument.body).padding"
    engine = await open_engine(profile, path)
    for unfinished in ("/* unfinished", "p {", "@media print {", 'p { content: "', "p { margin: ("):
        await engine.restyled(
            msgspec.structs.replace(look(), own_css=f"td {{ color: red }} {unfinished}")
        )
        await opened(engine)
        assert await engine.ask(padding) == "16px", unfinished
    await engine.close()
