"""Requests that are signed with the account's token."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace

from kios_desktop.domain.errors import Faulty, RemoteError
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.answers import json_of, names_nobody
from kios_desktop.protocols.booklore.api import Api, RawHeaders, bearer
from kios_desktop.protocols.booklore.endpoints import Endpoint
from kios_desktop.protocols.booklore.keeper import TokenKeeper
from kios_desktop.protocols.http import Reply


class SignedApi:
    """One account at one server."""

    def __init__(self, api: Api, keeper: TokenKeeper) -> None:
        self._api, self._keeper = api, keeper

    async def ask(
        self,
        endpoint: Endpoint,
        body: object = None,
        query: Mapping[str, str | int] | None = None,
        secret: Secret | None = None,
        **parts: str | int,
    ) -> object:
        """The JSON of a success, None where it has none. Raises as `answers.check`.

        `secret` is one in the body, which no error may quote.
        A refused token is renewed once and the request repeated: it was not carried out.
        """
        token = await _before(self._keeper.token())
        reply = await self._send(endpoint, body, query, parts, bearer(token))
        if reply.status == 401 or names_nobody(reply):
            try:
                token = await _before(self._keeper.renewed(token))
            except Faulty:
                if reply.status == 401 and names_nobody(reply):
                    raise  # else it is about a missing right
            else:
                reply = await self._send(endpoint, body, query, parts, bearer(token))
        if secret is not None:
            reply = replace(reply, secrets=(secret.reveal(), *reply.secrets))
        return await json_of(reply, endpoint)

    async def _send(
        self,
        endpoint: Endpoint,
        body: object,
        query: Mapping[str, str | int] | None,
        parts: Mapping[str, str | int],
        signature: RawHeaders,
    ) -> Reply:
        return await self._api.send(endpoint, parts, query or {}, body, signature)


async def _before(token: Awaitable[Secret]) -> Secret:
    """A token for a request that is not sent, or was not carried out, without it."""
    try:
        return await token
    except RemoteError as error:
        error.not_done = True
        raise
