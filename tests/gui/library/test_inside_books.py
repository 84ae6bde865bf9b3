"""“Also search inside books” in the whole app: switched on, read, found, opened, switched off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.inside_books import Excerpt, IndexStage
from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.library.inside_view import InsideBooksView
from kios_desktop.ui.library.view import LibraryView
from kios_desktop.ui.settings.library_settings_page import LibrarySettingsPage
from tests.books import BookDraft
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
HARBOUR = (
    "<h1>Calm</h1>" + "<p>Nothing at all was to be seen. </p>" * 60,
    "<h1>Weather</h1>" + "<p>They talked of the sea.</p>" * 30 + "<p>A Straße in fog.</p>",
)
MOUNTAIN = ("<h1>Snow</h1><p>In the fog they lost the strasse, and the fog stayed.</p>",)


class Inside:
    """The whole app, with two books in its library."""

    def __init__(self, kios: Kios, ids: list[BookId]) -> None:
        self.kios, self.ids = kios, ids

    @property
    def library(self) -> LibraryView:
        return self.kios.app.parts.window.library

    @property
    def view(self) -> InsideBooksView:
        found = self.library.findChild(InsideBooksView)
        assert found is not None
        return found

    @property
    def settings(self) -> LibrarySettingsPage:
        return self.kios.app.parts.settings.show("library").library

    @property
    def stage(self) -> IndexStage:
        return self.kios.app.parts.inside_books.progress.stage

    async def switch(self, on: bool) -> None:
        page, live = self.settings, self.kios.app.parts.live
        await until(lambda: page._inside.isChecked() is live.value.search_inside_books)
        if page._inside.isChecked() is not on:
            page._inside.click()
        await until(lambda: self.stage is (IndexStage.COMPLETE if on else IndexStage.OFF), 20)
        self.kios.app.parts.settings.close()
        self.kios.app.parts.window.activateWindow()

    async def search(self, words: str) -> list[str]:
        """What a screen reader says of the rows."""
        field = self.library.header.search
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, words)
        await until(lambda: self.library.findChild(InsideBooksView) is not None)
        await until(
            lambda: (
                self.view.results.words == words
                and not self.view.results.looking
                and all(group.found.count is not None for group in self.view.results.groups)
            )
        )
        model = self.view.model
        return [str(model.index(row).data(SPOKEN)) for row in range(model.rowCount())]


@asynccontextmanager
async def library(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Inside]:
    async with Kios(qapp, tmp_path / "profile", connect=False) as kios:
        ids = []
        for name, chapters in (("The Harbour", HARBOUR), ("The Mountain", MOUNTAIN)):
            draft = BookDraft(title=name, author="Ana Writer", chapters=chapters)
            ids.append(await kios.add(draft.write(tmp_path / f"{name}.epub")))
        kios.app.parts.library_changed()
        await until(lambda: kios.app.parts.inside_books._started, 20)
        yield Inside(kios, ids)


async def test_words_are_found_inside_books_and_opened_there(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as inside:
        assert not inside.kios.app.parts.paths.text_index.exists()
        await inside.switch(True)
        rows = await inside.search("strasse")
        assert [row.split(",")[0] for row in rows] == [
            "The Mountain",
            "Chapter 1",
            "The Harbour",
            "Chapter 2",
        ]
        assert inside.view.isVisible()
        # nothing has such a title, so Enter opens the first excerpt; here it is reached by keys
        listed = inside.view.list
        listed.setFocus()
        listed.setCurrentIndex(listed.first())
        QTest.keyClick(listed, Qt.Key.Key_Down)
        QTest.keyClick(listed, Qt.Key.Key_Return)
        harbour = inside.ids[0]
        readers = inside.kios.app.parts.readers
        await until(lambda: readers.window_of(harbour) is not None, 15)
        window = readers.window_of(harbour)
        assert window is not None
        await until(
            lambda: window.place_shown is not None and window.place_shown.spine_index == 1, 15
        )
        await until(lambda: window.search.is_active)
        # a look: the place that counts is still the beginning
        position = await inside.kios.app.parts.positions.last(harbour)
        assert position is None or position.locator.place.spine_index == 0


async def test_switched_off_nothing_is_left_of_it(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as inside:
        await inside.switch(True)
        assert inside.kios.app.parts.paths.text_index.exists()
        await inside.switch(False)
        index = inside.kios.app.parts.paths.text_index
        await until(lambda: not list(index.parent.glob(index.name + "*")))
        inside.library.header.search.clear()
        QTest.keyClicks(inside.library.header.search, "fog")
        await asyncio.sleep(0.4)
        assert not inside.library.findChildren(InsideBooksView)


async def test_added_books_are_read_and_removed_ones_leave(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as inside:
        await inside.switch(True)
        draft = BookDraft(title="New", chapters=("<p>A zeppelin rose.</p>",))
        added = await inside.kios.add(draft.write(tmp_path / "new.epub"))
        inside_books = inside.kios.app.parts.inside_books
        await until(
            lambda: inside_books.progress.total == 3 and inside.stage is IndexStage.COMPLETE
        )
        assert (await inside.search("zeppelin"))[0].startswith("New")
        await inside.kios.app.parts.books.remove(added)
        await until(
            lambda: inside_books.progress.total == 2 and inside.stage is IndexStage.COMPLETE
        )
        await inside.search("zeppeli")
        assert inside.view.results.books == 0


async def test_reading_is_paused_and_goes_on(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as inside:
        parts = inside.kios.app.parts
        parts.live.change(
            structs.replace(parts.live.value, search_inside_books=True, inside_books_paused=True)
        )
        await until(lambda: inside.stage is IndexStage.PAUSED)
        status = inside.settings.inside_status
        assert status.isVisible()
        assert status.button.text() == "Continue"
        rows = await inside.search("fog")
        assert rows == []
        assert "0 of 2" in inside.view._summary.text()
        status.button.click()
        await until(lambda: inside.stage is IndexStage.COMPLETE, 20)
        await until(lambda: inside.view.results.books == 2)  # asked again as soon as all are read
        assert not status.button.isVisible()


async def test_in_another_file_of_the_book_the_words_are_looked_for(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as inside:
        opening, harbour = inside.kios.app.parts.opening, inside.ids[0]
        moved = Excerpt(harbour, 0, 9999, "", "A ", "Straße", " in fog.", False)
        await opening.open_at_excerpt(moved, "straße")
        window = inside.kios.app.parts.readers.window_of(harbour)
        assert window is not None
        await until(lambda: window.place_shown is not None and window.place_shown.spine_index == 1)
        gone = replace(moved, text="street")
        await opening.open_at_excerpt(gone, "street")
        shown = window.overlays.shown(OverlayKind.TOAST)
        assert shown is not None
        said = " ".join(label.text() for label in shown.findChildren(QLabel))
        assert "aren’t in the book any more" in said


async def test_the_list_is_used_by_keys_alone(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as inside:
        await inside.switch(True)
        await inside.search("sea")  # 30 times in one book
        window, listed = inside.kios.app.parts.window, inside.view.list
        assert inside.view in inside.library.regions()
        listed.setFocus(Qt.FocusReason.TabFocusReason)
        listed.setCurrentIndex(listed.first())
        for _ in range(3):
            QTest.keyClick(listed, Qt.Key.Key_Down)
        assert listed.currentIndex().data(SPOKEN) == "27 more in this book"
        QTest.keyClick(listed, Qt.Key.Key_Return)
        await until(lambda: inside.view.model.rowCount() == 31)
        bar = inside.library._page.verticalScrollBar()
        await until(lambda: listed.hasFocus() and bar.maximum() > listed.height() // 2)
        QTest.keyClick(listed, Qt.Key.Key_End)
        await until(lambda: bar.value() > 0)  # the page follows the row
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: not inside.view.isVisible())


async def test_escape_in_the_list_ends_the_search_and_leads_back_to_its_field(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as inside:
        await inside.switch(True)
        await inside.search("sea")
        field, listed = inside.library.header.search, inside.view.list
        listed.setFocus()
        pages = {inside.library._stack.currentIndex()}
        inside.library._stack.currentChanged.connect(pages.add)
        QTest.keyClick(listed, Qt.Key.Key_Escape)
        await until(lambda: inside.library.grid.isVisible() and not inside.view.isVisible())
        assert field.text() == ""
        assert field.hasFocus()
        assert pages == {0}  # the empty page was never shown for what is no more searched for


async def test_what_is_nowhere_leaves_one_sentence(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as inside:
        await inside.switch(True)
        assert await inside.search("nowhere") == []
        assert not inside.view.isVisible()
        texts = [label.text() for label in inside.library.findChildren(QLabel) if label.isVisible()]
        assert "Title, author, series and text of all your books were looked at." in texts
