"""The forms for servers: what is there stays where it is when something comes or goes."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.domain.source import ConnectionStep, StepNote, StepResult, StepState
from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
from kios_desktop.sources.presets import PRESETS
from kios_desktop.ui.settings.accounts.account_dialog import AccountDialog
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.library_sync.ports import SourceForm
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog
from kios_desktop.ui.settings.ports import FieldErrors, SyncForm, Verdict
from kios_desktop.ui.settings.progress_sync_page import ProgressSyncPage

pytestmark = pytest.mark.gui

NONE = FieldErrors()
ALL = FieldErrors(
    "Enter the address of your server.", "Enter the user name.", "Enter the password."
)


@pytest.fixture
def page(qtbot: QtBot) -> ProgressSyncPage:
    shown = ProgressSyncPage("Kios Desktop")
    qtbot.addWidget(shown)
    shown.resize(900, 900)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def laid_out() -> None:
    """All layouts are done: one that changes may ask for another one."""
    for _ in range(20):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        QCoreApplication.processEvents()


def tops(page: ProgressSyncPage, *more: QWidget) -> list[int]:
    return [one.mapTo(page, QPoint()).y() for one in (*more, *page.rows)]


@pytest.mark.parametrize("preset", [preset.key for preset in PRESETS])
def test_errors_come_and_go_without_moving_what_is_below(
    preset: str, page: ProgressSyncPage
) -> None:
    page.form.show_form(SyncForm(preset), PRESETS, stored=False)
    laid_out()
    form = page.form
    before = tops(page, form.username, form.password, form.auth, form.save)
    form.show_errors(ALL)
    laid_out()
    assert tops(page, form.username, form.password, form.auth, form.save) == before
    form.show_errors(NONE)
    laid_out()
    assert tops(page, form.username, form.password, form.auth, form.save) == before


def test_steps_come_without_moving_what_is_below(page: ProgressSyncPage) -> None:
    page.form.show_form(SyncForm("cwa"), PRESETS, stored=False)
    page.card.start()
    laid_out()
    before = tops(page)
    for step in ConnectionStep:
        note = StepNote.CLOCKS_APART if step is ConnectionStep.CLOCK else None
        state = StepState.NOTE if note else StepState.OK
        page.card.add(StepResult(step, state, note, took_s=0.2), "alice")
        laid_out()
        assert tops(page) == before, step
    page.card.finish(Verdict("success", "Works"))
    laid_out()
    assert tops(page) == before


@pytest.mark.parametrize("kind", ["account", "source"])
def test_a_result_that_is_taken_back_does_not_move_the_fields(kind: str, qtbot: QtBot) -> None:
    sheet: AccountDialog | SourceDialog
    if kind == "account":
        sheet = AccountDialog(editing=False, parent=None)
        sheet.show_form(AccountForm(url="https://books.example.org"))
    else:
        sheet = SourceDialog(CATALOG_PRESETS, editing=False, parent=None)
        sheet.show_form(SourceForm(CATALOG_PRESETS[0].key, url="https://books.example.org"))
    qtbot.addWidget(sheet)
    with qtbot.waitExposed(sheet):
        sheet.show()
    laid_out()
    fields = (sheet.url, sheet.name, sheet.username, sheet.password, sheet.more)
    before = [one.mapTo(sheet, QPoint()).y() for one in fields]
    sheet.show_checking()
    laid_out()
    sheet.changed()
    laid_out()
    assert [one.mapTo(sheet, QPoint()).y() for one in fields] == before
