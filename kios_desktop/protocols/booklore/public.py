"""What a server tells everybody, without a sign-in."""

from datetime import datetime

from msgspec import Struct

from kios_desktop.domain.errors import Faulty, Gone, Lacks, NotMatched, Rejected, Unsupported
from kios_desktop.protocols.booklore.answers import json_of
from kios_desktop.protocols.booklore.api import Api
from kios_desktop.protocols.booklore.endpoints import PUBLIC_SETTINGS


class PublicSettings(Struct, frozen=True):
    """`passwords`: it lets people sign in with a password of its own. `at` is its clock."""

    passwords: bool
    at: datetime | None


async def public_settings(api: Api) -> PublicSettings:
    """Raises `Unsupported` with `BOOKLORE` for another kind of server."""
    reply = await api.send(PUBLIC_SETTINGS, {}, {}, None)
    try:
        body = await json_of(reply, PUBLIC_SETTINGS)
    except (Gone, NotMatched, Rejected, Unsupported):
        raise Unsupported("no public settings", Lacks.BOOKLORE) from None
    except Faulty as error:
        if error.status != 401:
            raise
        raise Unsupported("somebody else asks for a password", Lacks.BOOKLORE) from None
    if not isinstance(body, dict) or "oidcEnabled" not in body:
        raise Unsupported("other public settings", Lacks.BOOKLORE)
    return PublicSettings(body.get("oidcForceOnlyMode") is not True, reply.date)
