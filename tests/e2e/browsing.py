"""What a driven app can be told about sources: add one in Settings, browse, search, download."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.download import Download, DownloadState
from kios_desktop.domain.library import BookId
from kios_desktop.domain.source import SourceKind
from kios_desktop.startup.app import App
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog

LONG_S = 30.0


async def until(done: Callable[[], object], timeout_s: float = LONG_S) -> None:
    async with asyncio.timeout(timeout_s):
        while not done():
            await asyncio.sleep(0.02)


class Browses:
    """Commands that work on the library's window and Settings, as a person does."""

    _app: App

    async def add_source(
        self, preset: str, url: str, username: str = "", password: str = ""
    ) -> dict[str, Any]:
        """Fill in the form, test it, add the source; answers what the test said."""
        form = await self._new_form()
        form.server.set_value(preset)
        form.server.chosen.emit(preset)
        for field, text in (
            (form.url, url),
            (form.username, username),
            (form.password, password),
        ):
            QTest.keyClicks(field.edit, text)
        return await self._tested_and_added(form)

    async def add_kobo(
        self, preset: str, url: str, catalog: str = "", username: str = "", password: str = ""
    ) -> dict[str, Any]:
        """The same for Kobo sync; with a catalog, an e-reader uses the address as well."""
        form = await self._new_form()
        form.kinds.chosen.emit(SourceKind.KOBO)
        form.server.set_value(preset)
        form.server.chosen.emit(preset)
        QTest.keyClicks(form.url.edit, url)
        if catalog:
            form.sharing.set_shared(True)
            form.sharing.changed.emit()
            QTest.keyClicks(form.catalog_url.edit, catalog)
            QTest.keyClicks(form.username.edit, username)
            QTest.keyClicks(form.password.edit, password)
        return await self._tested_and_added(form)

    async def shot(self, path: str, what: str = "library") -> dict[str, Any]:
        """A picture of the library's window, or of the form."""
        await asyncio.sleep(0.4)
        shown: QWidget | None = self._form() if what == "form" else self._app.parts.window
        assert shown is not None
        shown.grab().save(path)
        return {}

    async def sign_in_again(self, password: str = "") -> dict[str, Any]:
        """“Sign in…” in the catalog that is shown, then Save; by itself with the old one."""
        self._view().sign_in_requested.emit(self._view()._source_id)
        await until(lambda: self._form() is not None)
        form = self._form()
        assert form is not None
        QTest.keyClicks(form.password.edit, password)
        form.save.click()
        await until(lambda: self._form() is None)
        return {}

    async def refresh(self) -> dict[str, Any]:
        """F5; answers when something came, or why not."""
        came = asyncio.Event()
        self._view().answered.connect(came.set)
        presenter = self._app.parts.window.catalog_presenter()
        assert presenter is not None
        presenter.refresh()
        await asyncio.wait_for(came.wait(), LONG_S)
        self._view().answered.disconnect(came.set)
        return await self.sidebar()

    async def shown(self) -> dict[str, Any]:
        """What the catalog that is shown lists."""
        await until(lambda: self._app.parts.window.catalog_view() is not None)
        return await self._listed("")

    async def turn_source(self, on: bool) -> dict[str, Any]:
        """Off: in the list of Settings. On: what the sidebar offers for a source that is off."""
        window, source = self._app.parts.window, (await self._app.parts.sources.all())[0]
        if on:
            window.sidebar._go_to_source(source.id)
            await until(lambda: self._toast_button("Turn on") is not None)
            button = self._toast_button("Turn on")
            assert button is not None
            button.click()
            await until(lambda: window.catalog_view() is not None)
            return await self._listed("")
        settings = self._app.parts.settings.show("library-sync")
        page = settings.library_sync.page
        await until(lambda: page._lines)
        page.enabled_changed.emit(source.id, False)
        await until(
            lambda: [one.trouble for one in self._app.parts.browsing._lines or []] == ["Off"]
        )
        self._app.parts.settings.close()
        return await self.sidebar()

    def _toast_button(self, text: str) -> QAbstractButton | None:
        buttons = self._app.parts.window.findChildren(QAbstractButton)
        return next((one for one in buttons if one.text() == text and one.isVisible()), None)

    async def sidebar(self) -> dict[str, Any]:
        """Names of sources, each with what is wrong with it."""
        return {
            "sources": [[one.name, one.trouble] for one in self._app.parts.browsing._lines or []]
        }

    async def close_settings(self) -> dict[str, Any]:
        self._app.parts.settings.close()
        return {}

    async def browse(self, number: int = 0) -> dict[str, Any]:
        """Choose a source in the sidebar."""
        sources = [one.source.id for one in self._app.parts.catalogs.all()]
        self._app.parts.window.resize(1280, 840)
        self._app.parts.window.sidebar._go_to_source(sources[number])
        await until(lambda: self._app.parts.window.catalog_view() is not None)
        return await self._listed("")

    async def filled(self, total: int) -> dict[str, Any]:
        """Wait until the list says that it has so many entries: a shelf comes page by page."""
        await until(lambda: self._feed().total == total)
        return self._listing()

    async def follow(self, title: str) -> dict[str, Any]:
        """Choose a card whose title has these words."""
        before, view = self._title(), self._view()
        assert view.feed_list.listing is not None
        links = [*view.feed_list.listing.feed.navigation]
        for group in view.feed_list.listing.feed.groups:
            links += group.navigation
        found = next((one for one in links if title.lower() in one.title.lower()), None)
        if found is None:
            raise RuntimeError(f"no {title} among {[one.title for one in links]}")
        view.sections.follow_requested.emit(found.href, found.title)
        return await self._listed(before)

    async def next_page(self) -> dict[str, Any]:
        before = self._paging()
        self._view().bar.next_requested.emit()
        await until(lambda: self._paging() != before)
        return self._listing()

    async def search(self, words: str) -> dict[str, Any]:
        before = self._title()
        self._view().header.search_requested.emit(words)
        await until(lambda: self._title() != before or self._view().header.isVisible())
        return await self._listed(before)

    async def go_back(self) -> dict[str, Any]:
        before = self._title()
        self._view()._back()
        return await self._listed(before)

    async def cover(self, title: str) -> dict[str, Any]:
        """Wait until the cover of an entry is painted."""
        entry, view = self._entry(title), self._view()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await until(lambda: view.covers.pixmap(entry, 120, 1.0) is not None)
        return {"took_s": loop.time() - begun}

    async def download(self, title: str) -> dict[str, Any]:
        """Fetch a book; answers when it is in the library."""
        presenter = self._app.parts.window.catalog_presenter()
        assert presenter is not None
        entry = self._entry(title)
        presenter.entry_actions.download(entry)
        await until(lambda: self._job(entry) is not None)
        await until(lambda: self._ended(entry))
        job = self._job(entry)
        assert job is not None
        if job.state is not DownloadState.DONE or job.book_id is None:
            raise RuntimeError(f"{job.state}: {job.fault}")
        book = await self._app.parts.books.get(job.book_id)
        content = await asyncio.to_thread(
            lambda: self._app.parts.importer._files.path(book.file).read_bytes()
        )
        return {
            "book": job.book_id,
            "sha256": hashlib.sha256(content).hexdigest(),
            "file_name": book.file_name,
            "same_bytes": job.same_bytes,
        }

    async def route(self, book: int) -> dict[str, Any]:
        """Where a book syncs, and why."""
        route = await self._app.parts.sync.route_of(BookId(book))
        return {"to": route.account.name if route.account else "", "why": route.reason.value}

    async def _new_form(self) -> SourceDialog:
        await until(lambda: self._app.parts.window.actions_.add_source.isEnabled())
        self._app.parts.window.add_source_requested.emit()
        await until(lambda: self._form() is not None)
        form = self._form()
        assert form is not None
        return form

    async def _tested_and_added(self, form: SourceDialog) -> dict[str, Any]:
        form.test.click()
        wrong = [field.error() for field in (form.url, form.name, form.username, form.password)]
        if any(wrong):
            raise RuntimeError(" ".join(wrong))
        await until(lambda: form.check_result.accessibleName() and not form.check_result.isHidden())
        await until(lambda: form.check_result.property("tone") != "info")
        said = form.check_result.accessibleName()
        form.save.click()
        await until(lambda: self._form() is None)
        await until(lambda: self._app.parts.browsing._sources)  # the sidebar has it
        return {"said": said, "sources": [s.name for s in await self._app.parts.sources.all()]}

    # -- what is there

    def _form(self) -> SourceDialog | None:
        window = self._app.parts.settings._window
        return None if window is None else window.library_sync.form

    def _view(self) -> CatalogView:
        view = self._app.parts.window.catalog_view()
        if view is None:
            raise RuntimeError("no catalog is shown")
        return view

    def _title(self) -> str:
        listing = self._view().feed_list.listing
        return "" if listing is None else f"{listing.feed.url.reveal()} {listing.query}"

    def _paging(self) -> str:
        listing = self._view().feed_list.listing
        return "" if listing is None else f"{listing.feed.url.reveal()} {listing.paging.text}"

    async def _listed(self, before: str) -> dict[str, Any]:
        await until(lambda: self._view().feed_list.listing is not None and self._title() != before)
        return self._listing()

    def _listing(self) -> dict[str, Any]:
        listing = self._view().feed_list.listing
        assert listing is not None
        feed = listing.feed
        entries = [*feed.entries, *(one for group in feed.groups for one in group.entries)]
        return {
            "titles": [entry.title for entry in entries],
            "navigation": [link.title for link in feed.navigation],
            "paging": listing.paging.text,
            "more": listing.paging.next,
            "searchable": feed.search is not None,
        }

    def _feed(self) -> Feed:
        listing = self._view().feed_list.listing
        assert listing is not None
        return listing.feed

    def _entry(self, title: str) -> Entry:
        listing = self._view().feed_list.listing
        assert listing is not None
        feed = listing.feed
        entries = [*feed.entries, *(one for group in feed.groups for one in group.entries)]
        found = next((one for one in entries if one.title == title), None)
        if found is None:
            raise RuntimeError(f"no {title} here")
        return found

    def _job(self, entry: Entry) -> Download | None:
        jobs = self._app.parts.browsing.downloads.jobs()
        return next((job for job in jobs if job.entry.key == entry.key), None)

    def _ended(self, entry: Entry) -> bool:
        job = self._job(entry)
        return job is not None and job.state in (DownloadState.DONE, DownloadState.FAILED)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
