"""A device with a book, and the account of a fake server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kios_desktop.domain.library import BookId
from tests.account_desk import AccountDesk, account_desk
from tests.fakes.booklore_server import BookloreServer


@pytest.fixture
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    """A parameter is its variant."""
    async with BookloreServer(getattr(request, "param", "GR3")) as made:
        yield made


@pytest.fixture
async def desk(server: BookloreServer, tmp_path: Path) -> AsyncIterator[AccountDesk]:
    async with account_desk(tmp_path, server) as made:
        yield made


@pytest.fixture
async def book(desk: AccountDesk) -> BookId:
    """Linked, and everything is on."""
    book_id = await desk.add_book()
    await desk.link(book_id)
    await desk.switch_on()
    return book_id
