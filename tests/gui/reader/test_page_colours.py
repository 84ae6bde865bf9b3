"""Everything can be read in every page theme: the walk's own measure finds no low contrast."""

import base64
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.engine import open_engine
from tests.gui.reader.walking import walked_body

SVG = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40' width='40' height='40'>"
STROKE = f"<p>{SVG}<path d='M0 0L40 40' fill='none' stroke='{{}}'/></svg></p>"
MATH = "<math xmlns='http://www.w3.org/1998/Math/MathML'>"


def picture(ink: str, share: float = 0.4, background: str = "") -> str:
    """An element with a PNG: a disc of this ink on nothing, or on a background."""
    image = QImage(60, 60, QImage.Format.Format_ARGB32)
    image.fill(QColor(background) if background else Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ink))
    side = 60 * share**0.5
    painter.drawEllipse(30 - side / 2, 30 - side / 2, side, side)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs do not know it
    data = base64.b64encode(buffer.data().data()).decode()
    return f"<p><img alt='disc' src='data:image/png;base64,{data}'/> words</p>"


# A style sheet, and a body whose text and drawings must be seen.
WAYS: dict[str, tuple[str, str]] = {
    "a dark body": ("body { background: #000; color: #fff }", "<p>white on black</p>"),
    "light text": (".a { color: #ddd } .b { color: yellow }",
                   "<p class='a'>light</p><p class='b'>yellow</p>"),
    "dark text": ("p { color: #111 } h1 { color: navy }", "<h1>navy</h1><p>black</p>"),
    "grey text": (".a { color: #999 } .b { color: #555 }",
                  "<p class='a'>one</p><p class='b'>other</p>"),
    "important colours": ("p { color: #fefefe !important }", "<p>white</p>"),
    "the style attribute": ("", "<p style='color: #00f'>blue</p><p style='color: lime'>lime</p>"),
    "a variable": (":root { --c: #eee; --d: #0000aa } p { color: var(--c) } b { color: var(--d) }",
                   "<p>pale <b>blue</b></p>"),
    "a half clear colour": ("p { color: rgba(0, 0, 0, 0.3) }", "<p>thin</p>"),
    "no colour": ("p { color: transparent }", "<p>hidden by its colour</p>"),
    "fill colours": ("p { -webkit-text-fill-color: white }", "<p>filled</p>"),
    "what the style adds": (
        "p::before { content: 'Before'; color: white } p::after { content: 'After'; color: #001 }"
        " p::first-letter { color: #eef }", "<p>text</p>",
    ),
    "variables in shorthands": (
        ":root { --dk: #003366; --n: #ffffe0; --l: 1px solid #eee } div { background: var(--dk);"
        " color: #fff } p { background: var(--n); border: var(--l) }", "<div>head</div><p>note</p>",
    ),
    "colours that let something through": (
        "p { color: rgba(0, 0, 255, 0.3) }", "<p>thin and blue</p>",
    ),
    "marked text": ("mark { color: #000 } a { color: #00f }",
                    "<p><mark>one <a href='#x'>two</a></mark><a id='x'>three</a></p>"),
    "nested rules": (
        ".box { & i { color: red } color: #fff; background: #ff8 }"
        " .b { @media (min-width: 1px) { background: #ffffc0 } }",
        "<p class='box'>box <i>red</i></p><p class='b'>more</p>",
    ),
    "many boxes in one another": (
        "div, table, tr, td { background: #ffe; color: #600 }",
        "<div><div><div><table><tr><td>cell</td></tr></table></div></div></div>",
    ),
    "a large picture beside text": (
"p { background: url(data:image/png;base64,iVBORw0KGgo=)"
        " no-repeat; color: #333 }", "<p>words</p>",
    ),
    "links": ("a { color: #00e } a.b { color: white }",
              "<p><a href='#x'>blue</a> <a class='b' href='#x'>white</a> <a id='x'>none</a></p>"),
    "a dark box with white text": ("div { background: #036; color: white }", "<div>a title</div>"),
    "a white box": ("div { background: white } p { color: #000 }", "<div><p>on white</p></div>"),
    "boxes in boxes": ("div { background: #ffd } p { background: #ff8; color: #060 }"
                       " b { color: #c00 }", "<div><p>green <b>red</b></p></div>"),
    "a table": ("th { background: #222; color: #fff } tr:nth-child(2) { background: #eee }",
                "<table><tr><th>head</th></tr><tr><td>cell</td></tr></table>"),
    "a gradient": ("p { background: linear-gradient(#fff, #000); color: #777 }", "<p>words</p>"),
    "old attributes": ("", "<p><font color='white'>white</font> <font color='#000080'>navy</font>"
                       "</p><table bgcolor='black'><tr><td><font color='yellow'>cell</font></td>"
                       "</tr></table>"),
    "formulas": ("", f"<p>{MATH}<mi mathcolor='black'>x</mi><mi mathcolor='white'>y</mi>"
                 "<mstyle mathbackground='black'><mi mathcolor='#ff0'>z</mi></mstyle></math></p>"),
    "rules of a dark page": (
        "p { color: #000 } @media (prefers-color-scheme: dark) { p { color: #fff } }", "<p>a</p>",
    ),
    "a drawing in black": ("", STROKE.format("black")),
    "a drawing without colours": ("", f"<p>{SVG}<rect width='9' height='9'/></svg></p>"),
    "a drawing in white": ("", STROKE.format("white")),
    "a drawing in the colour of text": ("p { color: #000 }", STROKE.format("currentColor")),
    "a drawing in colours": (
        "", f"<p>{SVG}<circle r='9' fill='#008'/><text x='2' y='30' fill='#300'>A</text></svg></p>",
    ),
    "black on nothing": ("", picture("black")),
    "a round sign": ("", picture("#222", 0.78)),
    "blue on nothing": ("", picture("#00c")),
    "white on nothing": ("", picture("white")),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_all_can_be_read_in_every_theme(
    profile: BookProfile, tmp_path: Path, way: str
) -> None:
    css, body = WAYS[way]
    chapter = await walked_body(profile, tmp_path, body, css=css)
    assert chapter.contrast == ()


async def seen(
    profile: BookProfile, folder: Path, css: str, body: str, at: PageTheme, script: str
) -> Any:
    """What an expression over `c`, the chapter, and `style(name)` gives in a page theme."""
    path = BookDraft(chapters=[body], css=css or "p {}").write(folder / "book.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(theme=at))
    found = await engine.ask(
        "((c) => { const style = (name) => c.window.getComputedStyle(c.doc.querySelector(name));"
        f" return {script}; }})(kios.current)"
    )
    await engine.close()
    return found


async def test_red_words_are_red_in_the_dark(profile: BookProfile, tmp_path: Path) -> None:
    css, script = "b { color: #900 }", "style('b').color.match(/[\\d.]+/g).map(Number)"
    body = "<p>He said <b>words</b>.</p>"
    _lightness, chroma, hue = await seen(profile, tmp_path, css, body, PageTheme.DARK, script)
    assert chroma > 0.05
    assert hue == pytest.approx(29, abs=6)


async def test_colours_that_can_be_read_stay(profile: BookProfile, tmp_path: Path) -> None:
    script = """(() => {
        const context = document.createElement('canvas').getContext('2d');
        context.fillStyle = style('b').color;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    })()"""
    css, body = "b { color: rgb(140, 0, 0) }", "<p><b>x</b></p>"
    drawn = await seen(profile, tmp_path, css, body, PageTheme.PAPER, script)
    assert drawn == pytest.approx([140, 0, 0, 255], abs=2)


async def test_media_queries_are_told_the_theme_of_the_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    css = "i { width: 1px } @media (prefers-color-scheme: dark) { i { min-width: 7px } }"
    body = "<p><i>x</i></p>"
    script = "style('i').minWidth"
    assert await seen(profile, tmp_path, css, body, PageTheme.DARK, script) == "7px"
    assert await seen(profile, tmp_path, css, body, PageTheme.BLACK, script) == "7px"
    assert await seen(profile, tmp_path, css, body, PageTheme.SEPIA, script) != "7px"


async def test_no_white_patches_are_left(profile: BookProfile, tmp_path: Path) -> None:
    css = "body { background: #fff } div { background: white } p { background: #fefefe }"
    body = "<div><p>words</p></div>"
    script = "['body', 'div', 'p'].map((name) => style(name).backgroundColor)"
    for at in (PageTheme.PAPER, PageTheme.SEPIA, PageTheme.DARK):
        backgrounds = await seen(profile, tmp_path, css, body, at, script)
        assert backgrounds == ["rgba(0, 0, 0, 0)"] * 3


@pytest.mark.parametrize(
    "photograph",
    [picture("#111", 0.4, background="#444"), picture("#a86", 0.4), picture("#222", 1.25)],
    ids=["without clear parts", "light enough", "round corners"],
)
async def test_photographs_stay_as_they_are(
    profile: BookProfile, tmp_path: Path, photograph: str
) -> None:
    script = "[style('img').backgroundColor, style('img').boxShadow, style('img').filter]"
    now = await seen(profile, tmp_path, "", photograph, PageTheme.DARK, script)
    assert now == ["rgba(0, 0, 0, 0)", "none", "none"]


async def test_a_picture_that_the_book_turns_gets_no_plate(
    profile: BookProfile, tmp_path: Path
) -> None:
    css = "@media (prefers-color-scheme: dark) { img { filter: invert(100%) } }"
    script = "[style('img').backgroundColor, style('img').filter]"
    now = await seen(profile, tmp_path, css, picture("black"), PageTheme.DARK, script)
    assert now == ["rgba(0, 0, 0, 0)", "invert(1)"]


async def test_a_picture_with_text_on_it_goes_and_a_plate_stays(
    profile: BookProfile, tmp_path: Path
) -> None:
    css = (
        "#text, #plate { height: 3em }"
        " #text { background: url(x.png) } #plate { background: url(x.png) }"
    )
    body = "<div id='text'>words</div><div id='plate'></div>"
    script = "['#text', '#plate'].map((name) => style(name).backgroundImage.slice(0, 3))"
    now = await seen(profile, tmp_path, css, body, PageTheme.PAPER, script)
    assert now == ["non", "url"]
