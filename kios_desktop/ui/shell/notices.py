"""Messages about Kios as a whole, shown in whichever window is visible."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from kios_desktop.domain.archive import Restored
from kios_desktop.domain.errors import KiosError, StorageError
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.ui.kit.dialog import tell
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import when
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.shell.damage_texts import damage_text

if TYPE_CHECKING:  # not at start: a reader window may open without it
    from kios_desktop.ui.shell.main_window import MainWindow

logger = logging.getLogger(__name__)


class AppNotices:
    """Toasts and dialogs that belong to no screen, from `begin` to `end`.

    `library` returns the main window if it was made; `make_library` makes it.
    """

    def __init__(
        self,
        library: Callable[[], "MainWindow | None"],
        make_library: Callable[[], "MainWindow"],
    ) -> None:
        self._library, self._make_library = library, make_library
        self._readers: OpenBooks | None = None

    def begin(self, readers: OpenBooks) -> None:
        self._readers = readers

    def end(self) -> None:
        self._readers = None

    def say(self, text: str) -> None:
        """Show a toast in the active window, else in a reader window, else in the library."""
        if self._readers is None:
            return
        library = self._library()
        books = [window for window in self._readers.windows() if window.isVisible()]
        active = next((window for window in books if window.isActiveWindow()), None)
        if active is None and books and not (library is not None and library.isVisible()):
            active = books[0]
        if active is not None:
            active.overlays.toast(text)
            return
        library = self._make_library()
        library.show()
        library.overlays.toast(text)

    def report(self, error: Exception) -> None:
        """Show an error that a task did not handle; log it if it was unforeseen."""
        if isinstance(error, KiosError):
            self.say(explain(error).line)
            return
        logger.error("a task failed", exc_info=error)
        self.say(tr("Something went wrong. The log has the details."))

    def say_damage(self, kind: RecordKind) -> None:
        """Say that a damaged record was found."""
        if words := damage_text(kind):
            self.say(words)

    def say_restored(self, restored: Restored) -> None:
        """Say what became of a backup that was to be restored at this start."""
        if isinstance(restored, StorageError):
            words = explain(restored)
            tell(words.title, words.text, QApplication.activeWindow())
        elif restored is not None:
            self.say(
                tr(
                    "The backup of {when} is restored. Enter the passwords of your servers in "
                    "Settings once more.",
                    when=when(restored.made_at, datetime.now(UTC)),
                )
            )

    def say_recovered(self, salvaged: bool, backup: datetime | None) -> None:
        """Say that the database was salvaged, or replaced by a backup made at `backup`."""
        if salvaged:
            text = tr(
                "The library was damaged, and there was no copy to go back to. Kios saved what it "
                "could still read; the damaged file was kept beside it. Books that are missing and "
                "still in the folder of Kios are offered in the library."
            )
            tell(tr("Your library was damaged"), text, QApplication.activeWindow())
        if backup is not None:
            text = tr(
                "The library was damaged. Kios put back the copy of {when}; the damaged file was "
                "kept beside it. Add books that are missing again: your places in them stay known "
                "to your server.",
                when=when(backup, datetime.now(UTC)),
            )
            tell(tr("Your library was put back"), text, QApplication.activeWindow())
