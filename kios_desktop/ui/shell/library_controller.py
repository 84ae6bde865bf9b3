"""Makes the main window and connects the library in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.library import BookId, ImportReport, ShelfCounts, Sort
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.ports import Bookshelf, ImporterPort, Progress
from kios_desktop.ui.library.presenter import DEFAULT_ORDER, LibraryPresenter, Order
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.shell.shelf_offer import ShelfOfAccounts, ShelfOffer

if TYPE_CHECKING:
    from kios_desktop.application.cleanup import Cleanup
    from kios_desktop.ui.library.inside_presenter import (
        BuiltIndex,
        InsidePresenter,
        InsideSearch,
    )

    InsideParts = Callable[[], tuple[InsideSearch, BuiltIndex]]

ORDER: Final = "library/order"
_REVERSED, _AS_IT_IS = "reversed", "plain"


class LibraryController:
    """The main window and the presenter of the library.

    `folder` is the library's. `importer` makes the importer. `on_counts` is called after books were
    counted. Call `begin` when others can reach this controller.
    """

    def __init__(
        self,
        folder: Path,
        memory: WindowMemory,
        books: Bookshelf,
        importer: Callable[[], ImporterPort],
        sync: SyncEngine,
        live: LivePreferences,
        readers: OpenBooks,
        tasks: Tasks,
        on_counts: Callable[[], None],
        shelves: Callable[[], ShelfOfAccounts | None],
        on_quit: Callable[[], None],
    ) -> None:
        self._sync, self._live, self._readers, self._tasks = sync, live, readers, tasks
        self._on_counts, self._quit = on_counts, on_quit
        covers = Covers(folder, tasks, theme.current().color("sunken"))
        self.window = MainWindow(covers, folder, memory)
        self.presenter = LibraryPresenter(
            books,
            DeferredImporter(importer),
            self.window.library,
            tasks,
            on_counts=self._counted,
            on_import=self.window.show_import,
            show_continue=live.value.show_continue_reading,
            order=_read_order(memory),
            on_order=lambda order: _keep_order(memory, order),
            on_words=self._search_inside,
            on_removed=lambda book: self._shelf_offer.removed(book),
        )
        self._shelf_offer = ShelfOffer(shelves, self.window.overlays.toast, tasks)
        self._books = books
        self._inside_parts: InsideParts | None = None
        self._inside: InsidePresenter | None = None

    def begin(self, *, has_source: bool) -> None:
        """Connect the window, and load the library."""
        window, presenter, sync = self.window, self.presenter, self._sync
        window.library.bind(presenter)
        window.set_onboarded(self._live.value.onboarded)
        window.set_has_source(has_source)
        window.sidebar.shelf_chosen.connect(presenter.shelf_chosen)
        window.add_requested.connect(presenter.add)
        window.skipped.connect(self._skipped)
        window.close_requested.connect(self._close_requested)
        window.quit_requested.connect(self._quit)
        window.foregrounded.connect(presenter.refresh)
        window.sync_now_requested.connect(sync.sync_now)
        window.sync_book_requested.connect(self._sync_book)
        window.retry_requested.connect(sync.retry)
        window.discard_requested.connect(sync.discard)
        sync.watch(sync.overview, window.show_overview)
        window.show_overview(sync.overview())
        presenter.refresh()

    def offer_orphans(self, cleanup: "Cleanup") -> None:
        """Offer book files that the library does not know, once the cleanup has found them."""
        from kios_desktop.ui.library.orphans_presenter import OrphansPresenter

        view = self.window.library
        orphans = OrphansPresenter(
            cleanup.orphans, view, self._tasks, self.presenter.import_files, cleanup.done.wait
        )
        view.orphans.bind(orphans)
        orphans.search()

    def join_inside(self, parts: "InsideParts") -> None:
        """Search inside books from now on, where that is wanted; `parts` are made for the first."""
        self._inside_parts = parts

    def _search_inside(self, words: str) -> None:
        if self._inside is None and words and self._live.value.search_inside_books:
            self._inside = self._made_inside()
        if self._inside is not None:
            self._inside.search(words)

    def _made_inside(self) -> "InsidePresenter | None":
        if self._inside_parts is None:
            return None
        from kios_desktop.ui.library.inside_presenter import InsidePresenter

        search, index = self._inside_parts()
        view = self.window.library
        made = InsidePresenter(search, self._books, view, self._tasks, lambda: index.progress)
        view.join_inside(made)
        index.watch(made.progressed)
        return made

    def _counted(self, counts: ShelfCounts) -> None:
        self.window.show_counts(counts)
        self._on_counts()

    def _close_requested(self) -> None:
        """Hide the window while a book is open; else quit."""
        if self._readers.windows():
            self.window.hide()
        else:
            self._quit()

    def _sync_book(self, book_id: BookId) -> None:
        """“Sync this book now”. A closed book can only be sent; it is pulled when it is opened."""
        waits = self._sync.book_overview(book_id).waiting is not None
        if waits or self._readers.window_of(book_id) is not None:
            self._sync.retry(book_id)
        else:
            self.window.overlays.toast(
                tr("Nothing of this book waits to be sent. Kios looks for news when you open it.")
            )

    def _skipped(self) -> None:
        self._live.change(replace(self._live.value, onboarded=True))


def _read_order(memory: WindowMemory) -> Order:
    """The stored sort order, or the default."""
    words = (memory.geometry(ORDER) or b"").decode(errors="replace").split()
    chosen = next((sort for sort in Sort if sort.value == " ".join(words[1:])), None)
    return DEFAULT_ORDER if chosen is None else (chosen, words[0] == _REVERSED)


def _keep_order(memory: WindowMemory, order: Order) -> None:
    sort, reverse = order
    memory.keep(ORDER, f"{_REVERSED if reverse else _AS_IT_IS} {sort.value}".encode())


class DeferredImporter:
    """An importer that is made at its first use."""

    def __init__(self, make: Callable[[], ImporterPort]) -> None:
        self._make = make

    async def add(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Callable[[], bool]
    ) -> ImportReport:
        return await self._make().add(paths, progress=progress, cancelled=cancelled)
