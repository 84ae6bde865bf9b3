"""What a server can do, found out by asking for it; nothing is written.

Versions tell nothing: 2.6.0 of one line can do what 3.2.4 of the same line can't. A web page, or an
error that these servers give for unknown routes, is “not there”. So that a proxy's page in the way
is not taken for a poor server, the list of shelves has to come before and after.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final

from kios_desktop.domain.accounts import Capabilities
from kios_desktop.domain.errors import (
    Faulty,
    Gone,
    Lacks,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    Unsupported,
)
from kios_desktop.protocols.booklore.answers import NOT_JSON
from kios_desktop.protocols.booklore.client import BookloreClient

NO_BOOK: Final = 0
NO_HASH: Final = "0" * 32


class Variant(StrEnum):
    """The three kinds, by what they can do."""

    FORK = "plugin fork"
    GRIMMORY_3 = "Grimmory 3"
    BOOKLORE_2 = "BookLore 2 or Grimmory 2"


async def capabilities(client: BookloreClient) -> Capabilities:
    """Raises `RemoteError` if the server can't be asked, or is not this kind of server."""
    await _shelves(client)
    by_hash = await _is_there(lambda: client.books.by_hash(NO_HASH), of_fork=True)
    found = Capabilities(
        by_hash=by_hash,
        search=await _is_there(lambda: client.books.with_title(""), of_fork=True),
        batch=by_hash,
        annotations=await _is_there(lambda: client.annotations.of_book(NO_BOOK)),
        notes_v1=await _is_there(lambda: client.book_notes.of_book(NO_BOOK)),
        notes_v2=await _is_there(lambda: client.place_notes.of_book(NO_BOOK)),
        bookmarks=await _is_there(lambda: client.bookmarks.of_book(NO_BOOK)),
        rating=await _is_there(lambda: client.books.get(NO_BOOK)),
        shelves=True,
        sessions=await _is_there(lambda: client.sessions.page(NO_BOOK, size=1)),
        koreader=await _is_there(client.koreader.user),
    )
    await _shelves(client)
    return found


def variant_of(found: Capabilities, issuer: str) -> Variant:
    """`issuer` is what the access token says of its own."""
    if found.by_hash:
        return Variant.FORK
    return Variant.GRIMMORY_3 if issuer else Variant.BOOKLORE_2


def product_of(variant: Variant) -> str:
    """The name of the program, as far as it can be told."""
    return "BookLore" if variant is Variant.BOOKLORE_2 else "Grimmory"


async def _shelves(client: BookloreClient) -> None:
    """Every server has them: without them it is none of these."""
    try:
        await client.shelves.all()
    except (Gone, NotMatched, Unsupported):
        raise Unsupported("no shelves", Lacks.BOOKLORE) from None


async def _is_there(ask: Callable[[], Awaitable[object]], of_fork: bool = False) -> bool:
    """Whether a request is known. That there is no such book is an answer to a known one.

    For the two requests of the fork other servers have an error in place of “not there”.
    """
    try:
        await ask()
    except (Gone, NotMatched) as error:
        return not (isinstance(error, NotMatched) and error.duplicates)
    except Rejected as error:
        if error.refusal is not Refusal.FORBIDDEN:
            raise
        return False
    except (Unsupported, Refused):
        return False
    except Malformed as error:
        if error.login or not (error.html or error.reason == NOT_JSON):
            raise
        return False
    except Faulty as error:
        if error.status != 500 or not of_fork:
            raise
        return False
    return True
