"""The KOReader sync that goes with a catalog: the same server, another address.

Only what is known of a kind of server is asked for, and without credentials: where a server turns
everybody away below some path, a guess would be answered just like the truth.
"""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.errors import Refusal, Rejected, RemoteError
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.sources.presets import BOOKLORE, CWA, KAVITA, KOMGA, STUMP, preset
from kios_desktop.sources.scout import is_there
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
    """What Progress sync would be set up with, as far as it is known; None when nothing is.

    User name and password are those of the catalog where the server has one login for both, else
    they are left open.
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
    """Whether KOReader sync is there: it asks who is asking, and its neighbours do not ask alike.

    Nothing is signed in to.
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
