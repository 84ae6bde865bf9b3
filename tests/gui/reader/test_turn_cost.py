"""What a page turn has to do before its frame: nothing that reads a layout."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.bench.books import picture
from tests.books import BookDraft, write_book
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


async def test_pictures_are_looked_for_once_and_not_at_each_turn(
    profile: BookProfile, tmp_path: Path
) -> None:
    formula = (
        '<p>so <img src="a.png" width="9" height="9" alt="x"/> it is, ' + "word " * 80 + "</p>"
    )
    book = BookDraft(chapters=[formula * 40], files={"EPUB/a.png": picture(1, 40, 40)})
    engine = await open_engine(profile, book.write(tmp_path / "b.epub"))
    await engine.go(0)
    await engine.turn(1)
    await asyncio.sleep(0.3)
    await engine.ask(
        """(() => {
          const images = kios.current.window.HTMLImageElement.prototype;
          const plain = images.getClientRects;
          kios.looked = 0;
          images.getClientRects = function () { kios.looked++; return plain.call(this); };
          return true;
        })()"""
    )
    await engine.turn(1)
    await asyncio.sleep(0.3)
    assert await engine.ask("kios.looked") == 0
    assert await engine.ask("kios.current._pictures.size") > 1
    await engine.close()
