"""The books that were open when Kios ended are open again, each where it stood."""

import asyncio
import json
import sqlite3
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.library import BookId, Sort
from kios_desktop.paths import profile_paths
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.kit.placement import STEP
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.reader.session import OPEN
from kios_desktop.ui.shell.library_controller import ORDER
from tests.books import BookDraft
from tests.gui.kios import Kios, OpenedBook
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def book(folder: Path, title: str) -> Path:
    return BookDraft(title=title, chapters=[f"<p>{title} begins.</p>"]).write(
        folder / f"{title}.epub"
    )


def titles(kios: Kios) -> list[str]:
    return [window.title for window in kios.app.parts.readers.windows() if window.isVisible()]


def said() -> list[Dialog]:
    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog)]
    return [one for one in shown if one.isVisible()]


async def test_open_books_come_back_each_at_its_place_the_last_one_in_front(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        emma = await kios.open(await kios.add(book(tmp_path, "Emma")))
        walden = await kios.open(await kios.add(book(tmp_path, "Walden")))
        gone = await kios.open(await kios.add(book(tmp_path, "Persuasion")))
        gone.window.close()
        await until(lambda: len(kios.app.parts.readers.windows()) == 2)
        emma.window.setGeometry(120, 90, 620, 480)
        walden.window.setGeometry(40, 200, 700, 500)
        emma.window.activateWindow()
        await until(emma.window.isActiveWindow)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await until(lambda: titles(kios) == ["Walden", "Emma"], 15)
        first, last = kios.app.parts.readers.windows()
        assert first.geometry() == QRect(40, 200, 700, 500)
        assert last.geometry() == QRect(120, 90, 620, 480)
        assert kios.app.parts.window.isVisible(), "the library came first"
        await until(last.isActiveWindow)
        last.close()
        first.close()
        await until(lambda: kios.app.parts.readers.windows() == [])
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await kios.app.parts.opening.reopen(kios.app.parts.reader_session)
        assert titles(kios) == [], "they were closed by hand"


async def test_what_opens_by_itself_counts_as_read_from_its_first_turn(
    qapp: QApplication, tmp_path: Path
) -> None:
    pages = ["<p>Some words.</p>" * 400]
    async with Kios(qapp, tmp_path, connect=False) as kios:
        emma, last = [
            await kios.add(BookDraft(title=name, chapters=pages).write(tmp_path / f"{name}.epub"))
            for name in ("Emma", "Persuasion")
        ]
        await (await kios.open(emma)).turn(1)
        read_last = await kios.open(last)
        read_last.window.close()
        await until(lambda: titles(kios) == ["Emma"])
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await until(lambda: titles(kios) == ["Emma"], 15)
        await kios.open(emma)

        async def recent() -> list[BookId]:
            return [book.id for book in await kios.app.parts.books.continue_reading(2)]

        assert await recent() == [last, emma]
        await OpenedBook(emma, kios.app.parts.readers.windows()[0]).turn(1)
        async with asyncio.timeout(5):
            while await recent() != [emma, last]:
                await asyncio.sleep(0.01)


async def test_a_book_that_is_given_stays_in_front(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await kios.open(await kios.add(book(tmp_path, "Emma")))
        given = await kios.add(book(tmp_path, "Walden"))
    async with Kios(qapp, tmp_path, connect=False) as kios:
        kios.app.background.timer.stop()  # as when a book was given: it goes first
        shown = await kios.open(given)
        kios.app.background.timer.start(0)
        await until(lambda: sorted(titles(kios)) == ["Emma", "Walden"], 15)
        await until(shown.window.isActiveWindow)


async def test_what_cannot_be_opened_says_so_once(qapp: QApplication, tmp_path: Path) -> None:
    paths = profile_paths(tmp_path)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        broken = await kios.add(book(tmp_path, "Emma"))
        await kios.open(broken)
        removed = await kios.add(book(tmp_path, "Walden"))
        await kios.open(removed)
        replaced = await kios.add(book(tmp_path, "Persuasion"))
        await kios.open(replaced)
        file = (await kios.app.parts.books.get(broken)).file
    (paths.library / file).write_bytes(b"no book any more")
    with closing(sqlite3.connect(paths.database)) as rows, rows:
        rows.execute("PRAGMA foreign_keys=ON")
        rows.execute("DELETE FROM books WHERE id = ?", (removed,))
        rows.execute("UPDATE books SET title = 'Another book' WHERE id = ?", (replaced,))

    for asked in (1, 0):
        async with Kios(qapp, tmp_path, connect=False) as kios:
            kios.app.background.timer.stop()  # it is asked for here
            await kios.app.parts.opening.reopen(kios.app.parts.reader_session)
            assert titles(kios) == []
            assert len(said()) == asked
            for one in said():
                one.reject()
            assert kios.app.parts.reader_session.left_open() == []


async def test_books_whose_files_are_away_come_back_with_them(
    qapp: QApplication, tmp_path: Path
) -> None:
    """Such as a library on a drive that is not mounted."""
    names = ["Emma", "Walden", "Persuasion"]
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for name in names:
            await kios.open(await kios.add(book(tmp_path, name)))
    library = profile_paths(tmp_path).library
    library.rename(library.with_name("elsewhere"))
    library.mkdir()
    async with Kios(qapp, tmp_path, connect=False) as kios:
        kios.app.background.timer.stop()
        await kios.app.parts.opening.reopen(kios.app.parts.reader_session)
        assert said() == [], "nobody is asked anything"
        toast = kios.app.parts.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        assert any(part.text().startswith("3 books were") for part in toast.findChildren(QLabel))
    library.rmdir()
    library.with_name("elsewhere").rename(library)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await until(lambda: titles(kios) == names, 15)


async def test_several_damaged_books_are_one_message(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for name in ("Emma", "Walden", "Persuasion"):
            await kios.open(await kios.add(book(tmp_path, name)))
    for file in profile_paths(tmp_path).library.rglob("*.epub"):
        file.write_bytes(b"no book any more")
    async with Kios(qapp, tmp_path, connect=False) as kios:
        kios.app.background.timer.stop()
        await kios.app.parts.opening.reopen(kios.app.parts.reader_session)
        [one] = said()
        words = "".join(part.text() for part in one.findChildren(QLabel))
        assert all(name in words for name in ("Emma", "Walden", "Persuasion"))
        one.reject()
        assert kios.app.parts.reader_session.left_open() == []


async def test_a_quit_while_they_open_keeps_their_order(qapp: QApplication, tmp_path: Path) -> None:
    names = ["Emma", "Walden", "Persuasion", "Candide"]
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for name in names:
            await kios.open(await kios.add(book(tmp_path, name)))
    for there in (1, 2):
        async with Kios(qapp, tmp_path, connect=False) as kios:
            assert [one.title for one in kios.app.parts.reader_session.left_open()] == names
            await until(lambda: len(titles(kios)) >= there, 15)  # noqa: B023
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await until(lambda: titles(kios) == names, 15)


async def test_the_last_book_closed_by_hand_stays_closed_though_that_ends_kios(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        emma = await kios.open(await kios.add(book(tmp_path, "Emma")))
        kios.app.parts.window.close()
        assert not kios.app.parts.window.isVisible()
        emma.window.close()
        await until(lambda: kios.app.quitting)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        assert kios.app.parts.reader_session.left_open() == []


def on_the_disk(profile: Path) -> list[str]:
    kept = WindowMemory(profile_paths(profile).machine / "windows.json", lambda _save: None)
    return [one["title"] for one in json.loads(kept.geometry(OPEN) or b"[]")]


async def test_a_book_is_not_on_the_disk_while_it_opens_again(
    qapp: QApplication, tmp_path: Path
) -> None:
    """One that takes Kios down with it would do so at every start."""
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for name in ("Emma", "Walden"):
            await kios.open(await kios.add(book(tmp_path, name)))
    seen = []
    async with Kios(qapp, tmp_path, connect=False) as kios:
        kios.app.background.timer.stop()
        kios.app.parts.readers.window_made.connect(lambda _: seen.append(on_the_disk(tmp_path)))
        await kios.app.parts.opening.reopen(kios.app.parts.reader_session)
        assert seen[0] == ["Walden"]
        assert "Walden" not in seen[1]
        await until(lambda: on_the_disk(tmp_path) == ["Emma", "Walden"], 15)


async def test_what_is_kept_of_it_may_be_damaged(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        kios.app.parts.window_memory.keep(OPEN, b'[{"book": "none"}]')
    async with Kios(qapp, tmp_path, connect=False) as kios:
        assert kios.app.parts.reader_session.left_open() == []
        await kios.open(await kios.add(book(tmp_path, "Emma")))
        assert [one.title for one in kios.app.parts.reader_session.left_open()] == ["Emma"]


async def test_no_window_opens_just_upon_another_one(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        shown = [
            await kios.open(await kios.add(book(tmp_path, name)))
            for name in ("Emma", "Walden", "Persuasion")
        ]
        corners = [one.window.geometry().topLeft() for one in shown]
        assert len({(corner.x(), corner.y()) for corner in corners}) == 3
        for one in shown:
            one.window.close()
        await until(lambda: kios.app.parts.readers.windows() == [])
        again = [await kios.open(one.id) for one in shown]
        corners = [one.window.geometry().topLeft() for one in again]
        gaps = [one - other for one, other in combinations(corners, 2)]
        assert all(max(abs(gap.x()), abs(gap.y())) >= STEP // 2 for gap in gaps)


async def test_the_order_of_the_books_is_that_of_the_last_time(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for name in ("Emma", "Walden"):
            await kios.add(book(tmp_path, name))
        kios.app.parts.window.library.header.sort_chosen.emit(Sort.TITLE)
        kios.app.parts.window.library.header.reverse_chosen.emit(True)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        query = kios.app.parts.library.presenter.query
        assert (query.sort, query.reverse) == (Sort.TITLE, True)
        await until(
            lambda: kios.app.parts.window.library.header.sort.accessibleName() == "Sort by: Title"
        )
        kios.app.parts.window_memory.keep(ORDER, b"\xff nonsense")
    async with Kios(qapp, tmp_path, connect=False) as kios:
        assert kios.app.parts.library.presenter.query.sort is Sort.RECENTLY_READ
