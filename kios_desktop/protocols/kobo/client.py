"""Kobo sync over HTTP: the shelf, single books, covers and reading states of one source.

Two requests have an effect on the server: a sync, after which some servers take the books for
delivered, and writing a reading state. Nothing is deleted, and no other origin is requested.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote

from kios_desktop.domain.errors import (
    Faulty,
    Lacks,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.loose import text_of
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import Changes, KoboBook, ReadingState
from kios_desktop.protocols.http import Purpose, Reply, Session, check_answered, in_json
from kios_desktop.protocols.kobo.address import below, rebased
from kios_desktop.protocols.kobo.records import (
    lowered,
    read_book,
    read_changes,
    states_in,
)
from kios_desktop.protocols.kobo.state_body import StateResult, decode_answer, encode

ACCEPT: Final = "application/json, */*;q=0.5"
SYNC_S: Final = 90.0  # a server that asks the Kobo store as well waits up to 60 s for it
STATE_S: Final = 15.0
SYNC_BYTES: Final = 32 * 1024 * 1024
BOOK_BYTES: Final = 1024 * 1024
IMAGE_BYTES: Final = 8 * 1024 * 1024
FULL_PAGE: Final = 5  # the smallest page of any server
_AT_ONCE: Final = 32 * 1024  # bytes read without a thread
_SHOP_AWAY: Final = b"An unexpected error occurred"  # in BookLore and Grimmory
_CALIBRE_WEB: Final = "{ImageId}/{width}/{height}/false/image.jpg"
_OTHERS: Final = "v1/books/{ImageId}/thumbnail/{width}/{height}/false/image.jpg"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One answer of a sync. `more`: there is another page. `body` serves to notice repetitions."""

    changes: Changes
    token: str
    more: bool
    body: bytes


