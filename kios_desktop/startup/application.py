"""The QApplication: requests of the desktop to quit, open files or save, as signals.

Qt would answer some of these requests itself: on a quit it closes window after window and stops the
event loop in the middle of saving. Here each request becomes a signal, and `App` decides.
"""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QSessionManager
from PySide6.QtWidgets import QApplication

from kios_desktop.startup.event_loop import finish_here

TOGETHER_MS = 50  # the Finder sends files that were chosen together one by one

Save = Callable[[], Coroutine[Any, Any, None]]


class Application(QApplication):
    """Before `handle_quits` Qt itself answers a quit; before `deliver_files` files are queued."""

    quit_requested = Signal()
    files_requested = Signal(list)  # list[Path], never empty

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._handles_quits = self._delivers = False
        self._files: list[Path] = []
        self._save: Save | None = None
        self._save_s = 0.0
        self._gathering = QTimer(self, singleShot=True, interval=TOGETHER_MS)
        self._gathering.timeout.connect(self._emit_files)
        self.commitDataRequest.connect(self._session_ends)

    def handle_quits(self, save: Save, within_s: float) -> None:
        """Emit `quit_requested` from now on, and run `save` when the desktop session ends.

        The end of the session waits for `save` up to `within_s`; the system may kill us after it.
        """
        self._handles_quits, self._save, self._save_s = True, save, within_s

    def deliver_files(self) -> None:
        """Emit `files_requested` from now on, first for the files that came before."""
        self._delivers = True
        self._emit_files()

    def drop_files(self) -> None:
        """Kios quits: open nothing any more. The end of a session still waits for `save`."""
        self._delivers = False
        self._gathering.stop()
        self._files.clear()

    def stop_handling_quits(self) -> None:
        """Leave quits to Qt again: everything is saved."""
        self._handles_quits, self._save = False, None

    def event(self, event: QEvent) -> bool:
        """A quit comes from the menu bar, the Dock or a log-out; a file to open from the Finder."""
        if event.type() is QEvent.Type.Quit and self._handles_quits:
            event.accept()  # an ignored quit would cancel the log-out
            self.quit_requested.emit()
            return True
        if isinstance(event, QFileOpenEvent):
            if event.file():  # empty for a URL that is no file
                self._files.append(Path(event.file()))
                self._gathering.start()
            return True
        return super().event(event)

    def _emit_files(self) -> None:
        if self._delivers and self._files:
            files, self._files = self._files, []
            self.files_requested.emit(files)

    def _session_ends(self, _manager: QSessionManager) -> None:
        if self._save is not None:
            finish_here(self._save(), self._save_s, self)
