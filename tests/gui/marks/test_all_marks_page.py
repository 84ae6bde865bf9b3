"""“Highlights and notes” in the whole app: it follows open books, and open books follow it."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import MarkColour, Passage
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.marks.note_editor import NoteEditor
from tests.gui.marks.library import library
from tests.gui.waiting import until
from tests.marks import highlight

pytestmark = pytest.mark.gui


async def test_all_highlights_stand_below_their_books_and_the_sidebar_leads_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"), highlight(20, 22, note="Mine"))
        await it.save(1, highlight(6, 9, text="came", colour=MarkColour.PINK))
        await it.open_page(5)
        assert it.spoken == [
            "Alpha, 2 highlights, 1 note",
            "Yellow highlight, Chapter 1: fog",
            "Yellow highlight, Chapter 1: some words, note: Mine",
            "Beta, 1 highlight",
            "Pink highlight, Chapter 1: came",
        ]
        assert it.window.sidebar.you.rows.chosen
        assert not it.window.sidebar.nav.rows.chosen
        nav = it.window.sidebar.nav
        nav.setCurrentIndex(nav.rows.index(1))
        assert not it.page.isVisible()
        assert it.window.library.isVisible()
        assert not it.window.sidebar.you.rows.chosen


async def test_without_highlights_the_page_says_how_to_make_one(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page(0)
        await until(lambda: page._empty.isVisible())
        assert page._empty.accessibleName() == "No highlights yet"
        assert not page.search.isVisible()
        assert page._empty.height() > page.height() - 2 * page.header.height(), "the whole page"
        it.window.foregrounded.emit()  # which counts the books again
        await asyncio.sleep(0.1)
        assert page.isVisible()


async def test_a_book_colours_notes_and_words_are_chosen(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"), highlight(20, 22, note="Mine"))
        await it.save(1, highlight(6, 9, text="Fog", colour=MarkColour.PINK))
        page = await it.open_page(5)
        page.books.setCurrentIndex(page.books.model().index(2, 0, QModelIndex()))
        QTest.keyClick(page.books, Qt.Key.Key_Return)
        await until(lambda: it.spoken[:1] == ["Beta, 1 highlight"])
        page.dots[MarkColour.YELLOW].click()  # of which that book has none
        await until(lambda: it.spoken[:1] == ["Alpha, 2 highlights, 1 note"])
        page.noted.click()
        await until(lambda: len(it.spoken) == 2)
        page.noted.click()
        QTest.keyClicks(page.search, "FOG")
        await until(lambda: it.spoken[1:] == ["Yellow highlight, Chapter 1: fog"])
        QTest.keyClicks(page.search, "gy")
        await until(lambda: page._none_found.isVisible())


async def test_the_newest_come_first_with_the_names_of_their_books(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        old = highlight(6, 9, text="fog")
        new = highlight(6, 9, text="came")
        await it.save(0, replace(old, made_at=old.made_at.replace(year=2025)))
        await it.save(1, new)
        page = await it.open_page(4)
        [newest] = [one for one in page.order.menu().actions() if one.text() == "Newest first"]
        newest.trigger()
        await until(lambda: len(it.spoken) == 2)
        assert it.spoken == [
            "Yellow highlight, Chapter 1: came, Beta",
            "Yellow highlight, Chapter 1: fog, Alpha",
        ]


async def test_cards_are_read_as_they_come_into_sight(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, *(highlight(n * 3, n * 3 + 2) for n in range(3000)))
        await it.open_page_of(3001)
        cards = it.page.cards
        bar = cards.verticalScrollBar()
        await until(lambda: bool(it.spoken[5]))
        assert not it.spoken[2000]
        bar.setValue(bar.maximum() // 2)
        first, last = cards.rows_in(cards.viewport().rect())
        await until(lambda: all(it.spoken[first : last + 1]))
        QTest.keyClick(cards, Qt.Key.Key_End)
        assert cards.currentIndex().row() == 3000
        await until(lambda: bool(it.spoken[3000]))
        assert bar.value() == bar.maximum()


async def test_what_is_in_sight_stays_where_it_is_when_something_above_it_changes(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        marks = [highlight(n * 3, n * 3 + 2, text=f"Number {n}") for n in range(300)]
        await it.save(0, *marks)
        await it.open_page_of(301)
        cards = it.page.cards
        cards.verticalScrollBar().setValue(9000)
        await until(lambda: all(it.spoken[slice(*cards.rows_in(cards.viewport().rect()))]))

        def seen() -> tuple[str, int]:
            row = cards.rows_in(cards.viewport().rect())[0]
            return it.spoken[row], cards.visualRect(it.page.model.index(row)).top()

        before = seen()
        await it.save(0, replace(marks[1], note="A note makes its card higher"))
        await it.kios.app.parts.marks.delete([marks[0].id])
        it.kios.app.parts.marks_changed(it.ids[0])
        await until(lambda: len(it.spoken) == 300 and seen() == before)


async def test_another_list_begins_at_its_top(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        for number in (0, 1):
            await it.save(number, *(highlight(n * 3, n * 3 + 2) for n in range(100)))
        page = await it.open_page_of(202)
        bar = page.cards.verticalScrollBar()
        await until(lambda: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        page.books.chosen.emit(it.ids[0])
        await until(lambda: len(it.spoken) == 101)
        assert bar.value() == 0
        assert not page.cards.currentIndex().isValid()


async def test_after_a_deletion_the_next_card_is_current(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, *(highlight(n * 3, n * 3 + 2, text=f"Number {n}") for n in range(4)))
        await it.open_page(5)
        it.go_to_card(2)
        QTest.keyClick(it.page.cards, Qt.Key.Key_Delete)
        await it.lists(4)
        current = it.page.cards.current()
        assert current is not None
        assert current.mark.text == "Number 2"


async def test_open_in_book_looks_at_the_place_and_back_returns(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(200, 203, spine=2, text="fog"))
        await it.open_page(2)
        it.go_to_card(1)
        QTest.keyClick(it.page.cards, Qt.Key.Key_Return)
        readers = it.kios.app.parts.readers
        await until(lambda: readers.window_of(it.ids[0]) is not None, 15)
        window = readers.window_of(it.ids[0])
        assert window is not None
        await until(lambda: (window.place_shown or Place(0, 0)).spine_index == 2, 15)
        window.actions_by_name["back"].trigger()
        await until(lambda: window.place_shown == Place(0, 0))


async def test_an_open_book_and_the_page_follow_each_other(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        book = await it.kios.open(it.ids[0])
        await until(lambda: book.window.marking._presenter is not None)
        presenter = book.window.marking._presenter
        assert presenter is not None
        await it.open_page(0)
        made = await presenter.marks.highlight(Passage(Place(0, 6), Place(0, 9)), MarkColour.YELLOW)
        await until(lambda: len(it.spoken) == 2)
        text = (await it.kept(0))[0].text
        it.go_to_card(1)
        QTest.keyClick(it.page.cards, Qt.Key.Key_F2)
        shown = it.window.overlays.shown(OverlayKind.POPOVER)
        assert shown is not None
        assert isinstance(shown.content, NoteEditor)
        QTest.keyClicks(shown.content.field, "Fog!")
        control = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(shown.content.field, Qt.Key.Key_Return, control)
        await until(lambda: it.spoken[1].endswith(f"{text}, note: Fog!"))
        await until(lambda: [one.note for one in presenter.marks.highlights] == ["Fog!"])
        it.go_to_card(1)
        QTest.keyClick(it.page.cards, Qt.Key.Key_Delete)
        await until(lambda: not presenter.marks.highlights)
        toast = it.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        [undo] = [one for one in toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()
        await until(lambda: [one.id for one in presenter.marks.highlights] == [made.id])
        await until(lambda: len(it.spoken) == 2)


async def test_the_menu_of_a_card_has_all_that_can_be_done_with_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"))
        await it.open_page(2)
        it.go_to_card(1)
        kept = it.page.cards.current()
        assert kept is not None
        menu = it.page.menu_of(kept)
        assert isinstance(menu, QMenu)
        by_name = {one.text(): one for one in menu.actions() if one.text()}
        assert list(by_name)[:3] == ["Open in book", "Add note…", "Copy"]
        by_name["Copy"].trigger()
        assert QApplication.clipboard().text() == "fog"
        by_name["Blue"].trigger()
        await until(lambda: it.spoken[1] == "Blue highlight, Chapter 1: fog")
        by_name["Delete highlight"].trigger()
        await until(lambda: it.page._empty.isVisible())


async def test_in_a_narrow_window_books_are_chosen_from_a_combo_box(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9))
        await it.save(1, highlight(6, 9))
        page = await it.open_page(4)
        assert not page.book_choice.isVisible()
        it.window.resize(900, 600)
        await until(lambda: page.book_choice.isVisible())
        assert not page.books.isVisible()
        page.book_choice.set_value(str(it.ids[1]))
        page.book_choice.chosen.emit(page.book_choice.value())
        await until(lambda: it.spoken[:1] == ["Beta, 1 highlight"])
