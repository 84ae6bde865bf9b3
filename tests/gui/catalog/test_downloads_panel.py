"""The downloads panel in a real window."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.domain.download import DownloadFault, DownloadState
from kios_desktop.domain.library import BookId
from kios_desktop.ui.downloads.panel import DownloadsPanel
from kios_desktop.ui.downloads.row import DownloadRow
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_catalog import (
    SOURCE,
    FakeCatalog,
    FakeDownloads,
    list_feed,
    make_download,
    make_entry,
    sample_downloads,
)
from tests.gui import catalog_screens as screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def shown(
    queue: FakeDownloads, size: QSize | None = None
) -> tuple[MainWindow, DownloadsPanel]:
    window = screens.window(FakeCatalog({"": list_feed()}), queue, size)
    window.show()
    window.activateWindow()
    window.actions_.downloads.setChecked(True)
    panel = window.findChild(DownloadsPanel)
    assert panel is not None
    await until(lambda: panel.isVisible() and bool(queue.queue) is bool(rows(panel)))
    return window, panel


def rows(panel: DownloadsPanel) -> list[DownloadRow]:
    found = [row for row in panel.findChildren(DownloadRow) if row.isVisible()]
    return sorted(found, key=lambda row: row.y())


def button_of(row: DownloadRow, name: str) -> None:
    """Press a control of a row by its text or name."""
    menu = row.menu()
    action = next(action for action in menu.actions() if action.text() == name)
    action.trigger()
    menu.deleteLater()


async def test_rows_say_how_far_everything_is(qapp: QApplication) -> None:
    _window, panel = await shown(sample_downloads())
    spoken = [row.accessibleName() for row in rows(panel)]
    assert spoken[:3] == [
        "Crime and Punishment, 1.1 of 1.8 MB · 4 s left",
        "Alice’s Adventures in Wonderland, Waiting",
        "Around the World in Eighty Days, The server closed the connection after 900 KB. "
        "Kios will continue from there.",
    ]
    assert "A Room with a View, 540 KB" in spoken
    await screens.close_all()


async def test_each_row_can_be_worked(qapp: QApplication) -> None:
    queue = sample_downloads()
    window, panel = await shown(queue)
    opened: list[BookId] = []
    window.open_requested.connect(opened.append)
    running, waiting, failed, done, *_rest = rows(panel)
    button_of(running, "Pause")
    button_of(waiting, "Cancel download")
    button_of(failed, "Retry now")
    button_of(done, "Open")
    assert queue.asked == [("pause", 1), ("cancel", 2), ("retry", 3)]
    assert opened == [done.download.book_id]
    await screens.close_all()


async def test_what_is_paused_can_be_resumed(qapp: QApplication) -> None:
    queue = FakeDownloads()
    queue.put(make_download(make_entry(1), DownloadState.PAUSED, 1, got_bytes=400_000))
    _window, panel = await shown(queue)
    row = rows(panel)[0]
    assert row.accessibleName() == "Book 1, Paused · 400 KB of 1.8 MB"
    button_of(row, "Resume")
    assert queue.asked == [("resume", 1)]
    await screens.close_all()


async def test_a_download_that_needs_a_sign_in_leads_there(qapp: QApplication) -> None:
    queue = FakeDownloads()
    job = make_download(make_entry(1), DownloadState.PAUSED, 1, fault=DownloadFault.SIGN_IN)
    queue.put(job)
    window, panel = await shown(queue)
    asked: list[str] = []
    window.sign_in_requested.connect(asked.append)
    button_of(rows(panel)[0], "Sign in…")
    assert asked == [SOURCE]
    await screens.close_all()


async def test_a_row_keeps_focus_while_it_goes_on(qapp: QApplication) -> None:
    queue = FakeDownloads()
    queue.put(make_download(make_entry(1), DownloadState.TRANSFERRING, 1, got_bytes=1))
    window, panel = await shown(queue)
    row = rows(panel)[0]
    row._cancel.setFocus()
    queue.put(make_download(make_entry(1), DownloadState.TRANSFERRING, 1, got_bytes=900_000))
    queue.put(make_download(make_entry(2), DownloadState.QUEUED, 2))
    await until(lambda: len(rows(panel)) == 2)
    assert rows(panel)[0] is row
    assert window.focusWidget() is row._cancel
    await screens.close_all()


async def test_the_menu_has_what_concerns_all(qapp: QApplication) -> None:
    queue = sample_downloads()
    _window, panel = await shown(queue)
    menu = panel.menu()
    assert [action.text() for action in menu.actions()] == [
        "Pause all",
        "Retry failed (1)",
        "Clear finished",
        "Show folder",
    ]
    menu.actions()[0].trigger()
    menu.actions()[1].trigger()
    assert queue.asked == [("pause_all", None), ("retry_failed", None)]
    panel.findChildren(QPushButton)[0].click()
    await until(lambda: not any(r.download.book_id for r in rows(panel)))
    await screens.close_all()


async def test_an_empty_panel_says_so(qapp: QApplication) -> None:
    _window, panel = await shown(FakeDownloads())
    assert panel._empty.isVisible()
    assert not panel.more.isVisible()
    assert not panel._clear.isVisible()
    await screens.close_all()


async def test_ctrl_j_opens_and_escape_closes(qapp: QApplication) -> None:
    window, panel = await shown(sample_downloads())
    assert window.actions_.downloads.shortcut().toString() == "Ctrl+J"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert not window.actions_.downloads.isChecked()
    window.actions_.downloads.trigger()
    assert panel.isVisible()
    await screens.close_all()


async def test_in_a_narrow_window_the_panel_lies_over_the_page(qapp: QApplication) -> None:
    window, panel = await shown(FakeDownloads(), QSize(900, 640))
    page = screens.view_of(window)
    width = page.width()
    assert panel.geometry().right() == window.rect().right()
    window.actions_.downloads.setChecked(False)
    assert page.width() == width
    window.resize(1200, 640)
    window.actions_.downloads.setChecked(True)
    await until(lambda: page.mapTo(window, page.rect().topRight()).x() < panel.x() + 1)
    await screens.close_all()


async def test_a_closed_panel_sums_up_in_a_toast(qapp: QApplication) -> None:
    queue = FakeDownloads()
    window, panel = await shown(queue)
    window.actions_.downloads.setChecked(False)
    queue.put(make_download(make_entry(1), DownloadState.TRANSFERRING, 1))
    await until(lambda: window.sidebar.sync_line.toolTip() == "Downloading 1 of 1")
    queue.put(make_download(make_entry(1), DownloadState.DONE, 1))
    await until(lambda: window.overlays.shown(OverlayKind.TOAST) is not None)
    toast = window.overlays.shown(OverlayKind.TOAST)
    assert toast is not None
    show = toast.findChild(QPushButton)
    assert show is not None
    assert show.text() == "Show"
    show.click()
    assert panel.isVisible()
    await screens.close_all()
