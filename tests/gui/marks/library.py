"""The main window of the whole app with two books, for the page of all highlights."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark
from kios_desktop.ui.marks.page import AllMarksPage
from kios_desktop.ui.shell.main_window import MainWindow
from tests.books import write_book
from tests.gui.kios import Kios
from tests.gui.waiting import until

CHAPTER = "<h1>{}</h1>" + "<p>The fog came in while they were talking of the harbour. </p>" * 60
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class Library:
    """The main window of the whole app, with the page of all highlights."""

    def __init__(self, kios: Kios, ids: list[BookId]) -> None:
        self.kios, self.ids = kios, ids

    @property
    def window(self) -> MainWindow:
        return self.kios.app.parts.window

    @property
    def page(self) -> AllMarksPage:
        return self.kios.app.parts.all_marks.page

    async def open_page(self, cards: int) -> AllMarksPage:
        """Open it by the keyboard, and wait until it lists so many rows."""
        you = self.window.sidebar.you
        you.setCurrentIndex(you.rows.index(0))
        QTest.keyClick(you, Qt.Key.Key_Return)
        await until(lambda: self.page.isVisible())
        await self.lists(cards)
        return self.page

    async def open_page_of(self, rows: int) -> AllMarksPage:
        """The same for more rows than are in sight, of which only those are read."""
        self.kios.app.parts.window.marks_requested.emit()
        await until(lambda: self.page.isVisible() and len(self.spoken) == rows)
        return self.page

    async def lists(self, count: int) -> None:
        """Wait until so many rows are listed and read."""
        await until(lambda: len(self.spoken) == count and all(self.spoken))

    @property
    def spoken(self) -> list[str]:
        model = self.page.model
        return [str(model.index(row).data(SPOKEN)) for row in range(model.rowCount())]

    async def save(self, number: int, *marks: Mark) -> None:
        """Keep marks of a book, made in its file as it is."""
        book = await self.kios.app.parts.books.get(self.ids[number])
        found = [
            replace(one, anchor=replace(one.anchor, sha256=book.hashes.sha256)) for one in marks
        ]
        await self.kios.app.parts.marks.save(book.id, found)

    async def kept(self, number: int) -> list[Mark]:
        return await self.kios.app.parts.marks.of_book(self.ids[number])

    def go_to_card(self, row: int) -> None:
        self.page.cards.setCurrentIndex(self.page.model.index(row))
        self.page.cards.setFocus()


@asynccontextmanager
async def library(qapp: QApplication, folder: Path) -> AsyncIterator[Library]:
    async with Kios(qapp, folder, connect=False) as kios:
        ids = []
        for title in ("Alpha", "Beta"):
            chapters = [CHAPTER.format(f"{title} {n}") for n in (1, 2, 3)]
            ids.append(await kios.add(write_book(folder / f"{title}.epub", *chapters, title=title)))
        kios.app.parts.library_changed()
        window = kios.app.parts.window
        window.resize(1200, 800)
        window.show()
        await until(lambda: window.sidebar.isVisible())
        yield Library(kios, ids)
