"""Running text is set as the reader wishes; what a book sets on purpose stays as it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import PageStyle
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, look, open_engine

WORDS = "Once there were words that went on for a long while and then some more. " * 4
STYLE = """(selector, name) => kios.current.window.getComputedStyle(
  kios.current.doc.querySelector(selector)).getPropertyValue(name)"""
SAMPLE = f"""<h1 id="h">Heading {WORDS}</h1><p id="first">{WORDS}</p><p id="next">{WORDS}</p>
<p id="centred" style="text-align: center">{WORDS}</p><p id="after">{WORDS}</p>
<p id="right" class="right">{WORDS}</p><div class="mid"><p id="mid">{WORDS}</p></div>
<div class="verse"><p id="verse">{WORDS}</p></div><p id="broken">{WORDS}<br/>{WORDS}</p>
<p id="just" class="just">{WORDS}</p><p id="attribute" align="justify">{WORDS}</p>
<table><tr><td id="cell">{WORDS}</td></tr></table><ul><li id="item">{WORDS}</li></ul>
<p id="bold"><b>{WORDS}</b></p>"""
CSS = """.right { text-align: right; } .mid { text-align: center; } .just { text-align: justify; }
p { text-indent: 1em; font-weight: normal; }"""


def style(**changes: Any) -> PageStyle:
    return msgspec.structs.replace(look(), **changes)


@asynccontextmanager
async def opened(
    profile: BookProfile, folder: Path, body: str, css: str = "", **changes: Any
) -> AsyncIterator[Engine]:
    path = BookDraft(chapters=[body], css=css).write(folder / "book.epub")
    engine = await open_engine(profile, path, style=style(**changes))
    yield engine
    await engine.close()


async def each(engine: Engine, ids: str, name: str) -> dict[str, str]:
    """A computed property of the elements with these ids."""
    found = {key: await engine.ask(f"({STYLE})('#{key}', '{name}')") for key in ids.split()}
    return {key: value.removeprefix("-webkit-") for key, value in found.items()}


ALIGNED = "h first next centred right mid verse broken just attribute cell item"


async def test_only_running_text_is_justified(profile: BookProfile, tmp_path: Path) -> None:
    async with opened(profile, tmp_path, SAMPLE, CSS, justify="on") as engine:
        on = await each(engine, ALIGNED, "text-align")
    assert {key for key, value in on.items() if value == "justify"} == {
        "first", "next", "just", "attribute", "item",
    }  # fmt: skip
    assert on["centred"] == on["mid"] == "center"
    assert on["right"] == "right"


async def test_justified_text_of_a_book_is_not_when_that_is_off(
    profile: BookProfile, tmp_path: Path
) -> None:
    async with opened(profile, tmp_path, SAMPLE, CSS, justify="off") as engine:
        off = await each(engine, ALIGNED, "text-align")
        await engine.restyled(style(justify="publisher"))
        publisher = await each(engine, ALIGNED, "text-align")
    assert "justify" not in off.values()
    assert off["centred"] == off["mid"] == "center" and off["right"] == "right"
    assert {key for key, value in publisher.items() if value == "justify"} == {"just", "attribute"}


async def test_spacing_and_indent_are_of_running_paragraphs(
    profile: BookProfile, tmp_path: Path
) -> None:
    ids = "first next centred after mid verse"
    changes = {"spacing": 0.5, "indent": 2, "size": 20}
    async with opened(profile, tmp_path, SAMPLE, CSS, **changes) as engine:
        indents = await each(engine, ids, "text-indent")
        tops = await each(engine, ids, "margin-top")
        bottoms = await each(engine, ids, "margin-bottom")
        await engine.restyled(style(size=20))
        own = await each(engine, ids, "text-indent")
    assert indents["first"] == indents["after"] == "0px"
    assert indents["next"] == "40px"
    assert indents["centred"] == indents["mid"] == indents["verse"] == "20px"
    assert bottoms["first"] == bottoms["next"] == "10px" and tops["next"] == "0px"
    assert bottoms["centred"] == bottoms["verse"] == "20px"
    assert set(own.values()) == {"20px"}


async def test_weight_is_that_of_normal_text(profile: BookProfile, tmp_path: Path) -> None:
    async with opened(profile, tmp_path, SAMPLE, CSS, weight=500) as engine:
        weights = await each(engine, "first item", "font-weight")
        assert set(weights.values()) == {"500"}
        assert await engine.ask(f"({STYLE})('#bold b', 'font-weight')") == "700"
        assert await engine.ask(f"({STYLE})('#h', 'font-weight')") == "700"
        await engine.restyled(style(weight=0))
        assert await each(engine, "first", "font-weight") == {"first": "400"}


async def test_the_readers_own_style_sheet_is_the_last(
    profile: BookProfile, tmp_path: Path
) -> None:
    own = "@import url('http://example.org/x.css'); .just { text-align: right; } p { color: #123456"
    async with opened(profile, tmp_path, SAMPLE, CSS, own_css=own) as engine:
        assert (await each(engine, "just", "text-align"))["just"] == "right"
        assert (await each(engine, "first", "color"))["first"] == "rgb(18, 52, 86)"


LINE_HEIGHTS = {
    ".x { font-size: 12px; line-height: 18px }": 1.5,
    ".x { line-height: 14px }": 1.0,
    ".x { line-height: 24px }": 1.5,
    ".x { line-height: 12pt; font-size: 8pt }": 1.5,
    ".x { line-height: 120% }": 1.2,
    "div { font-size: 10px; line-height: 15px }": 1.5,
    "div { line-height: 1em }": 1.0,
    ".x { line-height: 0.6 }": 1.0,
    ".x { line-height: 1.75 }": 1.75,
    "html { font-size: 62.5% } body { font-size: 1.6rem } .x { line-height: 2.4rem }": 1.5,
    "div { font-size: 10px } .x { line-height: 15px }": 1.5,
}


@pytest.mark.parametrize("css", LINE_HEIGHTS)
@pytest.mark.parametrize("size", [14, 28])
async def test_lines_of_a_book_never_overlap(
    profile: BookProfile, tmp_path: Path, css: str, size: int
) -> None:
    large = '<p class="x"><span style="font-size: 2em" id="y">y</span></p>'
    body = f'<div><p class="x" id="x">{WORDS}</p>{large}</div>'
    async with opened(profile, tmp_path, body, css, size=size) as engine:
        for key in ("x", "y"):
            height = (await each(engine, key, "line-height"))[key]
            font = (await each(engine, key, "font-size"))[key]
            ratio = float(height.removesuffix("px")) / float(font.removesuffix("px"))
            assert ratio == pytest.approx(LINE_HEIGHTS[css], abs=0.01)


async def test_a_line_height_in_a_style_attribute_grows_with_the_text(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = f'<p id="x" style="line-height: 20px">{WORDS}</p>'
    async with opened(profile, tmp_path, body, size=32) as engine:
        assert await each(engine, "x", "line-height") == {"x": "40px"}


async def test_an_initial_keeps_its_measured_height(profile: BookProfile, tmp_path: Path) -> None:
    css = ".x { float: left; font-size: 80px; line-height: 60px }"
    async with opened(
        profile, tmp_path, f"<p><span class='x' id='p'>O</span>{WORDS}</p>", css
    ) as engine:
        size = (await each(engine, "p", "font-size"))["p"]
        height = (await each(engine, "p", "line-height"))["p"]
    assert float(height[:-2]) == pytest.approx(0.75 * float(size[:-2]), rel=0.01)


@pytest.mark.parametrize(
    ("css", "body"),
    [
        ("h2 { vertical-align: 10% }", "<h2 id='p'>Heading</h2>"),
        ("dt { vertical-align: 2px }", "<dl><dt id='p'>Term</dt><dd>What it is</dd></dl>"),
        (".s { display: block; vertical-align: sub }", "<span class='s' id='p'>HAMLET</span>"),
        (".n { vertical-align: 0 }", "<p><span class='n' id='p'>1</span> one</p>"),
        (
            ".n { display: inline-block; vertical-align: 2px }",
            "<p><b class='n' id='p'>1</b> one</p>",
        ),
    ],
)
async def test_only_marks_in_lines_lose_their_height(
    profile: BookProfile, tmp_path: Path, css: str, body: str
) -> None:
    async with opened(profile, tmp_path, body, css) as engine:
        assert float((await each(engine, "p", "line-height"))["p"][:-2]) > 10


MARKS = {
    "sup": "<sup>1</sup>",
    "link in sup": '<sup><a href="#x">12</a></sup>',
    "sup in small link": '<a href="#x" style="font-size: small"><sup>1</sup></a>',
    "span": '<span class="super">1</span>',
    "attribute": '<span style="vertical-align: super; font-size: 80%">1</span>',
    "length": '<a class="length" href="#x">[1]</a>',
    "sized": '<sup class="sized">1</sup>',
    "sub": "H<sub>2</sub>O",
}
MARKS_CSS = """.super { vertical-align: super; font-size: 0.9em } .length { vertical-align: 0.5em }
.sized { font-size: 1em; line-height: 1.5; vertical-align: top } sup a { line-height: 2 }"""
HEIGHT = "kios.current.doc.getElementById('x').getBoundingClientRect().height"


@pytest.mark.parametrize("mark", MARKS)
async def test_a_mark_pushes_no_lines_apart(
    profile: BookProfile, tmp_path: Path, mark: str
) -> None:
    heights = []
    for one in ("1", MARKS[mark]):
        body = f'<p id="x" style="text-align: left">Words <br/>and{one} words <br/>and words</p>'
        async with opened(profile, tmp_path, body, MARKS_CSS) as engine:
            heights.append(await engine.ask(HEIGHT))
    assert heights[0] == heights[1]


BOTTOMS = """(() => {
  const { text, window: w } = kios.current, range = kios.current.doc.createRange();
  const bottoms = {};
  for (const node of text.nodes) {
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      if (r.left < 0 || r.left >= w.innerWidth) continue;
      const column = r.left < w.innerWidth / 2 ? 0 : 1;
      bottoms[column] = Math.max(bottoms[column] ?? 0, r.bottom);
    }
  }
  return bottoms;
})()"""


async def test_full_columns_end_side_by_side(profile: BookProfile, tmp_path: Path) -> None:
    paragraph = f'<p style="margin: 0">{WORDS * 40}</p>'
    async with opened(
        profile, tmp_path, paragraph, columns="2", size=17, line_height=1.55
    ) as engine:
        bottoms = await engine.ask(BOTTOMS)
        geometry = await engine.ask("kios.current.geometry")
    assert bottoms["0"] == pytest.approx(bottoms["1"], abs=0.5)
    line = 17 * 1.55
    assert geometry["height"] - int(geometry["height"] / line) * line < 1


DRAWING = """<p>Words</p><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90">
<style>.label { font-size: 7px }</style><text id="t" class="label" y="20">Label</text></svg>"""


async def test_a_drawing_keeps_its_own_styles(profile: BookProfile, tmp_path: Path) -> None:
    css = "p { color: #ff0000 }"
    async with opened(profile, tmp_path, DRAWING, css, publisher_styles=False) as engine:
        assert await each(engine, "t", "font-size") == {"t": "7px"}
        assert await engine.ask(f"({STYLE})('p', 'color')") != "rgb(255, 0, 0)"
    own = "<style>.label { font-size: 7px }</style>"
    alone = DRAWING.removeprefix("<p>Words</p>").replace(own, "")
    css = ".label { font-size: 9px }"
    async with opened(profile, tmp_path, alone, css, publisher_styles=False) as engine:
        assert await each(engine, "t", "font-size") == {"t": "9px"}


async def test_no_line_of_a_paragraph_stands_alone(profile: BookProfile, tmp_path: Path) -> None:
    css = "p { widows: 1; orphans: 0; } li { orphans: 1 }"
    async with opened(profile, tmp_path, SAMPLE, css) as engine:
        assert set((await each(engine, "first item", "orphans")).values()) == {"2"}
        assert set((await each(engine, "first item", "widows")).values()) == {"2"}


async def test_ragged_text_is_wrapped_with_care_where_that_is_quick(
    profile: BookProfile, tmp_path: Path
) -> None:
    async with opened(profile, tmp_path, SAMPLE) as engine:
        assert (await each(engine, "first", "text-wrap"))["first"] == "pretty"
        await engine.restyled(style(justify="on"))
        assert (await each(engine, "first", "text-wrap"))["first"] == "wrap"
    async with opened(profile, tmp_path, f"<p id='first'>{WORDS}</p>" * 2000) as engine:
        assert (await each(engine, "first", "text-wrap"))["first"] == "wrap"


async def test_only_a_very_long_chapter_is_not_kerned(profile: BookProfile, tmp_path: Path) -> None:
    for size, kerning in ((1, "auto"), (1_100_000 // len("".join(WORDS.split())), "none")):
        async with opened(profile, tmp_path, f"<p id='first'>{WORDS}</p>" * size) as engine:
            assert (await each(engine, "first", "font-kerning"))["first"] == kerning
