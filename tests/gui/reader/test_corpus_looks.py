"""Chapters of real books in every page theme: all can be read, and running text has its size.

The walk (`tasks.py walk`) measures the same on every page; here are some chapters of each book.
"""

import asyncio

import pytest

from kios_desktop.domain.errors import Unreadable
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.layouts import LAYOUTS
from kios_desktop.ui.walk.probe import probe_script
from kios_desktop.ui.walk.walker import styles_of_themes
from tests.corpus import book, book_names
from tests.gui.reader.conftest import READER
from tests.gui.reader.engine import open_engine

PROBE = probe_script(READER.parent).rstrip().rstrip(";")
PATIENCE_S = 60  # for chapters with hundreds of pages
THEMES = styles_of_themes(LAYOUTS["pages"])


def some_of(count: int) -> list[int]:
    """Chapters from all parts of a book of `count`."""
    return sorted({0, min(1, count - 1), count // 3, count // 2, count - 1})


@pytest.mark.parametrize("name", book_names() or ["absent"])
async def test_chapters_can_be_read_in_every_theme(profile: BookProfile, name: str) -> None:
    path = book(name)
    try:
        with Container.open(path) as container:
            read_publication(container)
    except Unreadable as refusal:
        pytest.skip(f"refused by rule: {refusal}")
    engine = await open_engine(profile, path)
    await engine.ask(f"({PROBE}, 0)")
    faults = []
    for spine in some_of(len(engine.hrefs)):
        await engine.go(spine)
        async with asyncio.timeout(PATIENCE_S):
            while not await engine.ask("kiosWalk.ready()"):  # fonts and pictures move lines
                await asyncio.sleep(0.05)
        await engine.ask("(kiosWalk.look(), 0)", PATIENCE_S)
        low = await engine.ask(f"kiosWalk.contrasts({THEMES})", PATIENCE_S)
        faults += [{"spine": spine, **one} for one in low]
        small = (await engine.ask("kiosWalk.report()", PATIENCE_S))["small_text"]
        faults += [{"spine": spine, "small": small}] * bool(small)
    await engine.close()
    assert faults == []
