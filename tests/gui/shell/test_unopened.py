"""A book of the library whose file is gone or damaged: what is said, and the ways out of it."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.shell.unopened import UnopenedDialog
from tests.books import page, write_book
from tests.gui.kios import Kios, OpenedBook
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def shown() -> UnopenedDialog | None:
    windows = QApplication.topLevelWidgets()
    return next((w for w in windows if isinstance(w, UnopenedDialog) and w.isVisible()), None)


async def fails_to_open(kios: Kios, book: BookId) -> UnopenedDialog:
    assert await kios.app.parts.readers.open(book) is None
    asking = shown()
    assert asking is not None
    return asking


async def file_of(kios: Kios, book: BookId) -> Path:
    return kios.app.parts.paths.library / (await kios.app.parts.books.get(book)).file


def many_pages(path: Path) -> Path:
    chapters = [page(f"<p>Chapter {n}. {'Some words. ' * 40}</p>") for n in range(4)]
    return write_book(path, *chapters, title="Lost and Found")


async def test_the_lost_file_is_added_again_and_the_book_opens_where_it_was(
    qapp: QApplication, tmp_path: Path
) -> None:
    original = many_pages(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path / "profile") as kios:
        book = await kios.add(original)
        opened = await kios.open(book)
        await opened.go_to_line(2)
        place = opened.place
        opened.window.close()
        await until(lambda: not kios.app.parts.readers.windows())
        (await file_of(kios, book)).unlink()

        asking = await fails_to_open(kios, book)
        words = [part.text() for part in asking.findChildren(QLabel)]
        assert any("Lost and Found" in text for text in words)
        assert sum("can’t be opened" in text for text in words) == 1
        asking.take(str(original))
        await until(lambda: kios.app.parts.readers.window_of(book) is not None)
        window = kios.app.parts.readers.window_of(book)
        assert window is not None
        await until(lambda: window.place_shown is not None, 15)
        assert OpenedBook(book, window).place == place


async def test_a_damaged_book_can_be_removed(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path / "profile") as kios:
        book = await kios.add(many_pages(tmp_path / "book.epub"))
        (await file_of(kios, book)).write_bytes(b"no book any more")
        asking = await fails_to_open(kios, book)
        asking.remove.click()
        (question,) = asking.findChildren(AskDialog)
        assert shown() is asking
        question.accept()
        await until(lambda: shown() is None)
        async with asyncio.timeout(5):
            while (await kios.app.parts.books.counts()).all:
                await asyncio.sleep(0.01)


async def test_another_file_is_another_book(qapp: QApplication, tmp_path: Path) -> None:
    other = write_book(tmp_path / "other.epub", title="Another")
    async with Kios(qapp, tmp_path / "profile") as kios:
        book = await kios.add(many_pages(tmp_path / "book.epub"))
        (await file_of(kios, book)).unlink()
        (await fails_to_open(kios, book)).take(str(other))
        await until(lambda: len(kios.app.parts.readers.windows()) == 1)
        assert kios.app.parts.readers.window_of(book) is None
        assert (await kios.app.parts.books.counts()).all == 2


async def test_details_name_the_file_and_what_is_wrong(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path / "profile") as kios:
        book = await kios.add(many_pages(tmp_path / "book.epub"))
        file = await file_of(kios, book)
        file.write_bytes(b"no book any more")
        asking = await fails_to_open(kios, book)
        details = asking.details
        assert not details.isVisible()
        asking.more.click()
        assert details.isVisible()
        assert str(file) in details.toPlainText()
        assert "Unreadable: not a zip" in details.toPlainText()
        asking.reject()
