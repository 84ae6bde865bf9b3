"""What the desktop asks of the application object, as Qt tells it."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QFileOpenEvent
from PySide6.QtWidgets import QWidget

from kios_desktop.startup.application import Application
from kios_desktop.startup.event_loop import finish_here
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


class Stubborn(QWidget):
    """A window that counts how often it was told to close."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def closeEvent(self, event: QCloseEvent) -> None:
        self.asked += 1
        event.ignore()


async def nothing() -> None:
    return


@pytest.fixture
def attended(qapp: Application) -> Application:
    qapp.handle_quits(nothing, 1.0)
    qapp.deliver_files()
    return qapp


async def test_asked_to_quit_it_tells_and_leaves_windows_and_loop_alone(
    attended: Application,
) -> None:
    windows = [Stubborn(), Stubborn()]
    for window in windows:
        window.show()
    told: list[int] = []
    attended.quit_requested.connect(lambda: told.append(1))
    asked = QEvent(QEvent.Type.Quit)
    QCoreApplication.sendEvent(attended, asked)
    attended.quit_requested.disconnect()
    assert asked.isAccepted(), "a log-out would be called off"
    assert told == [1]
    assert [window.asked for window in windows] == [0, 0]
    await asyncio.sleep(0.05)  # the loop still runs
    for window in windows:
        window.deleteLater()


async def test_files_from_the_finder_come_together(attended: Application) -> None:
    asked: list[list[Path]] = []
    attended.files_requested.connect(asked.append)
    for name in ("a.epub", "ü b.epub"):
        QCoreApplication.sendEvent(attended, QFileOpenEvent(QUrl.fromLocalFile(f"/books/{name}")))
    QCoreApplication.sendEvent(attended, QFileOpenEvent(QUrl("https://example.org/c.epub")))
    await until(lambda: bool(asked))
    attended.files_requested.disconnect()
    assert asked == [[Path("/books/a.epub"), Path("/books/ü b.epub")]]


async def test_files_asked_for_before_anybody_listens_wait(qapp: Application) -> None:
    qapp.drop_files()  # as it is before Kios has begun
    asked: list[list[Path]] = []
    qapp.files_requested.connect(asked.append)
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile("/early.epub")))
    await asyncio.sleep(0.15)
    assert asked == []
    qapp.deliver_files()
    assert asked == [[Path("/early.epub")]]
    qapp.files_requested.disconnect()


async def test_the_session_ends_after_saving_and_not_before(qapp: Application) -> None:
    saved: list[str] = []

    async def save() -> None:
        await asyncio.sleep(0.1)
        await asyncio.to_thread(saved.append, "all")

    qapp.handle_quits(save, 5.0)
    assert await _session_ends(qapp, saved) == ["all"]


async def test_saving_that_hangs_or_fails_does_not_hold_the_session_up(qapp: Application) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    async def fail() -> None:
        raise RuntimeError("a mistake of ours")

    for work in (hang, fail):
        qapp.handle_quits(work, 0.2)
        assert await _session_ends(qapp, []) == []


async def test_nothing_is_saved_when_kios_has_ended(qapp: Application) -> None:
    saved: list[str] = []

    async def save() -> None:
        saved.append("again")

    qapp.handle_quits(save, 1.0)
    qapp.drop_files()
    qapp.stop_handling_quits()
    assert await _session_ends(qapp, saved) == []


async def test_asked_from_within_a_task_it_saves_soon(qapp: Application) -> None:
    saved = asyncio.Event()

    async def save() -> None:
        saved.set()

    finish_here(save(), 1.0, qapp)
    await asyncio.wait_for(saved.wait(), 5)


async def _session_ends(qapp: Application, saved: list[str]) -> list[str]:
    """What was saved when Qt's slot came back."""
    came_back: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    def end() -> None:
        qapp._session_ends(None)  # type: ignore[arg-type]
        came_back.set_result(list(saved))

    QTimer.singleShot(0, end)
    return await asyncio.wait_for(came_back, 10)
