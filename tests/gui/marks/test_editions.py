"""A highlight goes on to the next edition of its book, and is found there by its text."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import MarkColour, Passage
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
