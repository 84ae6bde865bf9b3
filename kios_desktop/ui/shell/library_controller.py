"""The library's window and the menu bar: what they ask of Kios, and who answers.

Part of the composition root, apart from `app.py` only for its size.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kios_desktop.domain.library import BookId, ImportReport, ShelfCounts, Sort
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.cover import Covers
from kios_desktop.ui.library.ports import Progress
from kios_desktop.ui.library.presenter import DEFAULT_ORDER, LibraryPresenter, Order
from kios_desktop.ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from kios_desktop.application.cleanup import Tidying
    from kios_desktop.library.importer import Importer
    from kios_desktop.startup.app import App
    from kios_desktop.ui.shell.menu_bar import MenuBar

ORDER: Final = "library/order"
_REVERSED, _AS_IT_IS = "reversed", "plain"


class Front:
    """`folder` is the library's. `begin` when the rest of Kios knows of it."""

    def __init__(self, app: "App", folder: Path, memory: WindowMemory) -> None:
        self._app = app
        covers = Covers(folder, app.tasks, theme.current().color("sunken"))
        self.window = MainWindow(covers, folder, memory)
        self.library = LibraryPresenter(
            app.books,
            LateImporter(lambda: app.importer),
            self.window.library,
            app.tasks,
            on_counts=self._counted,
            on_import=self.window.show_import,
            show_continue=app.live.value.show_continue_reading,
            order=_read_order(memory),
            on_order=lambda order: _keep_order(memory, order),
        )

    def begin(self, *, has_source: bool) -> None:
        """Show what is known, and answer from now on."""
        window = self.window
        window.library.bind(self.library)
        window.set_onboarded(self._app.live.value.onboarded)
        window.set_has_source(has_source)
        self._join()
        self.library.refresh()

    def offer_orphans(self, tidying: "Tidying") -> None:
        """Books in the folder that the library does not know, as soon as they were looked for."""
        from kios_desktop.ui.library.orphans_presenter import OrphansPresenter

        view = self.window.library
        orphans = OrphansPresenter(
            tidying.orphans,
            view,
            self._app.tasks,
            self.library.import_files,
            tidying.done.wait,
        )
        view.orphans.bind(orphans)
        orphans.look()

    def _join(self) -> None:
        app, window, library = self._app, self.window, self.library
        window.sidebar.shelf_chosen.connect(library.shelf_chosen)
        window.add_requested.connect(library.add)
        window.open_requested.connect(lambda book: app.tasks.start(app.opening.book(book)))
        window.guide_requested.connect(lambda: app.tasks.start(app.opening.guide()))
        window.skipped.connect(self._skipped)
        window.close_requested.connect(self._closed)
        window.quit_requested.connect(app.quit)
        window.foregrounded.connect(library.refresh)
        window.settings_requested.connect(lambda page: app.settings.show(page))
        window.add_source_requested.connect(lambda: app.settings.add_source())
        window.sign_in_requested.connect(lambda source: app.settings.edit_source(source))
        window.source_settings_requested.connect(lambda source: app.settings.edit_source(source))
        window.sync_now_requested.connect(app.sync.sync_now)
        window.sync_book_requested.connect(self._sync_book)
        window.retry_requested.connect(app.sync.retry)
        window.discard_requested.connect(app.sync.discard)
        window.go_requested.connect(lambda book, at: app.tasks.start(app.opening.at(book, at)))
        window.continue_requested.connect(lambda book: app.tasks.start(app.opening.at_offer(book)))
        app.sync.listen(lambda: window.show_overview(app.sync.overview()))
        window.show_overview(app.sync.overview())

    def _counted(self, counts: ShelfCounts) -> None:
        self.window.show_counts(counts)
        if self._app.browses:
            self._app.browse.books_changed()

    def _closed(self) -> None:
        """With a book open the library only steps aside."""
        if self._app.readers.windows():
            self.window.hide()
        else:
            self._app.quit()

    def _sync_book(self, book_id: BookId) -> None:
        """“Sync this book now” in the library: a book that is closed can only have something to
        send; where others are in it is asked when it is opened."""
        waits = self._app.sync.book_overview(book_id).waiting is not None
        opened = self._app.readers.window_of(book_id) is not None
        if waits or opened:
            self._app.sync.retry(book_id)
        else:
            self.window.overlays.toast(
                tr("Nothing of this book waits to be sent. Kios looks for news when you open it.")
            )

    def _skipped(self) -> None:
        live = self._app.live
        live.change(replace(live.value, onboarded=True))


def build_menu_bar(app: "App") -> "MenuBar":
    """The one of macOS."""
    from kios_desktop.ui.shell.menu_bar import MenuBar

    def in_library(do: Callable[[], None]) -> None:
        app.window.raise_()
        do()

    bar = MenuBar()
    bar.library_requested.connect(lambda: app.window.raise_())
    bar.add_files_requested.connect(lambda: in_library(app.window.choose_files))
    bar.add_folder_requested.connect(lambda: in_library(app.window.choose_folder))
    bar.sync_now_requested.connect(app.sync.sync_now)
    bar.settings_requested.connect(lambda page: app.settings.show(page))
    bar.guide_requested.connect(lambda: app.tasks.start(app.opening.guide()))
    bar.quit_requested.connect(app.quit)
    return bar


def _read_order(memory: WindowMemory) -> Order:
    """As the books were sorted the last time."""
    words = (memory.geometry(ORDER) or b"").decode(errors="replace").split()
    chosen = next((sort for sort in Sort if sort.value == " ".join(words[1:])), None)
    return DEFAULT_ORDER if chosen is None else (chosen, words[0] == _REVERSED)


def _keep_order(memory: WindowMemory, order: Order) -> None:
    sort, reverse = order
    memory.keep(ORDER, f"{_REVERSED if reverse else _AS_IT_IS} {sort.value}".encode())


class LateImporter:
    """An importer that is made when something is added."""

    def __init__(self, make: Callable[[], "Importer"]) -> None:
        self._make = make

    async def add(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Callable[[], bool]
    ) -> ImportReport:
        return await self._make().add(paths, progress=progress, cancelled=cancelled)