class KoboClient:
    """`base` is the normalised sync address, `session` asks its origin only. Raises `RemoteError`.

    Syncs and states are requested one at a time: two servers mix up parallel requests.
    """

    def __init__(
        self,
        session: Session,
        base: ServerUrl,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session, self._base, self._now = session, base, now
        self._template: str | None = None
        self._one_at_a_time = asyncio.Lock()
        self._ahead = timedelta(0)  # of the server's clock before ours

    @property
    def base(self) -> ServerUrl:
        """The sync address; https once the server has redirected there."""
        return self._base

    @property
    def template(self) -> str:
        """The address template of covers, below the base; a common one until it is known."""
        return self._template or (_OTHERS if self._is_below_api else _CALIBRE_WEB)

    async def initialization(self) -> None:
        """Checks the connection, without an effect, and learns the template of covers.

        Raises `Unsupported` if there is no Kobo sync at this address, and `Rejected` (`TOKEN`) for
        a wrong token: Komga answers 403, the others 401.
        """
        try:
            reply = await self._get(below(self._base, "v1", "initialization"))
            check_answered(reply)
        except NotMatched:
            raise Unsupported("no Kobo sync at this address", Lacks.KOBO_SYNC) from None
        except Rejected as error:
            raise Rejected(Refusal.TOKEN, error.said) from None
        resources = lowered(lowered(await self._read(reply)).get("resources"))
        for name in ("image_url_template", "image_url_quality_template"):
            template = _template(text_of(resources.get(name)), self._base)
            if template:
                self._template = template
                return

    async def sync(self, token: str) -> SyncPage:
        """What is new since `token`; "" for everything.

        Sent once: Calibre-Web takes books in its answer for delivered, so the caller has to recover
        those of a lost answer. Raises `Faulty` with `long_headers` for a proxy's 502, and with
        `asks_shop` for a server that can't reach the Kobo store.
        """
        headers = [(b"x-kobo-synctoken", token.encode())] if token else []
        async with self._one_at_a_time:
            reply = await self._session.get(
                below(self._base, "v1", "library", "sync"),
                accept=ACCEPT,
                cap_bytes=SYNC_BYTES,
                total_s=SYNC_S,
                secret=False,
                headers=headers,
                once=True,
            )
        self._record_result(reply)
        if reply.status == 502:
            raise Faulty(502, long_headers=True)
        if reply.status == 500 and _SHOP_AWAY in reply.body[:_AT_ONCE]:
            raise Faulty(500, asks_shop=True)
        await self._check(reply)
        document = await self._read(reply)
        if not isinstance(document, list):
            raise Malformed("a sync is answered with something else than a list")
        changes = await _apart(len(reply.body), lambda: read_changes(document, self._base))
        next_token = reply.headers.get("x-kobo-synctoken", "").strip() or token
        announced = reply.headers.get("x-kobo-sync", "").strip().lower() == "continue"
        more = announced or changes.entitlements >= FULL_PAGE
        return SyncPage(changes, next_token, more, reply.body)

    async def metadata(self, book_id: str) -> KoboBook | None:
        """One book, announced or not; None if the server does not have it."""
        try:
            reply = await self._get(below(self._base, "v1", "library", book_id, "metadata"))
            await self._check(reply, of_a_book=True)
        except NotMatched:
            return None
        document = await self._read(reply) if reply.body.strip() else None
        one = document[0] if isinstance(document, list) and document else document
        if not lowered(one):
            return None
        return read_book(one, self._base, book_id)

    async def state(self, book_id: str) -> ReadingState | None:
        """The reading state of a book; None if there is none, or no such book."""
        try:
            async with self._one_at_a_time:
                reply = await self._get(self.state_url(book_id))
            await self._check(reply, of_a_book=True)
        except NotMatched:
            return None
        found = states_in(await self._read(reply)) if reply.body.strip() else []
        own = [state for state in found if state.book_id == book_id]
        return next(iter([*own, *found]), None)

    async def keeps_states(self, no_book: str) -> bool:
        """Whether the server keeps reading states, by a request for the unknown book `no_book`.

        Errors about that book count as yes. Stump answers `{}` to every request about states. So
        does Calibre-Web for an unknown book, but its covers have another template.
        """
        try:
            reply = await self._get(self.state_url(no_book))
            await self._check(reply, of_a_book=True)
        except (NotMatched, Refused, Faulty):
            return True
        except Rejected as error:
            if error.refusal is Refusal.TOKEN:
                raise
            return True
        document = await self._read(reply) if reply.body.strip() else None
        return not (document == {} and self.template.startswith("v1/books/"))

    @property
    def server_now(self) -> datetime:
        """Now, by the server's clock in its last answer; Komga and Grimmory drop old states."""
        return self._now() + self._ahead

    def here(self, at: datetime | None) -> datetime | None:
        """A time of the server's clock, by the clock of this computer."""
        return None if at is None else at - self._ahead

    async def save_state(self, state: ReadingState, at: datetime) -> StateResult:
        """Writes a reading state. `at` is its time, by the server's clock."""
        async with self._one_at_a_time:
            reply = await self._session.put(
                self.state_url(state.book_id),
                accept=ACCEPT,
                content=encode(state, at),
                content_type="application/json",
                cap_bytes=BOOK_BYTES,
                total_s=STATE_S,
                secret=False,
            )
        self._record_result(reply)
        await self._check(reply, of_a_book=True)
        pushed = decode_answer(await self._read(reply) if reply.body.strip() else None)
        return replace(pushed, at=pushed.at or reply.date)

    def state_url(self, book_id: str) -> ServerUrl:
        return below(self._base, "v1", "library", book_id, "state")

    async def image(self, url: ServerUrl) -> bytes:
        """A picture, in whatever format the server sends it."""
        reply = await self._session.get(
            url,
            accept="image/*, */*;q=0.5",
            cap_bytes=IMAGE_BYTES,
            secret=False,
            purpose=Purpose.IMAGE,
        )
        check_answered(reply)
        if reply.is_html:
            raise Malformed("a web page instead of a picture", html=True)
        return reply.body

    async def _check(self, reply: Reply, of_a_book: bool = False) -> None:
        """Raises the error of a status other than 2xx; `Rejected` for a wrong token only.

        Grimmory and BookLore forward requests for unknown books to the Kobo store, and return its
        401. Whether the token is right is checked by `initialization`, which they answer
        themselves.
        """
        try:
            check_answered(reply)
        except Rejected:
            await self.initialization()
            if of_a_book and reply.status == 401:
                raise NotMatched from None
            raise

    async def _get(self, url: ServerUrl) -> Reply:
        reply = await self._session.get(
            url, accept=ACCEPT, cap_bytes=BOOK_BYTES, total_s=STATE_S, secret=False
        )
        self._record_result(reply)
        return reply

    def _record_result(self, reply: Reply) -> None:
        """Learns the server's clock, and a redirect to https."""
        if reply.date is not None:
            self._ahead = reply.date - self._now()
        if reply.url.reveal().startswith("https:") and self._base.reveal().startswith("http:"):
            moved = reply.url.reveal().partition("://")[2].partition("/")[0]
            _, _, path = self._base.reveal().partition("://")[2].partition("/")
            self._base = ServerUrl(f"https://{moved}/{path}")

    async def _read(self, reply: Reply) -> Any:
        return await _apart(len(reply.body), lambda: in_json(reply))

    @property
    def _is_below_api(self) -> bool:
        return "/api/kobo/" in self._base.reveal().lower()


def cover_at(
    base: ServerUrl, template: str, cover_id: str, width: int, height: int
) -> ServerUrl | None:
    """The address of a cover by a template below the base."""
    if not cover_id:
        return None
    filled = template
    for name, value in (
        ("{imageid}", quote(cover_id, safe="")),
        ("{width}", str(width)),
        ("{height}", str(height)),
        ("{quality}", "80"),
        ("{isgreyscale}", "false"),
    ):
        filled = _replaced(filled, name, value)
    return ServerUrl(f"{base.reveal()}/{filled}")


def _template(url: str, base: ServerUrl) -> str:
    """The part of a template after the token; "" for an unusable one."""
    found = rebased(url, base) if "{imageid}" in url.lower() else None
    if found is None:
        return ""
    rest = found.reveal()[len(base.reveal()) + 1 :]
    return rest.replace("/isGreyscale/", "/false/")  # Calibre-Web omits the braces


def _replaced(text: str, name: str, value: str) -> str:
    """Replaces a placeholder, ignoring case."""
    at = text.lower().find(name)
    return text if at < 0 else text[:at] + value + text[at + len(name) :]


async def _apart(size_bytes: int, read: Callable[[], T]) -> T:
    """Parses a large answer in a thread."""
    return read() if size_bytes <= _AT_ONCE else await asyncio.to_thread(read)
