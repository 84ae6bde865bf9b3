"""A certificate that sync met is not trusted: the menu leads to the question about it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.certificate import CertificateDialog
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
        [source] = await kios.app.accounts.sources.all()
        await kios.app.save_source(replace(source, url=ServerUrl(server.url)))
        book = await kios.add(write_book(tmp_path / "book.epub", page("<p>Some words.</p>")))
        await kios.open(book)
        overview = kios.app.sync.overview
        await until(
            lambda: bool(overview().servers) and overview().servers[0].error is not None, 20
        )
        window = kios.app.window
        window.show()
        window.toggle_sync_menu()
        menu = window.sync_menu
        assert menu is not None
        menu.certificate_requested.emit(source.id)
        await until(lambda: bool(asked()), 20)
        asked()[0].reject()
        kios.app.settings.close()
