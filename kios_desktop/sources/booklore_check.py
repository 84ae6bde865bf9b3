"""Looks at an account without changing anything: signs in, reads, and signs nobody out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.accounts import AccountExamination
from kios_desktop.domain.errors import (
    Lacks,
    Malformed,
    Refusal,
    Rejected,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore import (
    BookloreClient,
    PublicSettings,
    capabilities,
    product_of,
    variant_of,
)

CLOCKS_APART: Final = timedelta(minutes=2)


class UnkeptSecrets:
    """A password that was typed, and tokens that nobody keeps."""

    def __init__(self, password: Secret) -> None:
        self._password = password

    async def password(self) -> Secret | None:
        return self._password

    async def tokens(self) -> Secret | None:
        return None

    async def keep_tokens(self, tokens: Secret) -> None:
        """They end with the account."""


async def examine(client: BookloreClient, now: Callable[[], datetime]) -> AccountExamination:
    """Raises nothing for what a server does."""
    found = AccountExamination()
    try:
        about = await _public_settings(client)
        ahead = None if about.at is None else about.at - now()
        if ahead is not None and abs(ahead) > CLOCKS_APART:
            found = replace(found, ahead=ahead)
        await client.sign_in()
        left_s = client.tokens.left_s
        found = replace(
            found, signed_in=True, token_seconds=None if left_s is None else int(left_s)
        )
        there = await capabilities(client)
        variant = variant_of(there, client.tokens.issuer)
        found = replace(
            found, product=product_of(variant), variant=variant.value, capabilities=there
        )
        if not there.koreader:
            found = await _without_koreader(client, found)
    except RemoteError as error:
        found = replace(found, error=error)
    return found


async def _public_settings(client: BookloreClient) -> PublicSettings:
    """Where a page answers below a path and the server at its root, it is the path that is wrong.

    Raises `Unsupported` for that.
    """
    try:
        return await client.public_settings()
    except Malformed as error:
        if error.html and not error.login and await client.is_at_root():
            raise Unsupported("it answers at the root", Lacks.BOOKLORE) from None
        raise


async def _without_koreader(
    client: BookloreClient, found: AccountExamination
) -> AccountExamination:
    """Why there is nothing about KOReader sync: the account may only lack the permission."""
    try:
        await client.koreader.user()
    except Rejected as error:
        if error.refusal is not Refusal.FORBIDDEN:
            raise
        return replace(found, lacks_koreader_right=True)
    raise Unsupported("no user of KOReader sync")
