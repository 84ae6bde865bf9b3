"""Several highlights at once: selected by pointer and by keys, and what is done with them."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from kios_desktop.domain.marks import MarkColour
from kios_desktop.ui.kit.overlay import OverlayKind
from tests.gui.marks.library import Library, library
from tests.gui.marks.test_mark_files import asked_how, choose, menu_of, scopes_of, trigger
from tests.gui.waiting import until
from tests.marks import highlight

pytestmark = pytest.mark.gui

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


async def four(it: Library) -> None:
    """Three highlights in the first book, one in the second; the first one is current."""
    await it.save(0, *(highlight(n * 30, n * 30 + 2, text=f"Number {n}") for n in range(3)))
    await it.save(1, highlight(6, 9, text="Other"))
    await it.open_page(6)
    it.go_to_card(1)


def texts(it: Library) -> list[str]:
    """What is selected."""
    model, selection = it.page.model, it.page.cards.selectionModel()
    rows = [row for row in range(model.rowCount()) if selection.isSelected(model.index(row))]
    kept = [model.kept(model.index(row)) for row in rows]
    return [one.mark.text for one in kept if one is not None]


def click(
    it: Library, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    cards = it.page.cards
    at = cards.visualRect(it.page.model.index(row)).topLeft() + QPoint(120, 20)
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, keys, at)


async def test_ctrl_and_shift_select_with_the_pointer(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        bar = it.page.selected
        assert bar.isHidden()
        click(it, 3, CONTROL)
        assert texts(it) == ["Number 0", "Number 2"]
        assert bar.isVisible()
        assert bar.count.text() == "2 selected"
        click(it, 3, CONTROL)
        assert texts(it) == ["Number 0"]
        assert bar.isHidden()
        click(it, 1)
        click(it, 5, SHIFT)
        assert texts(it) == ["Number 0", "Number 1", "Number 2", "Other"]
        assert bar.count.text() == "4 selected"
        assert bar.all.isHidden()
        click(it, 2)
        assert texts(it) == ["Number 1"]


async def test_keys_alone_select_and_let_go(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        cards, bar = it.page.cards, it.page.selected
        QTest.keyClick(cards, Qt.Key.Key_Down, SHIFT)
        assert texts(it) == ["Number 0", "Number 1"]
        QTest.keyClick(cards, Qt.Key.Key_Down, CONTROL)
        QTest.keyClick(cards, Qt.Key.Key_Down, CONTROL)  # over the heading
        assert texts(it) == ["Number 0", "Number 1"]
        QTest.keyClick(cards, Qt.Key.Key_Space)
        assert texts(it) == ["Number 0", "Number 1", "Other"]
        assert bar.count.text() == "3 selected"
        QTest.keyClick(cards, Qt.Key.Key_Escape)
        assert texts(it) == ["Other"]
        assert bar.isHidden()
        QTest.keyClick(cards, Qt.Key.Key_A, CONTROL)
        assert bar.count.text() == "4 selected"
        QTest.keyClick(cards, Qt.Key.Key_Home)
        assert texts(it) == ["Number 0"]


async def test_several_are_deleted_with_one_undo(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        click(it, 3, CONTROL)
        click(it, 5, CONTROL)
        QTest.keyClick(it.page.cards, Qt.Key.Key_Delete)
        await it.lists(2)
        assert it.page.selected.isHidden()
        toast = it.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        [undo] = [one for one in toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()
        await it.lists(6)
        assert [len(await it.kept(number)) for number in (0, 1)] == [3, 1]


async def test_the_bar_colours_copies_exports_and_deletes(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        bar = it.page.selected
        click(it, 5, CONTROL)
        bar.dots[MarkColour.BLUE].click()
        await until(lambda: [row.startswith("Blue") for row in it.spoken].count(True) == 2)
        assert texts(it) == ["Number 0", "Other"], "they stay selected"
        bar.copy.click()
        both = (
            "Alpha\nAnn Author\n\nChapter 1\n\nNumber 0\n\nBeta\nAnn Author\n\nChapter 1\n\nOther"
        )
        await until(lambda: QApplication.clipboard().text() == both)
        path = tmp_path / "two.csv"
        trigger(menu_of(bar.export), "CSV…")
        dialog = await asked_how(it.window)
        assert scopes_of(dialog)[0] == "The 2 selected"
        dialog.verb.click()
        await until(lambda: any(one.isVisible() for one in it.window.findChildren(QFileDialog)))
        choose(it.window, path)
        await until(path.exists)
        assert path.read_text(encoding="utf-8").count("\n") == 3
        bar.delete.click()
        await it.lists(3)


async def test_select_all_and_clear_by_the_bar(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, *(highlight(n * 3, n * 3 + 2) for n in range(900)))
        await it.open_page_of(901)
        it.go_to_card(1)
        click(it, 2, CONTROL)
        bar = it.page.selected
        assert bar.all.text() == "Select all 900"
        bar.all.click()
        assert bar.count.text() == "900 selected"
        QTest.keyClick(it.page.cards, Qt.Key.Key_End, CONTROL)
        cards = it.page.cards
        last = cards.visualRect(cards.currentIndex())
        assert last.bottom() <= cards.viewport().height() - bar.room + 1, "nothing is covered"
        bar.close_.setFocus()
        bar.close_.click()
        assert bar.isHidden()
        assert cards.hasFocus()
        assert cards.selected() == [it.page.model.key(cards.currentIndex()).mark_id]  # type: ignore[union-attr]


async def test_the_menu_is_about_all_that_are_selected(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        click(it, 2, CONTROL)
        cards = it.page.cards
        menu = it.page.menu_of_several(cards.selected())
        names = [one.text() for one in menu.actions() if one.text()]
        assert names[0] == "Copy as text"
        assert names[-1] == "Delete 2 highlights"
        trigger(menu, "Pink")
        await until(lambda: [row.startswith("Pink") for row in it.spoken].count(True) == 2)


async def test_a_changed_order_selects_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await four(it)
        old = highlight(200, 203, text="Old")
        await it.save(1, replace(old, made_at=old.made_at.replace(year=2020)))
        click(it, 3, CONTROL)
        trigger(it.page.order.menu(), "Newest first")
        await it.lists(5)
        assert it.page.selected.isHidden()
        assert texts(it) == []


def first_in_sight(it: Library) -> tuple[str, int]:
    """The first card in sight, and where it begins."""
    cards, model = it.page.cards, it.page.model
    first, _last = cards.rows_in(cards.viewport().rect())
    kept = model.kept(model.index(first))
    return ("" if kept is None else kept.mark.text), cards.visualRect(model.index(first)).top()


async def test_what_is_in_sight_stays_when_cards_far_apart_go_and_come_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        marks = [highlight(n * 3, n * 3 + 2, text=f"Number {n}") for n in range(300)]
        await it.save(0, *marks)
        await it.open_page_of(301)
        cards, model = it.page.cards, it.page.model
        cards.setCurrentIndex(model.index(3))
        cards.verticalScrollBar().setValue(9000)
        await until(lambda: bool(first_in_sight(it)[0]))
        _first, last = cards.rows_in(cards.viewport().rect())
        before = first_in_sight(it)
        click(it, last - 1, CONTROL)
        click(it, last - 2, CONTROL)
        await until(lambda: len(texts(it)) == 3)
        kept = model.key(model.index(last))
        QTest.keyClick(cards, Qt.Key.Key_Delete)
        await until(lambda: model.rowCount() == 298)
        assert first_in_sight(it) == before
        assert model.key(cards.currentIndex()) == kept  # as near as there is one
        toast = it.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        [undo] = [one for one in toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()
        await until(lambda: model.rowCount() == 301)
        assert first_in_sight(it) == before
        assert model.key(cards.currentIndex()) == kept


async def test_the_focus_stays_with_the_list_when_it_runs_empty_and_fills_again(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"))
        page = await it.open_page(2)
        it.go_to_card(1)
        QTest.keyClick(page.cards, Qt.Key.Key_Delete)
        await until(lambda: it.spoken == [])
        assert page.isAncestorOf(qapp.focusWidget() or it.window)
        toast = it.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        [undo] = [one for one in toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()
        await it.lists(2)
        assert page.cards.hasFocus()
        page.dots[MarkColour.PINK].click()
        await it.lists(0)
        assert page.isAncestorOf(qapp.focusWidget() or it.window)
