"""“Connect a server”: the catalog is shown, and a place is offered to be kept there too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog
from kios_desktop.ui.settings.window import SettingsWindow
from kios_desktop.ui.shell.place_offer import PlaceOfferBar
from tests.fakes import opds_feeds
from tests.fakes.gatekeeper import Gatekeeper
from tests.fakes.kosync_profiles import KosyncFake, Request
from tests.fakes.loopback import Asked, Loopback, Says
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until


class CalibreWebAutomated:
    """Its catalog behind a login, and KOReader sync beside it."""

    def __init__(self) -> None:
        self.gate, self.sync = Gatekeeper("basic"), KosyncFake("cwa")
        self.gate.content = opds_feeds.calibre_web_automated()

    def __call__(self, asked: Asked) -> Says:
        if asked.path.startswith("/opds"):
            return self.gate(asked)
        said = self.sync.answer(Request(asked.method, asked.path, asked.headers, asked.body))
        return Says(said.status, said.body, {"Content-Type": said.content_type, **said.headers})


def settings() -> SettingsWindow | None:
    shown = (w for w in QApplication.topLevelWidgets() if isinstance(w, SettingsWindow))
    return next((window for window in shown if window.isVisible()), None)


async def open_form(kios: Kios) -> SourceDialog:
    window = kios.app.parts.window
    await until(lambda: window.onboarding.isVisible() and window.actions_.add_source.isEnabled())
    kios.app.parts.window.onboarding.server_requested.emit()
    await until(lambda: settings() is not None)
    there = settings()
    assert there is not None and there.library_sync.form is not None
    return there.library_sync.form


async def add(kios: Kios, url: str) -> None:
    form = await open_form(kios)
    form.url.edit.setText(url)
    form.name.edit.setText("Home library")
    form.username.edit.setText("alice")
    form.password.edit.setText("s3cret")
    form.save.click()


@asynccontextmanager
async def first_server(
    qapp: QApplication, profile: Path, server: CalibreWebAutomated
) -> AsyncIterator[tuple[Kios, Loopback]]:
    """Kios with a server that was just added."""
    async with Loopback(server) as there, Kios(qapp, profile, connect=False) as kios:
        await add(kios, f"{there.origin}/opds")
        await until(lambda: kios.app.parts.window.catalog_view() is not None)
        yield kios, there


async def test_the_first_server_leads_to_its_catalog_and_to_progress_sync(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with first_server(qapp, tmp_path, CalibreWebAutomated()) as (kios, server):
        window = kios.app.parts.window
        await until(lambda: settings() is None)
        await until(lambda: bool(window.findChildren(PlaceOfferBar)))
        [offer] = window.findChildren(PlaceOfferBar)
        await until(offer.isVisible)
        assert offer.banner.text().startswith("Keep your place with this server too?")
        assert f"{server.origin}/kosync" in offer.banner.text()
        set_up, later = offer.findChildren(QPushButton)
        assert (set_up.text(), later.text()) == ("Set up now", "Later")
        set_up.click()
        await until(lambda: settings() is not None)
        there = settings()
        assert there is not None
        form = there.sync.form
        await until(lambda: form.url.text() == f"{server.origin}/kosync")
        filled = form.form()
        assert (filled.preset, filled.username) == ("cwa", "alice")
        assert filled.password is not None and filled.password.reveal() == "s3cret"
        assert window.findChildren(PlaceOfferBar) == [], "it was answered"
        there.close()


async def test_the_offer_goes_when_sync_is_set_up_by_hand(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with first_server(qapp, tmp_path, CalibreWebAutomated()) as (kios, server):
        window = kios.app.parts.window
        await until(lambda: bool(window.findChildren(PlaceOfferBar)))
        url, password = ServerUrl(server.origin + "/kosync"), Secret("s3cret")
        sync = Source(
            "7" * 32, SourceKind.KOSYNC, "cwa", "Sync", url, AuthMethod.BASIC, "alice", password
        )
        await kios.app.save_source(sync)
        await until(lambda: window.findChildren(PlaceOfferBar) == [])


async def test_the_offer_goes_with_its_catalog(qapp: QApplication, tmp_path: Path) -> None:
    async with first_server(qapp, tmp_path, CalibreWebAutomated()) as (kios, _server):
        window = kios.app.parts.window
        await until(lambda: bool(window.findChildren(PlaceOfferBar)))
        [catalog] = await kios.app.parts.sources.all()
        await kios.app.save_source(replace(catalog, name="Renamed"))
        await settled()
        assert window.findChildren(PlaceOfferBar) != [], "its reason is still there"
        await kios.app.parts.sources.remove(catalog.id)
        kios.app.parts.sync.accounts_changed()
        await until(lambda: window.findChildren(PlaceOfferBar) == [])


async def test_a_server_that_keeps_no_place_offers_none(qapp: QApplication, tmp_path: Path) -> None:
    plain = CalibreWebAutomated()
    plain.sync.profile = "official"  # nothing at /kosync
    async with first_server(qapp, tmp_path, plain) as (kios, server):
        await until(lambda: any(path.startswith("/kosync") for path in server.paths()))
        await settled()
        assert kios.app.parts.window.findChildren(PlaceOfferBar) == []


async def test_a_form_that_is_given_up_leads_back(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        form = await open_form(kios)
        form.reject()
        await until(lambda: settings() is None)
        assert kios.app.parts.window.onboarding.isVisible()


async def test_an_empty_library_with_a_server_leads_to_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with first_server(qapp, tmp_path, CalibreWebAutomated()) as (kios, _server):
        window = kios.app.parts.window
        window.show_library()
        await until(lambda: window.library.isVisible())

        def browse() -> QPushButton | None:
            made = window.library.findChildren(QPushButton)
            return next((b for b in made if b.isVisible() and b.text().startswith("Browse")), None)

        await until(lambda: browse() is not None)
        there = browse()
        assert there is not None
        there.click()
        await until(lambda: window.catalog_view() is not None)
