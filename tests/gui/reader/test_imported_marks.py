"""Marks that a second start imports are seen in the window of the book at once."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.startup.single_instance import CommandReply, ForwardedCommand
from tests.books import write_book
from tests.foreign_marks import thorium, thorium_item
from tests.gui.kios import Kios
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def test_an_open_book_shows_what_is_imported(qapp: QApplication, tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.epub", "<p>The morning fog came in from the harbour.</p>")
    (tmp_path / "some.annotation").write_bytes(thorium(thorium_item("morning fog", color="green")))
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        await until(lambda: book.window.marking._presenter is not None)
        replies: list[CommandReply] = []
        words = [b"import", b"some.annotation", b"--book", os.fsencode(path)]
        command = ForwardedCommand("marks", words, str(tmp_path))
        await kios.app.carry_out(command, replies.append)
        [reply] = replies
        assert (reply.status, reply.text) == (
            0,
            "A small book: 1 mark imported, 1 found by its text.\n",
        )
        painted = "[...(kios.current.window.CSS.highlights.get('kios-green') ?? [])].map(String)"
        shown: list[str] = []
        while not shown:
            shown = await evaluate(book.window._page, painted)
        assert shown == ["morning fog"]
