"""The KOReader sync account of a catalog's server.

Only known paths are requested, unsigned: a server that answers 401 at every path would confirm any
guess.
"""

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from kios_desktop.domain.errors import Refusal, Rejected, RemoteError
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.sources.address_search import is_there
from kios_desktop.sources.presets import BOOKLORE, CWA, KAVITA, KOMGA, STUMP, preset
from kios_desktop.sources.server_paths import Sought

# preset → what the address of its catalog ends in, and what takes the place of that
_BY_ADDRESS: Final = (
    (BOOKLORE, re.compile(r"/api/v[12]/opds$"), "/api/koreader"),
    (KAVITA, re.compile(r"/api/opds/([^/]+)$"), r"/api/koreader/\1"),
    (STUMP, re.compile(r"/opds/(stump_[^/]+)(/.*)?$"), r"/koreader/\1"),
)
_BY_PRESET: Final = (
    (CWA, re.compile(r"/opds$"), "/kosync"),
    (KOMGA, re.compile(r"/opds/v[12](\.\d)?/catalog$"), "/koreader"),
)
_SAME_LOGIN: Final = frozenset({CWA})


def sync_account_of(catalog: Source, new_id: str) -> Source | None:
    """The account for Progress sync, as far as it is known; None for an unknown server.

    User name and password are those of the catalog if the server has one login for both, else
    empty.
    """
    parts = urlsplit(catalog.url.reveal())
    path = parts.path.rstrip("/")
    rows = (*_BY_ADDRESS, *(row for row in _BY_PRESET if row[0] == catalog.preset))
    for key, ending, instead in rows:
        if ending.search(path) is None:
            continue
        url = urlunsplit((parts.scheme, parts.netloc, ending.sub(instead, path), "", ""))
        same = key in _SAME_LOGIN
        return replace(
            catalog,
            id=new_id,
            kind=SourceKind.KOSYNC,
            preset=key,
            url=ServerUrl(url),
            auth=preset(key).auth,
            username=catalog.username if same else "",
            password=catalog.password if same else Secret(""),
        )
    return None


async def keeps_places_at(account: Source) -> bool:
    """Whether KOReader sync answers there: with a 401 that neighbouring paths do not give.

    The request is unsigned.
    """
    http = Http(account.pin, [(one.name, one.value.reveal()) for one in account.headers])
    try:
        await KosyncClient(http, account.url).authorize()
    except Rejected as error:
        return error.refusal is Refusal.CREDENTIALS and await is_there(account, Sought.SYNC)
    except RemoteError:
        return False
    finally:
        await http.aclose()
    return True
