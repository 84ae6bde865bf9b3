"""Shows the card behind the last page of a book, in its window."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Place
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.reader.finished.card import COVER, NARROW, WIDTH, FinishedCard
from kios_desktop.ui.reader.finished.presenter import FinishedFacts, FinishedPresenter

if TYPE_CHECKING:
    from kios_desktop.ui.reader.window import ReaderWindow


class FinishedCards(QObject):
    """`folder` is that of the library. `changed` is called when a book was rated."""

    open_requested = Signal(object)  # BookId

    def __init__(
        self,
        presenter: FinishedPresenter,
        folder: Path,
        tasks: Tasks,
        changed: Callable[[], object],
    ) -> None:
        super().__init__()
        self._presenter, self._folder, self._tasks = presenter, folder, tasks
        self._changed = changed

    def show(self, book_id: BookId, window: "ReaderWindow") -> None:
        self._tasks.start(self._show(book_id, window, window.place_shown))

    async def _show(self, book_id: BookId, window: "ReaderWindow", end: Place | None) -> None:
        """As long as the end is on the screen."""
        facts = await self._presenter.facts(book_id)
        if facts is None or window.is_closing:
            return
        wide = window.area.width() >= NARROW
        cover = await self._cover(facts.book, window.devicePixelRatioF()) if wide else None
        if window.is_closing or window.place_shown != end:
            return
        card = FinishedCard(facts, cover)
        self._connect(card, facts, window)
        overlay = window.overlays.card(card, width=WIDTH)

        def moved() -> None:
            if window.place_shown != end:
                window.overlays.close(OverlayKind.POPOVER)

        window.pages.shown.connect(moved)
        overlay.closed.connect(lambda: window.pages.shown.disconnect(moved))

    def _connect(self, card: FinishedCard, facts: FinishedFacts, window: "ReaderWindow") -> None:
        def chosen(do: Callable[[], object]) -> Callable[[], None]:
            def call() -> None:
                window.overlays.close(OverlayKind.POPOVER)
                do()

            return call

        card.rated.connect(lambda rating: self._tasks.start(self._rate(facts, rating, window)))
        card.finish_chosen.connect(lambda on: chosen(lambda: window.set_finished(on))())
        card.again_chosen.connect(chosen(window.read_again))
        card.highlights_chosen.connect(chosen(window.show_highlights))
        card.library_chosen.connect(chosen(window.library_requested.emit))
        if (following := facts.following) is not None:
            card.following_chosen.connect(chosen(lambda: self.open_requested.emit(following.id)))

    async def _rate(self, facts: FinishedFacts, rating: int | None, window: "ReaderWindow") -> None:
        error = await self._presenter.rate(facts.book.id, rating)
        if error is None:
            self._changed()
        elif not window.is_closing:
            window.display.show_toast(explain(error).line)

    async def _cover(self, book: Book, ratio: float) -> QImage:
        size = QSize(round(COVER * ratio), round(COVER * 1.5 * ratio))
        image: QImage | None = None
        if book.cover:
            ground = theme.current().color("raised")
            image = await asyncio.to_thread(decode_cover, self._folder / book.cover, size, ground)
        if image is None:
            image = generated_cover(book.title, ", ".join(book.authors), size)
        draw_edge(image)
        image.setDevicePixelRatio(ratio)
        return image
