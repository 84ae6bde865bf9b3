"""From an ordinal to the screen and back: in pages, scrolled, right to left and vertical."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView

from kios_desktop.domain.preferences import Columns, Layout, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.conftest import READER
from tests.gui.reader.engine import Engine, open_engine

PARAGRAPHS = 50
WORDS = "Wind, 𝄞 naïve <i>schräg</i> <b>fett</b> <ruby>漢<rt>kan</rt></ruby> Wörter<sup>12</sup>. "
LETTERS = "שלום <b>עולם</b> <i>ספר</i> וקורא, 1234 abc. "
LAYOUTS = {
    "one column": ReadingSettings(columns=Columns.ONE),
    "two columns": ReadingSettings(columns=Columns.TWO),
    "large text": ReadingSettings(size_px=30, line_height=2.0),
    "scrolled": ReadingSettings(layout=Layout.SCROLL),
}
# Every place on the way: shown, it is on the screen, and the screen's first place leads back.
ROUND_TRIP = """((ordinal) => {
  const c = kios.current;
  c.goOrdinal(ordinal);
  const first = c.firstVisible(), shown = c.screen(), page = c.page;
  c.goOrdinal(first);
  return {first, shown, again: c.firstVisible(), pages: [page, c.page]};
})(%d)"""
# The boxes of a stretch of text, and the text in them.
RANGE = """((start, end) => {
  const range = kios.current.text.rangeOf(start, end);
  const boxes = Array.from(range.getClientRects()).filter((r) => r.width && r.height);
  return {text: range.toString().replace(/[ \\t\\r\\n]/g, ""), boxes: boxes.length};
})(%d, %d)"""
CHARACTER = """((ordinal) => {
  const text = kios.current.text, at = text.pointAt(ordinal);
  return [text.ordinalOf(at.node, at.offset), String.fromCodePoint(at.node.data.codePointAt(at.offset))];
})(%d)"""  # noqa: E501


def book(folder: Path, direction: str) -> Path:
    words = LETTERS if direction == "rtl" else WORDS
    body = "".join(f"<p>{n} {words * 8}</p>\n" for n in range(PARAGRAPHS))
    draft = BookDraft(chapters=[body, "<p>End.</p>"], direction=direction)
    draft.files = {
        "EPUB/chapter0001.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml" dir="{direction}">'
        f"<head><title>t</title></head><body>{body}</body></html>"
    }
    return draft.write(folder / "book.epub")


async def stream_of(engine: Engine) -> str:
    nodes = "kios.current.text.nodes.map((n) => n.data).join('')"
    return "".join((await engine.ask(nodes)).translate(str.maketrans("", "", " \t\r\n")))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_shown_place_is_on_the_screen_and_leads_back(
    profile: BookProfile, tmp_path: Path, layout: str, direction: str
) -> None:
    path = book(tmp_path, direction)
    engine = await open_engine(profile, path, settings=LAYOUTS[layout], size=(1400, 700))
    total = (await engine.go(0)).total
    stream = await stream_of(engine)
    assert len(stream) == total
    for ordinal in [*range(0, total, total // 23), total - 1]:
        found = await engine.ask(ROUND_TRIP % ordinal)
        assert found["first"] <= ordinal < found["first"] + found["shown"]
        assert found["again"] == found["first"]
        assert found["pages"][0] == found["pages"][1]
        assert await engine.ask(CHARACTER % ordinal) == [ordinal, stream[ordinal]]
        end = min(total, ordinal + 150)
        stretch = await engine.ask(RANGE % (ordinal, end))
        assert stretch["text"] == stream[ordinal:end]
        assert stretch["boxes"] > 0
    await engine.close()


async def test_lengths_of_the_viewport_are_those_of_the_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<div class='half'>x</div><p>Words.</p>"])
    draft.css = ".half { width: 50vw; height: 20vh }"
    engine = await open_engine(
        profile,
        draft.write(tmp_path / "vw.epub"),
        settings=ReadingSettings(columns=Columns.TWO),
        size=(1400, 700),
    )
    size = await engine.ask(
        "(() => { const r = kios.current.doc.querySelector('.half').getBoundingClientRect();"
        " const g = kios.current.geometry;"
        " return [r.width / ((g.width - g.gap) / 2), r.height / g.height]; })()"
    )
    assert size == [pytest.approx(0.5, abs=0.01), pytest.approx(0.2, abs=0.01)]
    await engine.close()


VERTICAL = """
const text = new TextIndex(document);
const width = document.documentElement.scrollWidth;
// lines run from right to left: the reading axis points that way
const along = (rect) => width - rect.right - window.scrollX;
const found = [];
for (let ordinal = 0; ordinal < text.total; ordinal += 97) {
  const rect = text.rectAt(ordinal);
  const first = text.firstFrom(along, along(rect));
  const range = text.rangeOf(ordinal, Math.min(text.total, ordinal + 40));
  const point = text.pointAt(ordinal);
  found.push({
    ordinal, back: text.ordinalOf(point.node, point.offset), first,
    sameLine: Math.abs(along(text.rectAt(first)) - along(rect)) < rect.width,
    before: first === 0 || along(text.rectAt(first - 1)) < along(rect),
    boxes: range.getClientRects().length,
  });
}
return {mode: getComputedStyle(document.body).writingMode, total: text.total, found};
"""


async def test_vertical_text_on_a_bare_page_is_found_again(profile: BookProfile) -> None:
    page = QWebEnginePage(profile)
    view = QWebEngineView()
    view.setPage(page)
    view.resize(900, 600)
    view.show()
    lines = "".join(
        f"<p>{n} 吾輩は猫である。名前はまだ<ruby>無<rt>な</rt></ruby>い。" * 3 + "</p>"
        for n in range(60)
    )
    loaded = asyncio.Event()
    page.loadFinished.connect(lambda _: loaded.set())
    page.setHtml(
        f"<body style='writing-mode: vertical-rl; font-size: 20px'>{lines}</body>",
        QUrl("about:blank"),
    )
    async with asyncio.timeout(8):
        await loaded.wait()
    module = (READER / "ordinals.js").read_text(encoding="utf-8").replace("export ", "")
    answer = await evaluated(page, f"(() => {{ {module} {VERTICAL} }})()")
    assert answer["mode"] == "vertical-rl"
    assert answer["total"] > 1000
    assert len(answer["found"]) > 10
    for one in answer["found"]:
        assert one["back"] == one["ordinal"]
        assert one["first"] <= one["ordinal"]
        assert one["sameLine"]
        assert one["before"]
        assert one["boxes"] > 0
    view.setPage(None)  # type: ignore[arg-type]
    page.deleteLater()
    view.close()
    view.deleteLater()
    await asyncio.sleep(0.02)


async def evaluated(page: QWebEnginePage, script: str) -> Any:
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    page.runJavaScript(f"JSON.stringify({script})", 0, done.set_result)
    async with asyncio.timeout(8):
        return json.loads(await done)
