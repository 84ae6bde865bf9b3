"""The account at a BookLore or Grimmory server.

The endpoints are those of the plugin for KOReader, and what a client needs beside them. The servers
differ: the plugin fork (Grimmory 2.6.0) has look-ups by hash and ISBN and a batch of sessions, the
others answer those with an error or a web page. `capabilities.py` finds out
which is which.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.booklore.annotations import AnnotationsApi
from kios_desktop.protocols.booklore.api import TOTAL_S, Api
from kios_desktop.protocols.booklore.book_notes import BookNotesApi
from kios_desktop.protocols.booklore.bookmarks import BookmarksApi
from kios_desktop.protocols.booklore.books import BooksApi
from kios_desktop.protocols.booklore.keeper import AccountSecrets, TokenKeeper
from kios_desktop.protocols.booklore.koreader import KoreaderApi
from kios_desktop.protocols.booklore.place_notes import PlaceNotesApi
from kios_desktop.protocols.booklore.public import PublicSettings, public_settings
from kios_desktop.protocols.booklore.sessions import SessionsApi
from kios_desktop.protocols.booklore.shelves import ShelvesApi
from kios_desktop.protocols.booklore.sign_in import SignInDoor
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.http import Http, origin_of


class BookloreClient:
    """One account. `base` is the server's address, with whatever was copied behind it.

    An answer may take `total_s`; with a dead database these servers need 30 s for a 401.

    Every request raises `RemoteError` and nothing else for what a server does. `Rejected` with
    `CREDENTIALS` is the only one after which the person is to be asked for a password.
    `answers.may_have_been_done` tells which errors leave open whether a write was carried out.
    """

    def __init__(
        self,
        http: Http,
        base: ServerUrl,
        username: str,
        secrets: AccountSecrets,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        total_s: float = TOTAL_S,
    ) -> None:
        self._http, self._total_s = http, total_s
        self._api = api = Api(http, base, total_s)
        self.base = api.base
        self.tokens = TokenKeeper(SignInDoor(api, now), username, secrets, now, sleep)
        signed = SignedApi(api, self.tokens)
        self.books = BooksApi(signed)
        self.sessions = SessionsApi(signed)
        self.annotations = AnnotationsApi(signed)
        self.place_notes = PlaceNotesApi(signed)
        self.book_notes = BookNotesApi(signed)
        self.bookmarks = BookmarksApi(signed)
        self.shelves = ShelvesApi(signed)
        self.koreader = KoreaderApi(api, signed)

    async def public_settings(self) -> PublicSettings:
        """What the server tells everybody. Nothing is signed."""
        return await public_settings(self._api)

    async def is_at_root(self) -> bool:
        """Whether such a server answers at the root of the address, which has a path behind it."""
        origin = origin_of(self.base)
        if origin is None or origin.text == self.base.reveal():
            return False
        try:
            await public_settings(Api(self._http, ServerUrl(origin.text), self._total_s))
        except RemoteError:
            return False
        return True

    async def sign_in(self) -> int | None:
        """Signs in if that is necessary; the account's id at the server, if the server tells it."""
        await self.tokens.token()
        return self.tokens.user_id
