"""Opens books in reader windows, raises those that are open, and closes them all."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.application.open_files import Lease
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import KiosError, PublicationError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import Answer, ReadingPreferences
from kios_desktop.ui.kit.tasks import Tasks, WindowTasks
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.ports import BookStorePort, LastPlaces, SyncEnginePort
from kios_desktop.ui.reader.reading_record import ReadingRecord

if TYPE_CHECKING:  # not imported before the library is painted: what reads and shows a book
    from kios_desktop.application.book_marks import BookMarks
    from kios_desktop.application.open_publication import OpenPublication
    from kios_desktop.domain.reading_sessions import SessionId
    from kios_desktop.domain.utterance import SpokenChapter
    from kios_desktop.epub.notes import NoteLink
    from kios_desktop.epub.search_query import SearchQuery
    from kios_desktop.epub.search_slices import Found
    from kios_desktop.ui.reader.aloud.ports import Heard, MakeSpeech, Player
    from kios_desktop.ui.reader.aloud.presenter import AloudPresenter
    from kios_desktop.ui.reader.book_map import BookMap
    from kios_desktop.ui.reader.character_count import CharacterCount
    from kios_desktop.ui.reader.engine.page import BookPage, BookProfile
    from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter
    from kios_desktop.ui.reader.lookup.screen import LookUpScreen
    from kios_desktop.ui.reader.presenter import ReaderPresenter
    from kios_desktop.ui.reader.reading_sessions import BookSessions, ReadingSessions
    from kios_desktop.ui.reader.screen import ShownNote
    from kios_desktop.ui.reader.search_presenter import SearchPresenter
    from kios_desktop.ui.reader.window import ReaderWindow

log = logging.getLogger(__name__)

EXCERPT = 120  # characters
CLOSING_S = 2.0  # for a window to close, which takes 1 s at most
SPARE_MS = 500  # after a book was left, before a page is warmed up for the next one


class OpenBooks(QObject):
    """All reader windows. `make_profile` is called once; it starts the web engine."""

    changed = Signal()  # books were opened, closed, read or finished; once per turn of the loop
    failed = Signal(object, str, object)  # error, title, the Book or None
    window_made = Signal(object)  # ReaderWindow, before it is shown
    window_opened = Signal(object)  # ReaderWindow
    end_reached = Signal(object, object)  # BookId, ReaderWindow: a turn past the last page

    def __init__(
        self,
        shelf: BookStorePort,
        places: LastPlaces,
        sync: SyncEnginePort,
        live: LivePreferences,
        tasks: Tasks,
        make_profile: Callable[[], "BookProfile"],
        publications: Publications,
        book_marks: "Callable[[BookId, str, Lease], BookMarks]",
        sessions: "Callable[[], ReadingSessions]",
        look_up: "Callable[[LookUpScreen, str], LookUpPresenter]",
        make_speech: "MakeSpeech",
    ) -> None:
        """`book_marks` makes those of a book, of its file’s SHA-256, when it is on the screen.

        `sessions` makes what records reading, when the first book is; `look_up` makes what looks
        words up that are in a language.
        """
        super().__init__()
        self._make_speech = make_speech
        self._book_marks, self._make_sessions = book_marks, sessions
        self._look_up = look_up
        self._sessions: ReadingSessions | None = None
        self._shelf, self._places = shelf, places
        self._sync, self._live, self._tasks = sync, live, tasks
        self._make_profile, self._publications = make_profile, publications
        self._profile: BookProfile | None = None
        self._ended = self._closing = False
        self._windows: dict[BookId | Path, ReaderWindow] = {}
        self._opening: dict[BookId | Path, asyncio.Event] = {}
        self._last_marks: set[asyncio.Task[None]] = set()  # of closed windows, being saved
        self._announcement = QTimer(self, singleShot=True, interval=0)
        self._announcement.timeout.connect(self.changed)
        self._replenishing = QTimer(self, singleShot=True, interval=SPARE_MS)
        self._replenishing.timeout.connect(self.warm_up)
        # A page that waits takes a seventh of the memory: not while its reader stays with a book.
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._focus_moved)
        self._record = ReadingRecord(
            shelf,
            tasks,
            changed=self._announce,
            not_kept=lambda error: self._sync.stored(error),
            failed=lambda error: self.failed.emit(error, "", None),
        )

    # -- pages

    def warm_up(self) -> None:
        """Start the web engine and keep one page ready. Takes up to a quarter of a second."""
        if not self._ended:  # a timer may fire late
            self._engine().warm_up()

    def _engine(self) -> "BookProfile":
        if self._profile is None:
            self._profile = self._make_profile()
        return self._profile

    @cached_property
    def _count(self) -> "CharacterCount":
        from kios_desktop.ui.reader.character_count import CharacterCount

        return CharacterCount(self._shelf, self._rest_s)

    def _focus_moved(self, focused: QWindow | None) -> None:
        """Who goes from a book to another window may open a book there."""
        readers = [window.windowHandle() for window in self._windows.values()]
        if focused in readers:
            self._replenishing.stop()
        elif readers and focused is not None:
            self._replenishing.start()

    # -- opening

    def windows(self) -> "list[ReaderWindow]":
        return list(self._windows.values())

    def window_of(self, book_id: BookId) -> "ReaderWindow | None":
        return self._windows.get(book_id)

    def book_of(self, window: "ReaderWindow") -> BookId | None:
        """The library book a window shows; None for the guide."""
        for key, shown in self._windows.items():
            if shown is window:
                return None if isinstance(key, Path) else key
        return None

    async def open(self, book_id: BookId) -> "ReaderWindow | None":
        """Open a library book, or raise its window. Errors go to `failed`."""
        return await self._once(book_id, lambda: self._open(book_id))

    async def open_again(self, book_id: BookId) -> "ReaderWindow | None":
        """As `open`, for a book of the last session: it counts as read from its first turn.

        Raises KiosError instead of emitting `failed`.
        """
        return await self._once(book_id, lambda: self._open(book_id, unasked=True))

    async def open_file(self, path: Path) -> "ReaderWindow | None":
        """Open a file outside the library, such as the guide. Its place is not stored."""
        return await self._once(path, lambda: self._open_file(path))

    async def _once(
        self, key: BookId | Path, work: "Callable[[], Awaitable[ReaderWindow | None]]"
    ) -> "ReaderWindow | None":
        """Open a book once: concurrent calls for it get the same window."""
        await self._wait_until_closed(key)
        if self._closing:
            return None
        if self._raise(key):
            return self._windows[key]
        if (begun := self._opening.get(key)) is not None:
            await begun.wait()
            return self._windows.get(key)
        ended = self._opening[key] = asyncio.Event()
        try:
            return await work()
        finally:
            del self._opening[key]
            ended.set()

    async def _open(self, book_id: BookId, *, unasked: bool = False) -> "ReaderWindow | None":
        book: Book | None = None
        with ExitStack() as unless_shown:
            try:
                book = await self._shelf.get(book_id)
                lease = await self._publications.lease(book)
                unless_shown.callback(lease.give_back)
                where = await asyncio.to_thread(_map, lease.publication)
                position = await self._places.last(book_id)
                preferences = await self._shelf.reading_preferences(book_id)
                refused = None if unasked else await self._record.opened(book_id)
                page = await self._engine().take_page()
            except KiosError as e:
                log.warning("a book could not be opened: %s", e)
                if unasked:
                    raise
                self.failed.emit(e, book.title if book is not None else "", book)
                return None
            unless_shown.pop_all()
        if unasked:
            self._record.opened_unasked(book_id)
        start = position.locator.place if position else Place(0, 0)
        finished = book.finished_at is not None
        window = await self._show(
            page, book_id, book.title, lease, where, start, preferences, finished, book
        )
        if (
            refused is not None
        ):  # reported as for a page turn that can't be stored, and only once for both
            self._sync.stored(refused)
        return window

    async def _open_file(self, path: Path) -> "ReaderWindow | None":
        with ExitStack() as unless_shown:
            try:
                lease = await self._publications.lease_file(path)
                unless_shown.callback(lease.give_back)
                where = await asyncio.to_thread(_map, lease.publication)
                page = await self._engine().take_page()
            except PublicationError as e:
                self.failed.emit(e, path.stem, None)
                return None
            unless_shown.pop_all()
        title = lease.publication.publication.metadata.title
        start = Place(0, 0)
        return await self._show(page, path, title, lease, where, start, ReadingPreferences())

    async def _wait_until_closed(self, key: BookId | Path) -> None:
        """Returns when no window of the book is closing, or after `CLOSING_S`."""
        window = self._windows.get(key)
        if window is None or not window.is_closing:
            return
        try:
            async with asyncio.timeout(CLOSING_S):
                await window.closed_event.wait()
        except TimeoutError:
            log.error("a window did not go; it is given up")
            self._windows.pop(key, None)

    def _raise(self, key: BookId | Path) -> bool:
        window = self._windows.get(key)
        if window is None:
            return False
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()
        return True

    async def _show(
        self,
        page: "BookPage",
        key: BookId | Path,
        title: str,
        lease: Lease,
        where: "BookMap",
        start: Place,
        preferences: ReadingPreferences,
        finished: bool = False,
        book: Book | None = None,
    ) -> "ReaderWindow | None":
        if self._closing:  # Kios has begun to quit
            lease.give_back()
            page.end()
            return None
        from kios_desktop.ui.reader.presenter import ReaderPresenter
        from kios_desktop.ui.reader.screen import Unsynced
        from kios_desktop.ui.reader.window import ReaderWindow

        book_id = None if isinstance(key, Path) else key
        opened = lease.publication
        page.serve(opened.serving.resource)
        choices = ReadingChoices(
            self._live,
            preferences,
            lambda own: self._record.look(book_id, own),
            opened.publication.metadata.language,
        )
        window = ReaderWindow(
            page,
            title,
            choices,
            direction=opened.publication.direction,
            click_turns=lambda: self._live.value.click_turns_page,
            ask_links=lambda: self._live.value.ask_before_web_links,
            stop_asking_links=self._stop_asking_links,
            read_file=lambda href: _file(lease, href),
            tasks=self._tasks,
        )
        self._windows[key] = window
        window.closed.connect(lambda: self._closed(key, lease))
        # a window is made, shown, and painted and started in three turns of the event loop
        await asyncio.sleep(0)
        if self._windows.get(key) is window:
            self.window_made.emit(window)
            window.show()
            await asyncio.sleep(0)
        if self._windows.get(key) is not window:  # it was closed meanwhile
            return None
        if opened.weights is not None and not where.exact:
            where.weigh(opened.weights)  # sync has counted the characters in the meantime
        recording: BookSessions | None = None
        if book_id is not None:
            recording = self._recorded().opened(book_id, lambda: presenter.pace_per_min)
        presenter = ReaderPresenter(
            opened.publication,
            where,
            window.display,
            self._tasks,
            start=start,
            urls_of=page.urls_of,
            excerpt=lambda place: _excerpt(lease, place),
            place_of_cfi=lambda text, spine_index: _place_of_cfi(lease, text, spine_index),
            note_of=lambda link, spine_index: _note(lease, link, spine_index),
            on_finished=lambda marked: self._record.finished(book_id, marked),
            paged=lambda: window.paged,
            finished=finished,
            end_counts=lambda: book_id is not None and self._live.value.finish_at_end,
            on_read=lambda: self._record.turned(book_id),
            on_shown=_nobody_counts if recording is None else recording.shown,
            on_end=lambda: self._end_of(book_id, window),
        )
        if recording is not None:
            self._follow(window, recording, presenter)
        if book_id is None:
            presenter.join_sync(Unsynced())
        else:
            sync = self._sync.open(book_id, title, presenter)
            presenter.join_sync(sync)
            window.book_rule_chosen.connect(lambda rule: sync.remember(_stored_answer(rule)))
            window.set_book_rule(self._sync.book_overview(book_id).answer)
            sha256 = book.hashes.sha256 if book is not None else ""
            window.first_page.connect(lambda: self._mark(book_id, sha256, window, presenter, lease))
        window.search.start(lambda: _search(window, where, presenter, lease, self._tasks))
        language = opened.publication.metadata.language or ""
        window.look_ups.start(lambda screen: self._look_up(screen, language), language)
        window.aloud.start(lambda: self._aloud(window, presenter, lease))
        window.aloud.started.connect(lambda: self._read_only(window))
        window.start(presenter)
        self.window_opened.emit(window)
        self._announce()
        if opened.weights is None:
            opened.when_weighed(presenter.weighed)
            opened.when_weighed(window.search.weighed)
            self._tasks.start(
                self._count.count(book_id, lease, lambda: self._windows.get(key) is window)
            )
        return window

    def _aloud(
        self, window: "ReaderWindow", presenter: "ReaderPresenter", lease: Lease
    ) -> "AloudPresenter":
        """Called when a window is first asked to read aloud."""
        from kios_desktop.ui.reader.aloud.choices import KeptChoices
        from kios_desktop.ui.reader.aloud.presenter import AloudPresenter

        def player(heard: "Heard") -> "Player":
            from kios_desktop.ui.reader.aloud.recording import RecordingPlayer

            return RecordingPlayer(lambda href: _file(lease, href), self._tasks, heard)

        publication = lease.publication.publication
        language = publication.metadata.language
        return AloudPresenter(
            window.aloud,
            presenter,
            self._tasks,
            language=language,
            order=tuple(i for i, link in enumerate(publication.reading_order) if link.linear),
            read=lambda spine_index: _spoken(lease, spine_index),
            choices=KeptChoices(self._live, language),
            make_speech=self._make_speech,
            make_player=player,
        )

    def _read_only(self, window: "ReaderWindow") -> None:
        """One book is read aloud at a time."""
        for other in self.windows():
            if other is not window:
                other.aloud.pause()

    def _end_of(self, book_id: BookId | None, window: "ReaderWindow") -> None:
        if book_id is not None:
            self.end_reached.emit(book_id, window)

    def growing_sessions(self) -> "set[SessionId]":
        """Reading sessions that go on."""
        return set() if self._sessions is None else self._sessions.growing()

    def _recorded(self) -> "ReadingSessions":
        if self._sessions is None:
            self._sessions = self._make_sessions()
        return self._sessions

    def _follow(
        self, window: "ReaderWindow", recording: "BookSessions", presenter: "ReaderPresenter"
    ) -> None:
        """Record reading while a window is in front, at the pace of its reader."""
        sessions = self._recorded()
        window.activated.connect(lambda: recording.set_in_front(True))
        window.deactivated.connect(lambda: recording.set_in_front(False))
        window.closed.connect(lambda: sessions.closed(recording))
        recording.set_in_front(window.isActiveWindow())

        async def learn_pace() -> None:
            pace = await sessions.pace()
            if pace is not None and not window.is_closing:
                presenter.learn_pace(pace)

        window.first_page.connect(lambda: self._tasks.start(learn_pace()))

    def _mark(
        self,
        book_id: BookId,
        sha256: str,
        window: "ReaderWindow",
        presenter: "ReaderPresenter",
        lease: Lease,
    ) -> None:
        """Let the book be marked, and words be looked up, once it is on the screen."""
        from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter
        from kios_desktop.ui.reader.marks.reference import cited

        if self._windows.get(book_id) is window and not window.is_closing:
            own = lease.duplicate()
            marks, saving = self._book_marks(book_id, sha256, own), WindowTasks(self._tasks)
            window.closed.connect(lambda: self._save_marks(saving, own))
            metadata = own.publication.publication.metadata
            cite = lambda words, place: cited(  # noqa: E731
                words, metadata, presenter.chapter_at(place), presenter.percent_at(place)
            )
            window.marking.start(
                MarksPresenter(marks, window.marking, saving, presenter.look_at, cite)
            )

    def _save_marks(self, saving: WindowTasks, lease: Lease) -> None:
        """Keep the file open until the last marks of a closed window have their text."""

        async def save() -> None:
            await saving.done()
            lease.give_back()

        if (task := self._tasks.start(save())) is not None:
            self._last_marks.add(task)
            task.add_done_callback(self._last_marks.discard)

    # -- while a book is open

    def marks_changed(self, book_id: BookId) -> None:
        """Others have changed the marks of a book on the disk."""
        if (window := self.window_of(book_id)) is not None:
            window.marking.act(lambda presenter: presenter.load())()

    def _rest_s(self) -> float:
        """Seconds since any book showed another page."""
        return time.monotonic() - max(
            (window.pages.screen_at for window in self._windows.values()), default=0.0
        )

    def _announce(self) -> None:
        """Emit `changed` once, however many books change within this turn of the event loop."""
        self._announcement.start()

    def _stop_asking_links(self) -> None:
        self._live.change(replace(self._live.value, ask_before_web_links=False))

    def _closed(self, key: BookId | Path, lease: Lease) -> None:
        self._windows.pop(key, None)
        self._record.closed(None if isinstance(key, Path) else key)
        lease.give_back()
        if not self._closing:
            self._replenishing.start()
        self._announce()

    async def all_reported(self) -> None:
        """Returns when every page has reported the turns that were asked for, or timed out."""
        await asyncio.gather(*(window.pages.reported() for window in self.windows()))

    # -- the end

    def preferences_changed(self) -> None:
        if self._sessions is not None:
            self._sessions.wanted_changed()

    async def begin_sessions_anew(self) -> None:
        """End and save the reading sessions that go on, so that none that is deleted comes back."""
        if self._sessions is not None:
            await self._sessions.begin_anew()

    def restyle(self) -> None:
        """The windows' theme changed."""
        for window in self._windows.values():
            window.restyle()

    def close_all(self) -> None:
        """Close all windows; nothing is opened from now on."""
        self._closing = True
        for window in self.windows():
            window.close()

    async def all_closed(self) -> None:
        """After `close_all`: wait until every page has reported its last turn, or timed out.

        The marks that were made last, and the sessions that end, are saved by then.
        """
        for key in tuple(self._windows):
            await self._wait_until_closed(key)
        if self._last_marks:
            await asyncio.wait(set(self._last_marks), timeout=CLOSING_S)
        if self._sessions is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sessions.save(), CLOSING_S)

    def end(self) -> None:
        """Delete the pages, then their profile. After `close_all` and a turn of the event loop."""
        self._ended = True
        if self._profile is not None:
            self._profile.close()


