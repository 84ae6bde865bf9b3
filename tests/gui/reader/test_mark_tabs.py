"""Bookmarks and highlights in the panel, in the whole app: what is listed, and done there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, Passage
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.marks.bookmarks_tab import BookmarksTab
from kios_desktop.ui.reader.marks.highlights_tab import HighlightsTab
from kios_desktop.ui.reader.marks.mark_list import MarkList
from kios_desktop.ui.reader.marks.note_editor import NoteEditor
from kios_desktop.ui.reader.window import ReaderWindow
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

LINE = "The fog came in while they were talking of the harbour. "
CHAPTER = "<h1>{}</h1>" + f"<p>{LINE}</p>" * 60
FOG, CAME = Passage(Place(0, 6), Place(0, 9)), Passage(Place(0, 9), Place(0, 13))
FAR = Passage(Place(2, 8), Place(2, 11))  # “fog” after “ThreeThe”
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


class Reading:
    """One book in the whole app."""

    def __init__(self, kios: Kios, book: OpenedBook, book_id: BookId) -> None:
        self.kios, self.book, self.id = kios, book, book_id

    @property
    def window(self) -> ReaderWindow:
        return self.book.window

    async def highlight(self, *passages: Passage, **looks: object) -> None:
        presenter = self.window.marking._presenter
        assert presenter is not None
        for passage in passages:
            mark = await presenter.marks.highlight(passage, MarkColour.YELLOW)
            await presenter.marks.change(mark.id, **looks)

    async def bookmark(self, *places: Place) -> None:
        presenter = self.window.marking._presenter
        assert presenter is not None
        for place in places:
            await presenter.marks.bookmark(place)

    async def kept(self) -> list[Mark]:
        return await self.kios.app.parts.marks.of_book(self.id)

    def open_highlights(self) -> HighlightsTab:
        self.window.actions_by_name["highlights"].trigger()
        shown = self.window.mark_tabs.highlights.widget()
        assert isinstance(shown, HighlightsTab)
        return shown

    def open_bookmarks(self) -> BookmarksTab:
        self.window.actions_by_name["bookmarks"].trigger()
        shown = self.window.mark_tabs.bookmarks.widget()
        assert isinstance(shown, BookmarksTab)
        return shown

    @property
    def toast(self) -> QWidget | None:
        return self.window.overlays.shown(OverlayKind.TOAST)


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path) -> AsyncIterator[Reading]:
    path = write_book(folder / "b.epub", *(CHAPTER.format(n) for n in ("One", "Two", "Three")))
    async with Kios(qapp, folder) as kios:
        book_id = await kios.add(path)
        book = await kios.open(book_id)
        await until(lambda: book.window.marking._presenter is not None)
        yield Reading(kios, book, book_id)


def spoken(shown: MarkList) -> list[str]:
    model = shown.model()
    rows = range(model.rowCount(QModelIndex()))
    return [str(model.index(row, 0, QModelIndex()).data(ACCESSIBLE)) for row in rows]


def words(widget: QWidget) -> Sequence[str]:
    return [it.text() for it in widget.findChildren(QLabel) if it.isVisible()]


def go_to_row(shown: MarkList, row: int) -> None:
    shown.setCurrentIndex(shown.model().index(row, 0, QModelIndex()))


async def test_highlights_stand_in_reading_order_and_say_all_that_is_seen(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FAR, colour=MarkColour.BLUE, note="Fog again")
        await it.highlight(FOG)
        shown = it.open_highlights()
        assert it.window.panel.shows(it.window.mark_tabs.highlights)
        await until(lambda: len(spoken(shown.list)) == 2)
        assert spoken(shown.list) == [
            "Yellow highlight, Chapter 1: fog",
            "Blue highlight, Chapter 3: fog, note: Fog again",
        ]
        assert it.window.focusWidget() is shown.list


async def test_what_is_marked_while_the_list_is_open_appears_in_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        shown = it.open_highlights()
        assert "No highlights yet. Select some text to begin." in words(shown)
        await it.highlight(FOG)
        await until(lambda: spoken(shown.list) == ["Yellow highlight, Chapter 1: fog"])
        assert not words(shown)


async def test_enter_goes_to_a_highlight_and_closes_the_panel_and_back_returns(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FAR)
        shown = it.open_highlights()
        QTest.keyClick(shown.list, Qt.Key.Key_Return)
        await until(lambda: it.book.place.spine_index == 2)
        assert not it.window.panel.is_open
        it.window.actions_by_name["back"].trigger()
        await until(lambda: it.book.place == Place(0, 0))


async def test_del_deletes_a_highlight_and_undo_brings_it_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FOG, CAME)
        before = await it.kept()
        shown = it.open_highlights()
        go_to_row(shown.list, 0)
        QTest.keyClick(shown.list, Qt.Key.Key_Delete)
        await until(lambda: spoken(shown.list) == ["Yellow highlight, Chapter 1: came"])
        await until(lambda: it.toast is not None)
        assert it.toast is not None
        [undo] = [one for one in it.toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()
        await until(lambda: len(spoken(shown.list)) == 2)
        async with asyncio.timeout(5):
            while await it.kept() != before:
                await asyncio.sleep(0.01)


async def test_f2_writes_the_note_and_the_list_has_the_focus_again(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FOG)
        shown = it.open_highlights()
        lower = shown.list.visualRect(shown.model.index(0)).height()
        QTest.keyClick(shown.list, Qt.Key.Key_F2)
        overlay = it.window.overlays.shown(OverlayKind.POPOVER)
        assert overlay is not None
        editor = overlay.content
        assert isinstance(editor, NoteEditor)
        QTest.keyClicks(editor.field, "Fog!")
        QTest.keyClick(editor.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: spoken(shown.list) == ["Yellow highlight, Chapter 1: fog, note: Fog!"])
        assert it.window.focusWidget() is shown.list
        await until(lambda: shown.list.visualRect(shown.model.index(0)).height() > lower)
        assert it.window.panel.is_open


async def test_filters_are_joined_and_words_are_looked_for_in_text_and_note(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FOG, note="Dark")
        await it.highlight(CAME, colour=MarkColour.PINK)
        shown = it.open_highlights()
        shown.dots[MarkColour.PINK].click()
        assert spoken(shown.list) == ["Pink highlight, Chapter 1: came"]
        assert shown.dots[MarkColour.PINK].isChecked()
        shown.noted.click()
        assert spoken(shown.list) == []
        assert "No highlight is like this." in words(shown)
        shown.dots[MarkColour.PINK].click()
        assert spoken(shown.list) == ["Yellow highlight, Chapter 1: fog, note: Dark"]
        shown.noted.click()
        QTest.keyClicks(shown.field, "CAME")
        await until(lambda: spoken(shown.list) == ["Pink highlight, Chapter 1: came"])
        QTest.keyClick(shown.field, Qt.Key.Key_Escape)
        await until(lambda: len(spoken(shown.list)) == 2)
        assert it.window.panel.is_open


async def test_the_menu_of_a_highlight_gives_it_another_colour(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FOG)
        shown = it.open_highlights()
        at = shown.list.visualRect(shown.model.index(0)).center()
        reason = QContextMenuEvent.Reason.Mouse
        globally = shown.list.viewport().mapToGlobal(at)
        QApplication.sendEvent(shown.list.viewport(), QContextMenuEvent(reason, at, globally))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        [green] = [one for one in menu.actions() if one.text() == "Green"]
        green.trigger()
        menu.close()
        await until(lambda: spoken(shown.list) == ["Green highlight, Chapter 1: fog"])


async def test_what_is_not_in_the_file_stands_last_and_leads_nowhere(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.highlight(FOG, FAR)
        [first, last] = await it.kept()
        lost = replace(first, anchor=replace(first.anchor, passage=None))
        await it.kios.app.parts.marks.save(it.id, [lost, last])
        presenter = it.window.marking._presenter
        assert presenter is not None
        presenter.load()
        shown = it.open_highlights()
        await until(lambda: len(spoken(shown.list)) == 3)
        assert spoken(shown.list)[0].startswith("Yellow highlight, Chapter 3")
        assert spoken(shown.list)[1] == "Not found in this file"
        go_to_row(shown.list, 2)
        QTest.keyClick(shown.list, Qt.Key.Key_Return)
        assert it.window.panel.is_open


async def test_bookmarks_have_the_words_after_them_and_a_name_by_f2(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.bookmark(Place(1, 3), Place(0, 0))
        shown = it.open_bookmarks()
        assert [one.split(" was ")[0][:44] for one in spoken(shown.list)] == [
            "Bookmark, Chapter 1: One The fog came in whi",
            "Bookmark, Chapter 2: The fog came in while t",
        ]
        assert ", 0%, just now" in spoken(shown.list)[0]
        go_to_row(shown.list, 1)
        QTest.keyClick(shown.list, Qt.Key.Key_F2)
        [field] = shown.list.viewport().findChildren(QLineEdit)
        QTest.keyClicks(field, "Harbour")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: spoken(shown.list)[1].startswith("Bookmark, Chapter 2: Harbour"))
        async with asyncio.timeout(5):
            while [one.note for one in await it.kept()] != ["", "Harbour"]:
                await asyncio.sleep(0.01)
        assert it.window.panel.is_open


async def test_leaving_a_name_as_it_is_gives_a_bookmark_none(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.bookmark(Place(1, 3))
        shown = it.open_bookmarks()
        QTest.keyClick(shown.list, Qt.Key.Key_F2)
        [field] = shown.list.viewport().findChildren(QLineEdit)
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: not shown.list.viewport().findChildren(QLineEdit))
        assert [one.note for one in await it.kept()] == [""]


async def test_a_click_goes_to_a_bookmark_and_del_deletes_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.bookmark(Place(1, 300))
        shown = it.open_bookmarks()
        it.window.panel.frame.pin.setChecked(True)
        at = shown.list.visualRect(shown.model.index(0)).topLeft() + QPoint(30, 10)
        QTest.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: it.book.place.spine_index == 1)
        assert it.window.panel.is_open
        QTest.keyClick(shown.list, Qt.Key.Key_Delete)
        await until(lambda: spoken(shown.list) == [])
        assert "No bookmarks. Press Ctrl+B to keep this page." in words(shown)


async def test_the_header_says_whether_the_page_is_kept(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as it:
        button = it.window.header.bookmark
        assert button.accessibleName() == "Bookmark this page"
        button.click()
        await until(lambda: button.accessibleName() == "Remove the bookmark")
        while not (kept := await it.kept()):  # it is shown before it is saved
            await asyncio.sleep(0.01)
        assert [one.passage for one in kept] == [Passage(Place(0, 0), Place(0, 0))]
        assert it.window.marking.ribbon.isVisible()
        await it.book.turn()
        await until(lambda: button.accessibleName() == "Bookmark this page")
        await it.book.turn(-1)
        await until(lambda: button.accessibleName() == "Remove the bookmark")
        button.click()
        await until(lambda: button.accessibleName() == "Bookmark this page")
        assert button.toolTip() == "Bookmark this page (Ctrl+B)"
