"""A new layout comes first where the reader is, and in the chapters beside it later."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.domain.preferences import ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, look, open_engine

pytestmark = pytest.mark.gui

CHAPTERS = tuple(f"<h1>{n}</h1>" + "<p>Some words of a chapter. </p>" * 60 for n in range(3))
LARGE = look(ReadingSettings(size_px=31))
LAID_OUT = "[...kios.chapters.values()].map((chapter) => chapter.geometry !== null)"
SIZE = "getComputedStyle(kios.current.doc.querySelector('p')).fontSize"


async def in_the_middle(profile: BookProfile, folder: Path) -> Engine:
    """At the second chapter of three, which are all laid out."""
    engine = await open_engine(profile, BookDraft(chapters=CHAPTERS).write(folder / "b.epub"))
    await engine.go(1)
    await all_laid_out(engine)
    return engine


async def all_laid_out(engine: Engine) -> None:
    async with asyncio.timeout(8):
        while await engine.ask(LAID_OUT) != [True] * 3:
            await asyncio.sleep(0.01)


async def test_the_chapters_beside_it_follow(profile: BookProfile, tmp_path: Path) -> None:
    engine = await in_the_middle(profile, tmp_path)
    await engine.restyled(LARGE)
    assert await engine.ask(SIZE) == "31px"
    assert sorted(await engine.ask(LAID_OUT)) == [False, False, True]
    await all_laid_out(engine)
    await engine.close()


async def test_a_turn_to_a_chapter_that_waits_finds_it_in_the_new_layout(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await in_the_middle(profile, tmp_path)
    await engine.restyled(LARGE)
    shown = await engine.go(2)
    assert (shown.spine, shown.ordinal) == (2, 0)
    assert await engine.ask(SIZE) == "31px"
    shown = await engine.turn(-1)
    assert (shown.spine, shown.page) == (1, shown.pages - 1)
    assert await engine.ask(SIZE) == "31px"
    await engine.close()


async def test_layouts_in_quick_succession_end_in_the_last_one(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await in_the_middle(profile, tmp_path)
    for size in (13, 22, 17, 31):
        engine.page.bridge.apply_settings(look(ReadingSettings(size_px=size)))
    await all_laid_out(engine)
    sizes = await engine.ask(
        "[...kios.chapters.values()].map("
        "({doc}) => getComputedStyle(doc.querySelector('p')).fontSize)"
    )
    assert set(sizes) == {"31px"}
    await engine.close()
