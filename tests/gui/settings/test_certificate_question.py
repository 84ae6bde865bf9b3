"""A certificate that sync met is not trusted: the menu leads to the question about it."""

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.domain.errors import Untrusted
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.window import SettingsWindow
from tests.books import page, write_book
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.tls import identity
from tests.gui.kios import Kios
from tests.gui.waiting import until


def asked() -> list[CertificateDialog]:
    return [
        dialog
        for window in QApplication.topLevelWidgets()
        for dialog in window.findChildren(CertificateDialog)
        if dialog.isVisible()
    ]


async def test_look_at_it_asks_about_the_certificate(qapp: QApplication, tmp_path: Path) -> None:
    own = identity("127.0.0.1")
    async with (
        Kios(qapp, tmp_path / "profile") as kios,
        KosyncServer(tls=own.context()) as server,
    ):
        [source] = await kios.app.parts.sources.all()
        await kios.app.save_source(replace(source, url=ServerUrl(server.url)))
        book = await kios.add(write_book(tmp_path / "book.epub", page("<p>Some words.</p>")))
        await kios.open(book)
        overview = kios.app.parts.sync.overview
        await until(lambda: any(isinstance(s.error, Untrusted) for s in overview().servers), 20)
        window = kios.app.parts.window
        window.show()
        window.toggle_sync_menu()
        menu = window.sync_menu
        assert menu is not None
        menu.source_requested.emit(source.id)
        await until(lambda: bool(asked()), 20)
        asked()[0].reject()
        kios.app.parts.settings.close()


async def test_what_leads_to_settings_does_so_from_the_first_moment(
    qapp: QApplication, tmp_path: Path
) -> None:
    """Modules that come after the first paint must not be what listens to a button."""
    async with Kios(qapp, tmp_path / "profile") as kios:
        window = kios.app.parts.window
        window.add_source_requested.emit()  # nothing has waited for those modules yet
        await until(lambda: shown(SettingsWindow), 20)
        kios.app.parts.settings.close()


def shown(kind: type[QWidget]) -> bool:
    return any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets())
