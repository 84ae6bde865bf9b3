"""What a desktop asks of a program: to end, to open files, to save before the session ends.

Qt tells all of it to the application object and answers some of it by itself: asked to quit it
closes window after window, and ends the event loop under whatever was being saved. Here the asking
becomes signals, and the ending is ours.
"""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QSessionManager
from PySide6.QtWidgets import QApplication

from kios_desktop.startup.event_loop import finish_here

TOGETHER_MS = 50  # files chosen together in the Finder arrive one by one

Save = Callable[[], Coroutine[Any, Any, None]]


class Application(QApplication):
    """Until `attend` a quit ends the loop as Qt would; until `give_files` files wait."""

    quit_asked = Signal()
    files_asked = Signal(list)  # list[Path], never empty

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._attended = self._giving = False
        self._files: list[Path] = []
        self._save: Save | None = None
        self._save_s = 0.0
        self._gathering = QTimer(self, singleShot=True, interval=TOGETHER_MS)
        self._gathering.timeout.connect(self._tell_files)
        self.commitDataRequest.connect(self._session_ends)

    def attend(self, save: Save, within_s: float) -> None:
        """From now on somebody listens. `save` is run to its end when the session ends, or until
        `within_s` is over: after it the system may kill us."""
        self._attended, self._save, self._save_s = True, save, within_s

    def give_files(self) -> None:
        """From now on files are told of; those that came before are first."""
        self._giving = True
        self._tell_files()

    def leave(self) -> None:
        """Kios ends: nothing is opened any more. A session that ends waits for that end."""
        self._giving = False
        self._gathering.stop()
        self._files.clear()

    def forget(self) -> None:
        """Nothing is left to be saved."""
        self._attended, self._save = False, None

    def event(self, event: QEvent) -> bool:
        """Quit: the menu bar, the Dock, a log-out. FileOpen: the Finder."""
        if event.type() is QEvent.Type.Quit and self._attended:
            event.accept()  # not accepted means that a log-out is called off
            self.quit_asked.emit()
            return True
        if isinstance(event, QFileOpenEvent):
            if event.file():  # an address of another kind has none
                self._files.append(Path(event.file()))
                self._gathering.start()
            return True
        return super().event(event)

    def _tell_files(self) -> None:
        if self._giving and self._files:
            files, self._files = self._files, []
            self.files_asked.emit(files)

    def _session_ends(self, _manager: QSessionManager) -> None:
        if self._save is not None:
            finish_here(self._save(), self._save_s, self)
