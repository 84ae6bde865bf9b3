"""Words are looked up in the whole app: from the bar, the menu and by key, and nothing moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.locator import Place
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import Selection
from kios_desktop.ui.reader.lookup.popover import LookUpPopover
from kios_desktop.ui.reader.marks.selection_bar import SelectionBar
from tests.books import BookDraft
from tests.gui.kios import Kios, OpenedBook
from tests.gui.waiting import until
from tests.stardict import StarDict

pytestmark = pytest.mark.gui

TEXT = "<p>" + "The apothecaries studied it. " * 40 + "</p>"
APOTHECARIES = (3, 15)
STUDIED = (15, 22)
DRAFT = StarDict(
    [
        ("apothecary", '<i>noun</i> Sold medicines; see <a href="bword://druggist">druggist</a>.'),
        ("druggist", "Sells drugs."),
        ("study", "To learn."),
        ("studio", "A room."),
    ],
    name="English",
    types="h",
)


class LookingUp:
    """A book in the whole app."""

    def __init__(self, kios: Kios, book: OpenedBook) -> None:
        self.kios, self.book, self.window = kios, book, book.window

    @property
    def popover(self) -> LookUpPopover | None:
        shown = self.window.overlays.shown(OverlayKind.POPOVER)
        content = shown.content if shown is not None else None
        return content if isinstance(content, LookUpPopover) else None

    @property
    def bar(self) -> SelectionBar | None:
        shown = self.window.overlays.shown(OverlayKind.BAR)
        content = shown.content if shown is not None else None
        return content if isinstance(content, SelectionBar) else None

    @property
    def text(self) -> str:
        return "" if self.popover is None else self.popover.text.toPlainText()

    async def select(self, ordinals: tuple[int, int]) -> SelectionBar:
        self.window._page.bridge.select(Selection(0, *ordinals))
        await until(lambda: self.bar is not None)
        assert self.bar is not None
        return self.bar

    async def shows(self, words: str) -> LookUpPopover:
        await until(lambda: words in self.text)
        assert self.popover is not None
        return self.popover


@asynccontextmanager
async def looking_up(
    qapp: QApplication, folder: Path, *drafts: StarDict
) -> AsyncIterator[LookingUp]:
    path = BookDraft(chapters=[TEXT]).write(folder / "book.epub")
    async with Kios(qapp, folder, connect=False) as kios:
        for number, draft in enumerate(drafts):
            await kios.app.parts.dictionaries.add(draft.write(folder / f"given{number}"))
        book = await kios.open(await kios.add(path))
        await until(lambda: book.window.marking._presenter is not None)
        yield LookingUp(kios, book)


async def test_a_word_is_looked_up_from_the_bar(qapp: QApplication, tmp_path: Path) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        (await reading.select(APOTHECARIES)).look_up.click()
        popover = await reading.shows("Sold medicines")
        assert reading.text.split("\n")[0] == "apothecary"
        assert reading.text.split("\n")[-1] == "English"
        assert reading.bar is None
        assert popover.accessibleName() == "Look up “apothecaries”"
        assert reading.window.place_shown == Place(0, 0)
        assert not popover.back.isVisible()
        popover.text.anchorClicked.emit(QUrl("look:druggist"))
        await reading.shows("Sells drugs.")
        assert popover.back.isVisible()
        QTest.keyClick(popover.text, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        await reading.shows("Sold medicines")
        assert not popover.back.isVisible()
        popover.copy.click()
        assert "Sold medicines" in QApplication.clipboard().text()
        QTest.keyClick(popover.text, Qt.Key.Key_Escape)
        await until(lambda: reading.popover is None)
        assert reading.window.place_shown == Place(0, 0)
        assert not reading.window.pill.isVisible()
