"""Connects catalogs and downloads to the main window."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject

from kios_desktop.application.book_details import BookDetails
from kios_desktop.application.catalog_ports import SyncedShelf
from kios_desktop.application.catalogs import BROWSED, Catalogs
from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.application.place_offer import PlaceOffer
from kios_desktop.domain.errors import NoKeystore, Untrusted
from kios_desktop.domain.library import BookId
from kios_desktop.domain.source import Source
from kios_desktop.library.downloads import Downloads
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.catalog.shelf_controller import refresh_if_due
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.link_question import LinkQuestion, open_in_browser
from kios_desktop.ui.settings.controller import SettingsController
from kios_desktop.ui.settings.ports import SourcesPort
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.shell.place_offer_controller import PlaceOfferController
from kios_desktop.ui.shell.sidebar import SourceLine


class BrowseController(QObject):
    """Shows the sources in the main window.

    `covers` is the folder of catalog covers. `settings` opens Settings. `on_added` is called when
    a download became a book.
    """

    def __init__(
        self,
        sources: SourcesPort,
        catalogs: Catalogs,
        place_offer: PlaceOffer,
        downloads: Downloads,
        covers: Path,
        sync: SyncEngine,
        live: LivePreferences,
        tasks: Tasks,
        books: BookDetails,
        settings: Callable[[], SettingsController],
        on_added: Callable[[], None],
    ) -> None:
        super().__init__()
        self._stored, self._catalogs, self.downloads = sources, catalogs, downloads
        self._sync, self._live, self._tasks = sync, live, tasks
        self._books, self._settings, self._on_added = books, settings, on_added
        self._covers = covers
        self._window: MainWindow | None = None
        self._sources: list[Source] = []
        self._lines: list[SourceLine] | None = None  # as shown in the window
        self._known: set[str] | None = None  # ids; None before the first connection
        self._opened = False
        self._place_offer = PlaceOfferController(place_offer, settings)
        self._to_show = ""  # the id of a source to show as soon as it is connected
        catalogs.when_recovered(self._source_recovered)

    def join(self, window: MainWindow) -> None:
        """Use the main window, which was just made."""
        self._window, self._lines = window, None
        window.join_catalogs(self.downloads, self._covers, self._tasks)
        window.join_books(self._books, self._books, self._tasks)
        window.source_chosen.connect(self._show)
        window.link_requested.connect(self._ask_about)
        window.catalog_answered.connect(self._show_sources)
        self._show_sources()

    async def sources_changed(self, touched: Collection[str]) -> None:
        """The sources were connected; `touched` are the new, changed and removed ones."""
        if self._window is not None:
            for source_id in touched:
                catalog = self._catalogs.catalog(source_id)
                if catalog is None:
                    self._window.forget_catalog(source_id)
                else:
                    self._window.renew_catalog(catalog)
        sources = await self._stored.all()
        self._sources = [one for one in sources if one.kind in BROWSED]
        if not self._opened:
            self._opened = True
            await self.downloads.open()
        self._show_sources()
        if self._window is not None:
            self._place_offer.sources_changed(sources, self._window)
        self._welcome({one.id for one in self._sources})
        self._show_awaited()
        await self.downloads.sources_changed(touched)

    async def source_removed(self, source: Source) -> None:
        if self._window is not None:
            self._window.forget_catalog(source.id, purge=True)
        self._on_added()

    def _source_recovered(self, source_id: str) -> None:
        """A test in Settings succeeded for a failed source: try again what had failed."""
        if self._window is not None:
            self._window.refresh_catalog(source_id)
        self._show_sources()
        self._sync.accounts_changed()
        if self._opened:
            self._tasks.start(self.downloads.sources_changed({source_id}))

    def foregrounded(self) -> None:
        """The reader came back to Kios: refresh shelves that are due."""
        window = self._window
        presenter = window.catalog_presenter() if window and window.catalog_view() else None
        shown = presenter.source_id if presenter is not None else ""
        for one in self._catalogs.all():
            if isinstance(one.catalog, SyncedShelf):
                looked_at = one.source.id == shown
                work = refresh_if_due(one.catalog, datetime.now(UTC), looked_at=looked_at)
                self._tasks.start(work)

    def books_changed(self) -> None:
        """Books were removed: mark their entries as downloadable again."""
        if self._opened:
            self._tasks.replace("downloads-marks", self.downloads.books_changed())

    def book_added(self, book_id: BookId) -> None:
        """A download became a book."""
        self._on_added()
        self._tasks.start(self._sync_with_source_of(book_id))

    async def _sync_with_source_of(self, book_id: BookId) -> None:
        """Have sync use a source that keeps the place of a book which it just delivered."""
        source_links = await self._catalogs.source_links(book_id)
        known = {line.source_id for line in self._sync.overview().servers}
        if set(source_links.delivered_by) - known:
            self._sync.accounts_changed()
        else:
            self._sync.source_links_changed(book_id)

    def _show(self, source_id: str) -> None:
        catalog = self._catalogs.catalog(source_id)
        if self._window is None:
            return
        if catalog is None:
            self._offer_to_turn_on(source_id)
            return
        self._window.show_catalog(catalog)

    def _show_awaited(self) -> None:
        awaited, self._to_show = self._to_show, ""
        if awaited and self._catalogs.is_usable(awaited):
            self._show(awaited)

    def _offer_to_turn_on(self, source_id: str) -> None:
        """For a source that is not connected: it is off, or its address is locked."""
        source = next((one for one in self._sources if one.id == source_id), None)
        if source is None or source.enabled or self._window is None:
            self._edit(source_id)
            return

        def turn_on() -> None:
            self._tasks.start(self._turn_on(source))

        text = tr("“{name}” is off.", name=source.name)
        self._window.overlays.toast(text, tr("Turn on"), turn_on)

    async def _turn_on(self, source: Source) -> None:
        try:
            await self._stored.save(replace(source, enabled=True))
        except NoKeystore:  # the form asks where to keep passwords
            self._edit(source.id)
            return
        self._to_show = source.id
        self._sync.accounts_changed()

    def _edit(self, source_id: str) -> None:
        self._settings().edit_source(source_id)

    def _show_sources(self) -> None:
        if self._window is None:
            return
        lines = [
            SourceLine(one.id, one.name, one.kind, self._trouble(one)) for one in self._sources
        ]
        if lines != self._lines:
            self._lines = lines
            self._window.set_sources(lines)

    def _trouble(self, source: Source) -> str:
        """The trouble of a source in a few words; "" without any."""
        if not source.enabled:
            return tr("Off")
        if not self._catalogs.is_usable(source.id):
            return tr("Locked")
        error = self._catalogs.health_of(source.id).error
        if error is None:
            return ""
        if isinstance(error, Untrusted):
            return tr("Certificate changed") if source.pin else tr("Certificate not trusted")
        return explain(error, source.name).title

    def _welcome(self, now: set[str]) -> None:
        """Show the first source that was ever added; announce a further one."""
        before, self._known = self._known, now
        window = self._window
        if before is None or window is None:
            return
        for source in self._sources:
            if source.id not in now - before or not source.enabled:
                continue
            if not before:
                window.raise_()
                self._show(source.id)
                self._tasks.start(self._place_offer.offer(source, window))
                return
            text = tr("“{name}” is ready.", name=source.name)
            window.overlays.toast(text, tr("Browse"), partial(self._show, source.id))

    def _ask_about(self, url: str) -> None:
        window = self._window
        if window is None:
            return
        if not self._live.value.ask_before_web_links:
            open_in_browser(url)
            return

        def keep_asking(ask: bool) -> None:
            self._live.change(replace(self._live.value, ask_before_web_links=ask))

        LinkQuestion(url, keep_asking, window, tr("The catalog has a link to this address.")).open()
