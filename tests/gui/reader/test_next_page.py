"""The web page that waits for the next book."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.open_books import SPARE_MS
from tests.books import BookDraft
from tests.gui.kios import Kios
from tests.gui.waiting import until


async def test_a_page_waits_for_the_next_book_only_when_this_one_is_left(
    qapp: QApplication, tmp_path: Path
) -> None:
    path = BookDraft(chapters=["<p>one</p>"]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path / "profile") as kios:
        book_id = await kios.add(path)
        engine = kios.app.parts.readers._engine()
        book = await kios.open(book_id)
        await asyncio.sleep(3 * SPARE_MS / 1000)
        assert engine._spare is None  # it would take a seventh of the memory
        kios.app.parts.window.activateWindow()
        await until(lambda: engine._spare is not None)
        engine._spare = None
        book.window.close()
        await until(lambda: engine._spare is not None)
