"""A server that does not know a book: the reader hears of it once, and the icon says so after."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.errors import NotMatched
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.ui.kit.overlay import OverlayKind
from tests.books import page, write_book
from tests.fakes.kosync_server import KosyncServer
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def toast_of(book: OpenedBook) -> str:
    toast = book.window.overlays.shown(OverlayKind.TOAST)
    return "" if toast is None else " ".join(part.text() for part in toast.findChildren(QLabel))


async def read_and_look_away(kios: Kios, book_id: BookId) -> OpenedBook:
    book = await kios.open(book_id)
    book.window.activateWindow()
    await until(book.window.isActiveWindow)
    await book.go_to_line(1)
    kios.app.parts.sync.backgrounded()
    overview = kios.app.parts.sync.book_overview
    await until(lambda: isinstance(overview(book_id).error, NotMatched), 15)
    return book


async def test_it_is_said_once_for_a_book(qapp: QApplication, tmp_path: Path) -> None:
    chapters = [page(f"<p>Chapter {n}. {'Some words. ' * 40}</p>") for n in range(4)]
    file = write_book(tmp_path / "book.epub", *chapters)
    async with (
        Kios(qapp, tmp_path / "profile") as kios,
        KosyncServer("komga") as server,
    ):
        server.fake.known = set()
        username, password = server.fake.login
        [source] = await kios.app.parts.sources.all()
        await kios.app.save_source(
            replace(
                source,
                preset="komga",
                url=ServerUrl(server.url),
                username=username,
                password=Secret(password),
            )
        )
        book_id = await kios.add(file)
        book = await read_and_look_away(kios, book_id)
        await until(lambda: "doesn’t know this file" in toast_of(book))
        icon = book.window.header.sync.accessibleName()
        assert icon == "Sync status: Home library doesn’t know this file"
        book.window.close()
        await until(lambda: not kios.app.parts.readers.windows())

        book = await read_and_look_away(kios, book_id)
        await until(lambda: book.window.header.sync.accessibleName() == icon)
        await settled()
        assert toast_of(book) == ""
