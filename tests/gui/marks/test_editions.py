"""A highlight goes on to the next edition of its book, and is found there by its text.

A file that was exported from one edition and is imported into the other doubles none.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.application.mark_export import MarkExport
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import MarkColour, Passage
from kios_desktop.exchange.marked_book import ExportOptions
from kios_desktop.exchange.writers import ExportFormat
from tests.books import BookDraft
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

FILLING = "<p>The harbour was closed that night. </p>" * 80
MARKED = f"{FILLING}<p>Nobody saw the ship.</p>"
START = len("Theharbourwasclosedthatnight.") * 80
PASSAGE = Passage(Place(0, START), Place(0, START + len("Nobodysawtheship.")))


def edition(folder: Path, number: int, *chapters: str) -> Path:
    draft = BookDraft(title="The Harbour", author="A. Writer", chapters=chapters)
    draft.identifier = f"edition {number}"
    return draft.write(folder / f"{number}.epub")


async def test_a_highlight_of_another_edition_is_opened_where_its_text_is(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        parts = kios.app.parts
        old = await kios.open(await kios.add(edition(tmp_path, 1, MARKED)))
        await until(lambda: old.window.marking._presenter is not None)
        presenter = old.window.marking._presenter
        assert presenter is not None
        await presenter.marks.highlight(PASSAGE, MarkColour.GREEN)
        old.window.close()
        await parts.books.remove(old.id)
        new = await kios.add(edition(tmp_path, 2, "<p>A new preface.</p>", MARKED))
        window, page = parts.window, parts.all_marks.page
        window.show()
        window.show_marks(parts.all_marks)
        await until(lambda: page.model.rowCount() == 2)
        page.cards.setCurrentIndex(page.model.index(1))
        QTest.keyClick(page.cards, Qt.Key.Key_Return)
        await until(lambda: parts.readers.window_of(new) is not None, 15)
        opened = parts.readers.window_of(new)
        assert opened is not None
        await until(lambda: (opened.place_shown or Place(0, 0)).spine_index == 1, 15)
        [mark] = await parts.marks.of_book(new)
        assert mark.text == "Nobody saw the ship."
        assert mark.passage is not None
        assert mark.passage.start == Place(1, PASSAGE.start.ordinal)
        [kept] = await parts.marks.of_book(old.id)
        assert kept.passage == PASSAGE


async def test_an_export_of_the_last_edition_doubles_nothing_before_and_after_the_opening(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        parts = kios.app.parts
        leaving = "A sentence that leaves."
        first = f"{MARKED}<p>{leaving}</p>"
        old = await kios.open(await kios.add(edition(tmp_path, 1, first)))
        await until(lambda: old.window.marking._presenter is not None)
        presenter = old.window.marking._presenter
        assert presenter is not None
        await presenter.marks.highlight(PASSAGE, MarkColour.GREEN)
        end = PASSAGE.end.ordinal
        gone = Passage(Place(0, end), Place(0, end + len("Asentencethatleaves.")))
        await presenter.marks.highlight(gone, MarkColour.PINK)
        await presenter.marks.bookmark(PASSAGE.start)
        exporter = MarkExport(parts.marks, parts.books)
        marks = await parts.marks.of_book(old.id)
        exported = await exporter.as_told(old.id, marks)
        path = tmp_path / "marks.json"
        await exporter.write(exported, ExportFormat.JSON, path, ExportOptions())
        old.window.close()
        new = await kios.add(edition(tmp_path, 2, "<p>A new preface.</p>", MARKED))
        importer = MarkImporter(
            parts.books,
            parts.publications,
            parts.marks,
            lambda: datetime.now(UTC),
            parts.marks_changed,
        )

        async def import_it() -> tuple[int, int]:
            """How many marks are new, and how many there are after it."""
            [told] = await importer.read(path)
            book = await parts.books.get(new)
            result = await importer.take(told, book, lambda _done, _all: None)
            added = len(result.imported) + len(result.not_found) + len(result.differing)
            return added, len(await parts.marks.of_book(new))

        assert await import_it() == (0, 3)
        opened = await kios.open(new)
        await until(lambda: opened.window.marking._presenter is not None)
        looking = opened.window.marking._presenter
        assert looking is not None
        await looking.marks.load()  # it ends when all were looked for
        found = {mark.text: mark.passage for mark in await parts.marks.of_book(new)}
        assert found["Nobody saw the ship."] == Passage(Place(1, START), Place(1, end))
        assert found[leaving] is None
        assert await import_it() == (0, 3)
