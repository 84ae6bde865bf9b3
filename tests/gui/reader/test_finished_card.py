"""The card behind the last page, in the whole app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.keys import PageKey
from kios_desktop.ui.reader.finished.card import FinishedCard
from kios_desktop.ui.widgets.stars import Stars
from tests.books import BookDraft
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.waiting import until
from tests.marks import highlight
from tests.sessions import session

pytestmark = pytest.mark.gui

CHAPTERS = ("<p>The sun rose.</p>", "<p>There is more day to dawn.</p>")
AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
SERIES = (
    '<meta name="calibre:series" content="Days"/><meta name="calibre:series_index" content="{}"/>'
)


class Reading:
    def __init__(self, kios: Kios, book: OpenedBook, following: BookId) -> None:
        self.kios, self.book, self.following = kios, book, following

    @property
    def card(self) -> FinishedCard | None:
        shown = self.book.window.overlays.shown(OverlayKind.POPOVER)
        content = shown.content if shown is not None else None
        return content if isinstance(content, FinishedCard) else None

    async def past_the_end(self) -> FinishedCard:
        await self.book.go_to_line(1)
        self.book.window._input.key(PageKey.NEXT)
        await until(lambda: self.card is not None)
        assert self.card is not None
        return self.card

    async def finished(self) -> bool:
        return (await self.kios.app.parts.books.get(self.book.id)).finished_at is not None

    async def rating(self) -> int | None:
        return (await self.kios.app.parts.books.get(self.book.id)).rating


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path, *, auto: bool = True) -> AsyncIterator[Reading]:
    async with Kios(qapp, folder, connect=False) as kios:
        parts = kios.app.parts
        parts.live.change(replace(parts.live.value, finish_at_end=auto))
        ids = []
        for number, title in ((1, "Walden"), (2, "Walden Two")):
            draft = BookDraft(title=title, chapters=CHAPTERS, metadata=SERIES.format(number))
            draft.identifier = title
            ids.append(await kios.add(draft.write(folder / f"{title}.epub")))
        sessions = [session(ids[0], AT + timedelta(days=day), 32) for day in range(3)]
        await parts.sessions.save(sessions)
        await parts.marks.save(ids[0], [highlight(1, 3), highlight(4, 6)])
        yield Reading(kios, await kios.open(ids[0]), ids[1])


def words(card: FinishedCard) -> list[str]:
    return [one.text() for one in card.findChildren(QLabel) if one.text()]


async def test_a_turn_past_the_end_shows_what_the_book_took(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        card = await it.past_the_end()
        assert words(card)[:3] == [
            "Finished",
            "You finished Walden",
            "1 h 36 min over 3 days · 2 highlights",
        ]
        assert await it.finished()
        assert card.finish.text() == "Keep as reading"
        assert it.book.window.focusWidget() is card.stars


async def test_a_rating_is_given_by_keys_and_by_the_pointer_and_taken_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        card = await it.past_the_end()
        QTest.keyClick(card.stars, Qt.Key.Key_End)
        QTest.keyClick(card.stars, Qt.Key.Key_Left)
        assert card.stars.rating == 9
        assert card.stars.accessibleName() == "Your rating: 9 of 10"
        await until_rated(it, 9)
        QTest.mouseClick(card.stars, Qt.MouseButton.LeftButton, pos=QPoint(4 + 30 + 6, 12))
        await until_rated(it, 3)
        QTest.mouseClick(card.stars, Qt.MouseButton.LeftButton, pos=QPoint(4 + 30 + 6, 12))
        await until_rated(it, None)
        assert it.card is card, "the card stays"


async def until_rated(it: Reading, rating: int | None) -> None:
    for _ in range(300):
        if await it.rating() == rating:
            return
    assert await it.rating() == rating


async def test_a_book_is_kept_as_one_that_is_read_or_marked_by_choice(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        card = await it.past_the_end()
        card.finish.click()
        for _ in range(300):
            if not await it.finished():
                break
        assert not await it.finished()
        assert it.card is None


async def test_where_nothing_is_marked_by_itself_the_card_does(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, auto=False) as it:
        card = await it.past_the_end()
        assert not await it.finished()
        assert words(card)[0] == "You finished Walden"
        assert card.finish.text() == "Mark as finished"
        card.finish.click()
        for _ in range(300):
            if await it.finished():
                break
        assert await it.finished()
        toast = it.book.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        assert [one.text() for one in toast.findChildren(QPushButton)][:1] == ["Undo"]


async def test_the_card_leads_to_the_beginning_to_the_highlights_and_to_the_next_book(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        card = await it.past_the_end()
        card.again.click()
        await until(lambda: it.book.window.place_shown == Place(0, 0))
        assert await it.finished(), "until it is read on"
        card = await it.past_the_end()
        card.highlights.click()
        assert it.book.window.panel.shows(it.book.window.mark_tabs.highlights)
        card = await it.past_the_end()
        assert "Next: Walden Two" in words(card)
        assert card.following is not None
        card.following.click()
        readers = it.kios.app.parts.readers
        await until(lambda: readers.window_of(it.following) is not None, 15)


async def test_escape_and_turning_back_close_it(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as it:
        card = await it.past_the_end()
        QTest.keyClick(card.stars, Qt.Key.Key_Escape)
        await until(lambda: it.card is None)


async def test_it_is_not_shown_over_a_page_that_was_turned_to_meanwhile(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.past_the_end()
        window = it.book.window
        window.overlays.close(OverlayKind.POPOVER)
        last = it.book.place
        window.turn(1)
        window.turn(-1)
        await until(lambda: it.book.place != last)
        await settled()
        assert it.card is None


def test_stars_are_mirrored_where_text_runs_to_the_left(qapp: QApplication) -> None:
    stars = Stars(4)
    stars.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    given: list[object] = []
    stars.rated.connect(given.append)
    QTest.keyClick(stars, Qt.Key.Key_Left)
    QTest.mouseClick(stars, Qt.MouseButton.LeftButton, pos=QPoint(stars.width() - 6, 12))
    QTest.keyClick(stars, Qt.Key.Key_Right)
    assert given == [5, 1, None]
    stars.deleteLater()
