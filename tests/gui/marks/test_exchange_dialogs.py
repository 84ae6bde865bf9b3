"""What is asked and told about files of marks can be seen and reached, also with large text."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.application.mark_exchange import MarkImport
from kios_desktop.domain.mark_differences import Difference
from kios_desktop.domain.marks import MarkId
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_choice import ExportAnswer, ExportHow
from kios_desktop.ui.exchange.export_dialog import ExportDialog
from kios_desktop.ui.exchange.export_texts import every_highlight, listed, selected
from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.exchange.keep_dialog import KeepDialog
from kios_desktop.ui.exchange.summary_dialog import SummaryDialog
from kios_desktop.ui.kit.dialog import Dialog
from tests.fakes_ui import sample_books
from tests.marks import highlight

pytestmark = pytest.mark.gui

SCOPES = [listed(12_345), every_highlight(54_321), selected(1_234)]


@pytest.fixture(params=[1, 2])
def window(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[QWidget]:
    """A small window, with text as usual and twice as large."""
    usual = qapp.font()
    large = QFont(usual)
    large.setPointSizeF(request.param * usual.pointSizeF())
    qapp.setFont(large)
    made = QWidget()
    made.resize(900, 640)
    qtbot.addWidget(made)
    made.show()
    yield made
    qapp.setFont(usual)


def long_summary() -> ImportSummary:
    here = highlight(6, 90, text="All work and no play. " * 9, note="All work and no play. " * 9)
    differing = [Difference(here, replace(here, note="Why?"), MarkId("c")) for _ in range(9)]
    result = MarkImport((here,), 1, (here,) * 9, (), tuple(differing))
    missing = [f"A book with a title of some words {n}" for n in range(9)]
    return ImportSummary(results=[(sample_books()[0], result)], missing=missing)


def open_now(dialog: Dialog, qtbot: QtBot) -> None:
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)


def assert_in_sight(dialog: Dialog) -> None:
    """Every button, with all its words, within a height of 640."""
    assert (dialog.width() <= 900, dialog.height() <= 640) == (True, True), dialog.size()
    for button in dialog.findChildren(QPushButton):
        bottom = button.mapTo(dialog, QPoint(0, button.height())).y()
        assert bottom <= dialog.height()
        assert button.width() >= button.minimumSizeHint().width()


@pytest.mark.parametrize("kind", [KeepDialog, SummaryDialog])
def test_the_buttons_of_a_long_summary_are_in_sight(
    window: QWidget, qtbot: QtBot, kind: type[SummaryDialog]
) -> None:
    dialog = kind(long_summary(), window)
    open_now(dialog, qtbot)
    assert_in_sight(dialog)
    bar = dialog.text.verticalScrollBar()
    if bar.maximum():
        dialog.text.setFocus()
        QTest.keyClick(dialog.text, Qt.Key.Key_PageDown)
        assert bar.value() > 0
    dialog.close()


def test_a_summary_that_fits_is_whole_and_no_stop_of_tab(window: QWidget, qtbot: QtBot) -> None:
    dialog = KeepDialog(ImportSummary(results=[(sample_books()[0], MarkImport())]), window)
    open_now(dialog, qtbot)
    assert_in_sight(dialog)
    assert dialog.text.verticalScrollBar().maximum() == 0
    assert dialog.text.focusPolicy() is Qt.FocusPolicy.NoFocus
    dialog.close()


def test_all_of_what_may_be_exported_can_be_read(window: QWidget, qtbot: QtBot) -> None:
    dialog = ExportDialog(ExportFormat.HTML, SCOPES, ExportHow(), window)
    open_now(dialog, qtbot)
    assert_in_sight(dialog)
    for made in (*dialog.findChildren(QRadioButton), dialog.notes, dialog.chapters):
        assert made.width() >= made.sizeHint().width(), made.text()
    dialog.close()


def test_an_export_is_chosen_by_keys_alone(window: QWidget, qtbot: QtBot) -> None:
    dialog = ExportDialog(ExportFormat.HTML, SCOPES, ExportHow(), window)
    answers: list[ExportAnswer] = []
    dialog.answered.connect(answers.append)
    open_now(dialog, qtbot)

    def reach(wanted: QWidget) -> None:
        for _ in range(10):
            if dialog.focusWidget() is wanted:
                return
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        raise AssertionError(wanted)

    first, second, _third = dialog.findChildren(QRadioButton)
    reach(first)
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.isChecked()
    reach(dialog.chapters)
    QTest.keyClick(dialog.chapters, Qt.Key.Key_Space)
    QTest.keyClick(dialog.chapters, Qt.Key.Key_Return)
    assert answers == [ExportAnswer(1, ExportHow(include_notes=True, group_by_chapter=False))]
