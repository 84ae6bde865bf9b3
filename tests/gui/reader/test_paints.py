"""Ranges of a chapter are painted, and its document never changes."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QColor

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.page_colors import READABLE, contrast, is_dark
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Loaded, Paint
from kios_desktop.ui.reader.page_style import mark_colors
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, look, open_engine
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

CHAPTER = """<p>Extraordinary <i>conver</i>sations, and <a href="#x">links</a> to follow.</p>
<p>A second paragraph of extraordinary words.</p>"""
WORDS = "Extraordinaryconversations,andlinkstofollow.Asecond"


async def painted(engine: Engine, layer: str) -> list[str]:
    text = (
        f"""[...kios.current.window.CSS.highlights.get("kios-{layer}")].map((r) => r.toString())"""
    )
    found = await engine.ask(text)
    return ["".join(one.replace("\u00ad", "").split()) for one in found]


def pixels(engine: Engine, color: str) -> int:
    """How many pixels of the page have this colour."""
    image = engine.view.grab().toImage()
    wanted = QColor(color).rgb()
    return sum(
        image.pixel(x, y) == wanted
        for y in range(0, image.height(), 2)
        for x in range(0, image.width(), 2)
    )


async def test_the_ranges_asked_for_are_painted_and_nothing_else(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = BookDraft(chapters=[CHAPTER]).write(tmp_path / "book.epub")
    engine = await open_engine(profile, path)
    before = await engine.ask("kios.current.root.outerHTML")
    engine.page.bridge.paint(Paint(0, "green", [(0, 13), (20, 40)]))
    assert await painted(engine, "green") == [WORDS[:13], WORDS[20:40]]
    engine.page.bridge.paint(Paint(0, "green", [(13, 16)]))
    assert await painted(engine, "green") == [WORDS[13:16]]
    engine.page.bridge.paint(Paint(0, "green", [(5, 5), (9, 3), (9999, 10001)]))
    assert await painted(engine, "green") == []
    engine.page.bridge.paint(Paint(7, "green", [(0, 3)]))  # no such chapter
    assert await engine.ask("kios.current.root.outerHTML") == before
    await engine.close()


async def test_painted_ranges_keep_their_words_through_new_layouts(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = BookDraft(chapters=[CHAPTER]).write(tmp_path / "book.epub")
    engine = await open_engine(profile, path)
    await engine.wait(Loaded)
    engine.page.bridge.paint(Paint(0, "pink", [(0, 26)]))
    for style in (
        msgspec.structs.replace(look(), hyphenate=True),
        look(ReadingSettings(size_px=30)),
        msgspec.structs.replace(look(), publisher_styles=False),
        look(),
    ):
        await engine.restyled(style)
        assert await painted(engine, "pink") == [WORDS[:26]]
    await engine.close()


@pytest.mark.parametrize(
    "choice", [PageTheme.PAPER, PageTheme.SEPIA, PageTheme.GREY, PageTheme.BLACK]
)
async def test_marks_have_the_colours_of_the_page_theme(
    profile: BookProfile, tmp_path: Path, choice: PageTheme
) -> None:
    path = BookDraft(chapters=[CHAPTER]).write(tmp_path / "book.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(theme=choice))
    page = theme.current().page(choice)
    for name, colors in mark_colors(is_dark(page.bg)).items():
        engine.page.bridge.paint(Paint(0, name, [(0, 26)]))
        await until(lambda fill=colors.fill: pixels(engine, fill) > 100)  # type: ignore[misc]
        assert contrast(page.text, colors.fill) >= READABLE
        engine.page.bridge.paint(Paint(0, name, []))
        engine.page.bridge.paint(Paint(0, f"{name}-line", [(0, 26)]))
        await until(lambda line=colors.line: pixels(engine, line) > 20)  # type: ignore[misc]
        await until(lambda fill=colors.fill: pixels(engine, fill) == 0)  # type: ignore[misc]
        engine.page.bridge.paint(Paint(0, f"{name}-line", []))
    await engine.close()
