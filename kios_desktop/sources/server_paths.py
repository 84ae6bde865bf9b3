"""The paths of catalog and KOReader sync on each known server, and how it names itself.

One table for both forms, so that an address of the other one still leads to the right path. From
recorded exchanges (docs/servers.md); Kavita and Ubooquity from their documentation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.secret import KOREADER_ROUTES, ServerUrl

NOWHERE: Final = "kios-looks-beside"
"""A path segment that no server knows: its answer there is the answer at any path."""

_MOST_BASES: Final = 3
_KEY: Final = r"[^/]{8,}"


class Sought(Enum):
    """What is searched for on a server."""

    CATALOG = "catalog"
    SYNC = "KOReader sync"


@dataclass(frozen=True, slots=True)
class KnownServer:
    """Paths below the base address of a server, the best first.

    `called`: the lower-case word by which it names itself in a 401; "" if it does not.
    """

    key: str
    catalogs: tuple[str, ...] = ()
    sync: tuple[str, ...] = ()
    called: str = ""

    def paths(self, sought: Sought) -> tuple[str, ...]:
        return self.catalogs if sought is Sought.CATALOG else self.sync


BOOKLORE: Final = KnownServer("booklore", ("/api/v1/opds",), ("/api/koreader",), "booklore")
KOMGA: Final = KnownServer(
    "komga", ("/opds/v2/catalog", "/opds/v1.2/catalog"), ("/koreader",), "komga"
)
STUMP: Final = KnownServer("stump", ("/opds/v2.0/catalog", "/opds/v1.2/catalog"), (), "stump")
STORYTELLER: Final = KnownServer("storyteller", ("/opds",), (), "storyteller")
SERVERS: Final = (
    KnownServer("cwa", ("/opds",), ("/kosync",)),
    BOOKLORE,
    KOMGA,
    STUMP,
    STORYTELLER,
    KnownServer("calibre", ("/opds",), (), "calibre"),
    KnownServer("cops", ("/feed", "/feed.php", "/index.php/feed")),
    KnownServer("ubooquity", ("/opds-books/",)),
    KnownServer("koreader-sync-server", (), ("",)),
)

# The first segment of every known path: what precedes it is the base address of the server
_OF_THEIRS: Final = frozenset(
    path.split("/")[1] for one in SERVERS for path in (*one.catalogs, *one.sync) if path
) | {"api", "index.php", "kobo", "login", "opds-comics", "syncs", "users"}
_BY_PORT: Final = {8083: "cwa", 6060: "booklore", 6062: "booklore", 25600: "komga", 10801: "stump"}
_KEYED_CATALOG = re.compile(
    rf"^/(?:api/opds/(?P<kavita>{_KEY})|opds/(?P<stump>stump_[^/]+)(/.*)?)$"
)
_KEYED_SYNC = re.compile(rf"^/api/koreader/(?P<kavita>{_KEY})$|^/koreader/(?P<stump>{_KEY})$")
_BARE_KEY = re.compile(r"^/api/(?P<kavita>[0-9a-fA-F-]{32,})$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """`path` below `base`, which has no trailing slash.

    `query` is that of the typed address; calibre names a library in it.
    """

    base: ServerUrl
    path: str
    query: str = ""

    @property
    def url(self) -> ServerUrl:
        bare = self.base.reveal() + self.path
        return ServerUrl(f"{bare}?{self.query}" if self.query else bare)

    @property
    def beside(self) -> ServerUrl:
        """A neighbouring address that does not exist."""
        parts = urlsplit(self.url.reveal())._replace(query="")
        parent = parts.path.rstrip("/").rpartition("/")[0]
        return ServerUrl(urlunsplit(parts._replace(path=f"{parent}/{NOWHERE}")))

    @property
    def below(self) -> ServerUrl:
        """An address below this one that does not exist."""
        return ServerUrl(f"{(self.base.reveal() + self.path).rstrip('/')}/{NOWHERE}")


def candidates(url: ServerUrl, sought: Sought, preset: str = "") -> Iterator[Candidate]:
    """Addresses to try, the likeliest first: the typed one, then the known paths.

    A catalog is tried with the typed query, then without. Known paths are tried at the base of the
    typed address, then above it.
    """
    first = as_typed(url)
    likely = [first if sought is Sought.CATALOG else replace(first, query="")]
    likely += [replace(first, query="")] if first.query else []
    paths = (*_keyed(first.path, sought), *_known(sought, preset, url))
    likely += [Candidate(base, path) for base in _bases(first) for path in paths]
    seen: set[str] = set()
    for one in likely:
        if (text := one.url.reveal().rstrip("/")) not in seen:
            seen.add(text)
            yield one


def is_known(candidate: Candidate, sought: Sought) -> bool:
    """Whether this is the exact path of some server, possibly with a key."""
    if any(candidate.path and candidate.path in one.paths(sought) for one in SERVERS):
        return True
    keyed = _KEYED_CATALOG if sought is Sought.CATALOG else _KEYED_SYNC
    found = keyed.match(candidate.path)
    return found is not None and candidate.path.split("/")[-1] not in KOREADER_ROUTES


def named_in(text: str) -> KnownServer | None:
    """The server that a text names: a realm, or the title of a document."""
    said = text.lower()
    return next((one for one in SERVERS if one.called and one.called in said), None)


def owner_of(path: str, sought: Sought) -> KnownServer | None:
    """The server that has this path."""
    return next((one for one in SERVERS if path and path in one.paths(sought)), None)


def as_typed(url: ServerUrl) -> Candidate:
    """A typed address split into base and path, without login and fragment."""
    parts = urlsplit(url.reveal().strip())
    segments = parts.path.rstrip("/").split("/")
    at = next((n for n, one in enumerate(segments) if one.lower() in _OF_THEIRS), len(segments))
    host = parts.netloc.rpartition("@")[2]
    base = ServerUrl(urlunsplit((parts.scheme, host, "/".join(segments[:at]), "", "")))
    rest = "/".join(segments[at:])
    return Candidate(base, f"/{rest}" if rest else "", parts.query)


def _bases(typed: Candidate) -> list[ServerUrl]:
    """Possible base addresses: the typed base, its first segment, the root."""
    parts = urlsplit(typed.base.reveal())
    segments = parts.path.split("/")
    paths = dict.fromkeys((parts.path, "/".join(segments[:2]), ""))
    made = [ServerUrl(urlunsplit(parts._replace(path=path))) for path in paths]
    return made[:_MOST_BASES]


def _known(sought: Sought, preset: str, url: ServerUrl) -> list[str]:
    """All known paths, those of the likely servers first."""
    likely = (preset, _BY_PORT.get(urlsplit(url.reveal()).port or 0, ""))
    order = sorted(SERVERS, key=lambda one: min((*_places(one.key, likely), len(likely))))
    return list(dict.fromkeys(path for one in order for path in one.paths(sought)))


def _places(key: str, likely: tuple[str, ...]) -> list[int]:
    return [number for number, one in enumerate(likely) if one == key]


def _keyed(path: str, sought: Sought) -> Iterator[str]:
    """The path of the other protocol with the same key."""
    for pattern in (_KEYED_CATALOG, _KEYED_SYNC, _BARE_KEY):
        found = pattern.match(path)
        given = found.groupdict() if found is not None else {}
        if kavita := given.get("kavita"):
            yield f"/api/opds/{kavita}" if sought is Sought.CATALOG else f"/api/koreader/{kavita}"
        if (stump := given.get("stump")) and stump not in KOREADER_ROUTES:
            if sought is Sought.SYNC:
                yield f"/koreader/{stump}"
            elif stump.startswith("stump_"):
                yield f"/opds/{stump}/v1.2/catalog"