def _nobody_counts(_how: object, _spot: object, _ordinals: int, _printed: int | None) -> None:
    """Reading a file outside the library is not recorded."""


def _map(opened: "OpenPublication") -> "BookMap":
    """Called in a thread, as it goes through all of the contents."""
    from kios_desktop.ui.reader.book_map import BookMap

    return BookMap(opened.publication, opened.sizes, opened.weights)


async def _excerpt(lease: Lease, place: Place) -> str:
    """The text at a place; "" when the file can't be read."""
    with lease.duplicate() as opened:
        try:
            return await asyncio.to_thread(opened.excerpt, place, EXCERPT)
        except PublicationError as e:
            log.warning("no words of a place: %s", e)
            return ""


async def _file(lease: Lease, href: str) -> bytes:
    """A file as it is in the book. Raises PublicationError."""
    with lease.duplicate() as opened:
        return await asyncio.to_thread(opened.file, href)


async def _spoken(lease: Lease, spine_index: int) -> "SpokenChapter":
    """What is read aloud of a chapter. Raises PublicationError."""
    with lease.duplicate() as opened:
        return await asyncio.to_thread(opened.spoken, spine_index)


async def _place_of_cfi(lease: Lease, text: str, spine_index: int) -> Place | None:
    """The place of a CFI; None when the file can't be read."""
    with lease.duplicate() as opened:
        try:
            found = await asyncio.to_thread(opened.place_of_cfi, text, spine_index)
        except PublicationError as e:
            log.warning("no place of a link: %s", e)
            return None
    return found.place


