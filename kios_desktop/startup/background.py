"""The second half of the start, after the library or a book is on the screen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.source import SourceKind
from kios_desktop.startup.deferred_imports import import_deferred
from kios_desktop.startup.parts import Parts

if TYPE_CHECKING:  # a reader window is imported when a book is opened
    from kios_desktop.ui.reader.window import ReaderWindow

BACK_UP_MS = 10_000  # after the background start
WARM_UP_MS = 100  # after the library was painted
BOOK_FIRST_MS = 5000  # the longest wait for a book given at start to show


class BackgroundStart(QObject):
    """Starts accounts, web engine and backup, after `schedule`."""

    def __init__(self, parts: Parts, owner: QObject) -> None:
        super().__init__(owner)
        self._parts, self._ended = parts, False
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self.begin)
        parts.readers.window_opened.connect(self._reader_opened)

    def schedule(self, *, behind_a_book: bool) -> None:
        """Begin soon; `behind_a_book`, once the book that was given at start is on the screen."""
        self.timer.start(BOOK_FIRST_MS if behind_a_book else WARM_UP_MS)

    def end(self) -> None:
        """Start nothing from now on."""
        self._ended = True

    def begin(self) -> None:
        """Reopen books, connect to servers, warm up the web engine, back up later."""
        if self._ended:
            return
        parts = self._parts
        database, start = parts.database, parts.tasks.start
        parts.notices.say_recovered(database.salvaged, database.recovered_from)
        parts.notices.say_restored(parts.restored)
        start(parts.opening.reopen(parts.reader_session))
        database.damage.listen(parts.notices.say_damage)
        start(self._connect())
        QTimer.singleShot(BACK_UP_MS, lambda: start(back_up(parts)))
        QTimer.singleShot(WARM_UP_MS, self._warm_up)

    def _warm_up(self) -> None:
        if not self._parts.readers.windows():  # else when the book is left
            self._parts.readers.warm_up()

    def _reader_opened(self, window: "ReaderWindow") -> None:
        window.first_page.connect(self._book_is_shown)

    def _book_is_shown(self) -> None:
        if self.timer.isActive():
            self.timer.start(WARM_UP_MS)

    async def _connect(self) -> None:
        parts = self._parts
        await import_deferred()
        parts.tasks.start(self._clean_up())
        self._read_books()
        unlocked = await parts.credentials.find_keystore()
        browsing = parts.browsing  # it has to see the first connection
        if parts.is_made("library"):
            browsing.join(parts.window)
        await parts.sync.start()
        sources = await parts.sources.all()
        parts.has_source = bool(sources)
        if any(one.kind is SourceKind.ACCOUNT for one in sources) and not self._ended:
            await parts.service_accounts.start()
        if parts.is_made("library"):
            parts.window.set_has_source(parts.has_source)
        if not unlocked and not self._ended:
            parts.settings.ask_to_unlock(QApplication.activeWindow() or parts.window)

    def _read_books(self) -> None:
        """Go on reading books for search, or delete what is left of that."""
        if not self._ended:
            wanted = self._parts.live.value
            on, paused = wanted.search_inside_books, wanted.inside_books_paused
            self._parts.inside_books.start(on=on, paused=paused)

    async def _clean_up(self) -> None:
        """Remove leftovers of a killed Kios; offer book files that the library does not know."""
        await self._parts.cleanup.run()
        if self._parts.is_made("library"):
            self._parts.library.offer_orphans(self._parts.cleanup)


async def back_up(parts: Parts) -> None:
    """Back up the database once a day, unless the library is empty."""
    if (await parts.books.counts()).all:
        await parts.database.back_up_if_due()
