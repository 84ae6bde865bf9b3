"""The panel is made wider and narrower by its edge, and every window knows how wide it was."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.layout import PANEL_LEAST, PANEL_MOST
from kios_desktop.ui.reader.window import ReaderWindow
from tests.books import write_book
from tests.gui.kios import Kios, settled

pytestmark = pytest.mark.gui

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drag(window: ReaderWindow, by: int, *, let_go: bool = True) -> None:
    edge = window.panel.frame.edge
    start = QPoint(4, 200)
    QTest.mousePress(edge, LEFT, NONE, start)
    at = edge.mapFromGlobal(edge.mapToGlobal(start) + QPoint(by, 0))
    QTest.mouseMove(edge, at)
    if let_go:
        end = edge.mapFromGlobal(window.mapToGlobal(QPoint(0, 0)))
        QTest.mouseRelease(edge, LEFT, NONE, end)


async def test_the_panel_is_dragged_within_limits_and_remembered(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book_id = await kios.add(write_book(tmp_path / "book.epub", "<p>Some words.</p>"))
        window = (await kios.open(book_id)).window
        window.resize(1200, 800)
        window.actions_by_name["contents"].trigger()
        window.panel.frame.pin.click()
        await settled()
        frame, view = window.panel.frame, window.view
        before = frame.width()
        drag(window, 60, let_go=False)
        assert frame.width() == before + 60
        assert view.x() == before, "the page follows when the edge is let go"
        QTest.mouseRelease(frame.edge, LEFT, NONE, QPoint(4, 200))
        assert view.x() == before + 60
        drag(window, 4000)
        assert frame.width() == view.x() == PANEL_MOST
        drag(window, -4000)
        assert frame.width() == view.x() == PANEL_LEAST
        window.close()
        await window.closed_event.wait()
        again = (await kios.open(book_id)).window
        again.actions_by_name["contents"].trigger()
        assert again.panel.frame.width() == PANEL_LEAST


async def test_in_right_to_left_layouts_the_edge_is_at_the_left(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book_id = await kios.add(write_book(tmp_path / "book.epub", "<p>Some words.</p>"))
        window = (await kios.open(book_id)).window
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        window.resize(1200, 800)
        window.actions_by_name["contents"].trigger()
        before = window.panel.frame.width()
        assert window.panel.frame.edge.x() == 0
        drag(window, -50)
        assert window.panel.frame.width() == before + 50