async def _note(lease: Lease, link: "NoteLink", spine_index: int) -> "ShownNote | None":
    """The note that a link leads to, with its pictures; None when the file can't be read."""
    from kios_desktop.ui.reader.screen import ShownNote

    with lease.duplicate() as opened:
        try:
            found = await asyncio.to_thread(opened.note, link, spine_index)
        except PublicationError as e:
            log.warning("no note of a link: %s", e)
            return None
    return None if found is None else ShownNote(*found)


def _search(
    window: "ReaderWindow",
    where: "BookMap",
    presenter: "ReaderPresenter",
    lease: Lease,
    tasks: Tasks,
) -> "SearchPresenter":
    """Called at the first search in a window."""
    from kios_desktop.ui.reader.search_presenter import SearchPresenter

    return SearchPresenter(
        where,
        window.search,
        tasks,
        lambda query: _find(lease, query),
        presenter.look_at,
        lambda: presenter.shown_place,
    )


async def _find(
    lease: Lease, query: "SearchQuery"
) -> "AsyncGenerator[tuple[Sequence[Found], float], None]":
    """What a search finds, slice by slice, and its progress. Raises KiosError."""
    with lease.duplicate() as opened:
        searching = opened.searching(query)
        try:
            while not searching.done:
                found = await asyncio.to_thread(searching.go_on)
                yield found, searching.progress
        finally:
            searching.stop()


def _stored_answer(rule: Answer) -> Answer | None:
    """The answer to store for one book; None for “Ask every time”, which is the default."""
    return None if rule is Answer.ASK else rule
