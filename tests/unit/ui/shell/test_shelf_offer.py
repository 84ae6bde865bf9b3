"""What is offered after a book was removed that is on the shelf of an account."""

import asyncio
from collections.abc import Callable, Sequence

from kios_desktop.domain.errors import Full
from kios_desktop.domain.library import BookId
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.shell.shelf_offer import ShelfOffer
from tests.fakes_ui import sample_books


class Shelves:
    def __init__(self, names: Sequence[str]) -> None:
        self.names, self.off, self.is_full = names, list[BookId](), False

    async def on_shelf_of(self, _book_id: BookId) -> Sequence[str]:
        return self.names

    async def take_off_shelves(self, book_id: BookId) -> None:
        if self.is_full:
            raise Full
        self.off.append(book_id)


class Toasts:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.act: Callable[[], None] | None = None

    def show(self, text: str, _action: str, act: Callable[[], None] | None) -> None:
        self.texts.append(text)
        self.act = act


async def removed(shelves: Shelves | None) -> Toasts:
    tasks, toasts = Tasks(lambda error: None), Toasts()
    ShelfOffer(lambda: shelves, toasts.show, tasks).removed(sample_books()[0])
    await asyncio.sleep(0.01)
    if toasts.act is not None:
        toasts.act()
        await asyncio.sleep(0.01)
    return toasts


async def test_it_is_offered_and_done() -> None:
    shelves = Shelves(["Home", "Work"])
    toasts = await removed(shelves)
    assert "on your shelf on Home, Work" in toasts.texts[0]
    assert shelves.off == [sample_books()[0].id]


async def test_a_full_disk_is_said() -> None:
    shelves = Shelves(["Home"])
    shelves.is_full = True
    toasts = await removed(shelves)
    assert "space" in toasts.texts[1]


async def test_nothing_is_said_of_a_book_that_is_on_no_shelf() -> None:
    assert (await removed(Shelves([]))).texts == []
    assert (await removed(None)).texts == []
