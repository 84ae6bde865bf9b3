"""The account's user of KOReader sync, and the two requests that are signed as that user."""

import hashlib

from kios_desktop.domain.errors import (
    Gone,
    Lacks,
    Malformed,
    NotMatched,
    Refusal,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.loose import words_of
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.answers import json_of
from kios_desktop.protocols.booklore.api import Api, RawHeaders
from kios_desktop.protocols.booklore.endpoints import (
    KOREADER_BY_HASH,
    KOREADER_SIGN_IN,
    KOREADER_USER,
    SAVE_KOREADER_USER,
)
from kios_desktop.protocols.booklore.records import (
    KoreaderUser,
    RemoteBook,
    read_book,
    read_koreader_user,
)
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.http import Reply


class KoreaderApi:
    """Raises `RemoteError`. `username` and `password` are those of KOReader sync."""

    def __init__(self, api: Api, signed: SignedApi) -> None:
        self._api, self._signed = api, signed

    async def user(self) -> KoreaderUser | None:
        """None where none was made. Raises `Rejected` without the permission for KOReader sync."""
        try:
            return read_koreader_user(await self._signed.ask(KOREADER_USER))
        except Gone:
            return None

    async def save_user(self, username: str, password: Secret) -> KoreaderUser:
        """Makes the user or changes it; an e-reader that uses the old password is signed out."""
        body = {"username": username, "password": password.reveal()}
        return read_koreader_user(await self._signed.ask(SAVE_KOREADER_USER, body, secret=password))

    async def sign_in(self, username: str, password: Secret) -> None:
        """Checks the credentials. That they are right does not mean that sync is switched on."""
        reply = await self._api.send(KOREADER_SIGN_IN, {}, {}, None, _headers(username, password))
        _check_known(reply)
        body = await json_of(reply, KOREADER_SIGN_IN)
        if not isinstance(body, dict) or not words_of(body.get("username")):
            raise Malformed("signed in to something else")

    async def by_hash(
        self, document_hash: str, username: str, password: Secret
    ) -> RemoteBook | None:
        """The plugin fork only; None if the server does not have the book."""
        parts: dict[str, str | int] = {"hash": document_hash}
        signature = _headers(username, password)
        reply = await self._api.send(KOREADER_BY_HASH, parts, {}, None, signature)
        _check_known(reply)
        try:
            return read_book(await json_of(reply, KOREADER_BY_HASH))
        except NotMatched:
            return None


def _check_known(reply: Reply) -> None:
    """Raises `Rejected` for wrong credentials: BookLore answers 403, Grimmory 3 401."""
    if reply.status in (401, 403):
        raise Rejected(Refusal.CREDENTIALS)
    if reply.status == 404 and reply.is_html:
        raise Unsupported("no KOReader sync there", Lacks.KOREADER_SYNC)


def _headers(username: str, password: Secret) -> RawHeaders:
    key = hashlib.md5(password.reveal().encode(), usedforsecurity=False).hexdigest()
    return [(b"x-auth-user", username.encode()), (b"x-auth-key", key.encode())]
