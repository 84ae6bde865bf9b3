"""Where a book ends: not on its last page, but where its last words are on the screen."""

from pathlib import Path

import pytest

from kios_desktop.domain.preferences import Layout, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Destination, Relocated
from tests.books import write_book
from tests.gui.reader.engine import Engine, open_engine

LONG = "".join(f"<p>{' '.join([f'word{n}'] * 40)}</p>" for n in range(60))
# what a page can't reach: later issues make it reachable, and no page may be taken for the end
OUT_OF_REACH = f'<div style="height: 300px; overflow: hidden">{LONG}</div>'
VERTICAL = f'<div style="writing-mode: vertical-rl; height: 400px">{LONG}</div>'


async def to_the_last_page(engine: Engine) -> list[Relocated]:
    """Every page of a chapter, from its first one."""
    pages = [await engine.go(0)]
    while not pages[-1].chapter_end:
        pages.append(await engine.turn())
    return pages


async def test_the_end_is_the_page_with_the_last_words(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", LONG))
    pages = await to_the_last_page(engine)
    assert len(pages) > 3
    assert [page.book_end for page in pages] == [False] * (len(pages) - 1) + [True]
    await engine.close()


@pytest.mark.parametrize("body", [OUT_OF_REACH, VERTICAL], ids=["clipped", "vertical"])
async def test_words_that_no_page_reaches_are_not_read(
    profile: BookProfile, tmp_path: Path, body: str
) -> None:
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", body))
    pages = await to_the_last_page(engine)
    assert not pages[0].book_end
    await engine.close()


async def test_hidden_words_are_not_waited_for(profile: BookProfile, tmp_path: Path) -> None:
    body = '<p>The last words.</p><div style="display: none">Notes for machines.</div>'
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", body))
    assert (await engine.go(0)).book_end
    await engine.close()


async def test_a_book_that_ends_in_a_picture_ends_with_it(
    profile: BookProfile, tmp_path: Path
) -> None:
    square = '<rect width="50" height="50"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50">{square}</svg>'
    engine = await open_engine(
        profile, write_book(tmp_path / "b.epub", LONG, f"<div>{drawing}</div>")
    )
    assert not (await engine.go(0)).book_end
    assert (await engine.go(1)).book_end
    await engine.close()


async def test_a_scrolled_book_ends_where_its_last_words_are_seen(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", LONG))
    assert not (await engine.relaid(ReadingSettings(layout=Layout.SCROLL))).book_end
    seen = len(engine.messages)
    engine.page.bridge.go_to(Destination(0, "go", end=True))
    assert (await engine.wait(Relocated, seen)).book_end
    await engine.close()
