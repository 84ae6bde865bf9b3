"""What one sign-in sets up besides the account: KOReader sync, and the server's catalog."""

import secrets
import uuid
from typing import Final

from msgspec.structs import replace

from kios_desktop.application.account_values import KoreaderSetup
from kios_desktop.application.service_accounts import ConnectedAccount
from kios_desktop.domain.accounts import KoreaderUserState
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.sources.catalog_check import check_catalog
from kios_desktop.sources.presets import BOOKLORE, preset

_PASSWORD_BYTES: Final = 18
_KOREADER_PATH: Final = "/api/koreader"
_CATALOG_PATH: Final = "/api/v1/opds"


async def koreader_setup(account: ConnectedAccount) -> KoreaderSetup:
    """Reads the user of KOReader sync; nothing is written. Raises `RemoteError`."""
    user = await account.client.koreader.user()
    if user is None:
        return KoreaderSetup(KoreaderUserState.NONE, None)
    state = KoreaderUserState.READY if user.enabled else KoreaderUserState.SWITCHED_OFF
    return KoreaderSetup(state, _koreader(account, user.name, user.password))


async def make_koreader_user(account: ConnectedAccount) -> KoreaderSetup:
    """Makes one, where the server says that there is none and a person has agreed.

    Raises `RemoteError`. One that was made meanwhile is used as it is: a device may know it.
    """
    found = await koreader_setup(account)
    if found.state is not KoreaderUserState.NONE:
        return found
    password = Secret(secrets.token_urlsafe(_PASSWORD_BYTES))
    user = await account.client.koreader.save_user(account.source.username, password)
    state = KoreaderUserState.READY if user.enabled else KoreaderUserState.SWITCHED_OFF
    return KoreaderSetup(state, _koreader(account, user.name, user.password))


async def catalog_setup(account: ConnectedAccount) -> tuple[Source, bool]:
    """The catalog of the same server, and whether the account's own name and password open it.

    Many of these servers want a user of its own for catalogs.
    """
    own = account.source
    source = replace(
        own,
        id=uuid.uuid4().hex,
        kind=SourceKind.OPDS,
        preset=BOOKLORE,
        url=ServerUrl(account.client.base.reveal() + _CATALOG_PATH),
        auth=AuthMethod.AUTOMATIC,
    )
    try:
        return (await check_catalog(source)).source, True
    except RemoteError:
        return replace(source, username="", password=Secret("")), False


def _koreader(account: ConnectedAccount, name: str, password: Secret) -> Source:
    return replace(
        account.source,
        id=uuid.uuid4().hex,
        kind=SourceKind.KOSYNC,
        preset=BOOKLORE,
        url=ServerUrl(account.client.base.reveal() + _KOREADER_PATH),
        auth=preset(BOOKLORE).auth,
        username=name,
        password=password,
    )
