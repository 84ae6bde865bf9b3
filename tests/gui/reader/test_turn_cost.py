"""What a page turn has to do before its frame: nothing that reads a layout."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import write_book
from tests.gui.reader.engine import Engine, open_engine

COUNT = """(() => {
  const text = Object.getPrototypeOf(kios.current.text);
  const plain = text.firstFrom;
  kios.searches = 0;
  text.firstFrom = function (...given) { kios.searches++; return plain.apply(this, given); };
  return true;
})()"""
TURN = (
    """(() => { const before = kios.searches; kios.turn(%d); return kios.searches - before; })()"""
)


async def rest(engine: Engine) -> None:
    """Until the page has done what it does between two turns."""
    async with asyncio.timeout(10):
        while await engine.ask("kios.chapters.size") < 2:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)


@pytest.mark.parametrize("turns", [(1, 1, 1), (1, -1), (3, 1)])
async def test_a_turn_measures_nothing(
    profile: BookProfile, tmp_path: Path, turns: tuple[int, ...]
) -> None:
    chapters = ("".join(f"<p>{'word ' * 200}</p>" for _ in range(20)) for _ in range(2))
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", *chapters))
    here = await engine.go(0)
    assert here.pages > 6
    await engine.ask(COUNT)
    for count in turns[:-1]:
        await rest(engine)
        await engine.turn(count)
    await rest(engine)
    assert await engine.ask(TURN % turns[-1]) == 0
    await engine.close()


@pytest.mark.parametrize("way", [1, -1])
async def test_nor_does_one_into_the_next_chapter(
    profile: BookProfile, tmp_path: Path, way: int
) -> None:
    chapters = ("".join(f"<p>{'word ' * 200}</p>" for _ in range(20)) for _ in range(2))
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", *chapters))
    here = await engine.go(0 if way > 0 else 1)
    await engine.ask(COUNT)
    if way > 0:
        await rest(engine)
        here = await engine.turn(here.pages - 1)
        assert here.chapter_end
    await rest(engine)
    assert await engine.ask(TURN % way) == 0
    await engine.close()
