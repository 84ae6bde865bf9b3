"""The personal sync address, and every address a server gives, taken back to it (kobo.md 3, 4).

Servers write wrong ports, schemes and hosts, leave out their sub-path, and even mix up tokens. The
path behind the token is all that is believed.
"""

from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl

_ENDPOINT: Final = "api_endpoint="
_ROOT: Final = "kobo"


class NoSyncAddress(ValueError):
    """The text is not a Kobo sync address. `missing_token`: only the token is not there."""

    def __init__(self, missing_token: bool = False) -> None:
        super().__init__("not a Kobo sync address")
        self.missing_token = missing_token


def normalised(text: str) -> ServerUrl:
    """The base address out of what was pasted: a line of a device's settings, slashes, a route.

    Raises `NoSyncAddress`.
    """
    url = text.strip().strip("\"'")
    if url.lower().startswith(_ENDPOINT):
        url = url[len(_ENDPOINT) :].strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        raise NoSyncAddress from None
    if not usable:
        raise NoSyncAddress
    segments = [segment for segment in parts.path.split("/") if segment]
    at = _last_root(segments)
    if at is None:
        raise NoSyncAddress(missing_token=_ROOT in (s.lower() for s in segments))
    path = "/" + "/".join(segments[: at + 2])
    netloc = parts.netloc.rpartition("@")[2]
    return ServerUrl(urlunsplit((parts.scheme.lower(), netloc, path, "", "")))


def rebased(url: str, base: ServerUrl) -> ServerUrl | None:
    """An address of the server below `base`; None for one that belongs to a shop."""
    try:
        parts = urlsplit(urljoin(base.reveal() + "/", url.strip()))
    except ValueError:
        return None
    segments = parts.path.split("/")
    at = _last_root(segments)
    if at is None or parts.scheme not in ("http", "https"):
        return None
    rest = "/".join(segments[at + 2 :])
    if not rest.strip("/"):
        return None
    query = f"?{parts.query}" if parts.query else ""
    return ServerUrl(f"{base.reveal()}/{rest.lstrip('/')}{query}")


def below(base: ServerUrl, *segments: str) -> ServerUrl:
    """A route of the protocol: `below(base, "v1", "library", book, "state")`."""
    return ServerUrl("/".join([base.reveal(), *(quote(part, safe="") for part in segments)]))


def token_of(base: ServerUrl) -> str:
    """The secret in a normalised address."""
    return base.reveal().rpartition("/")[2]


def _last_root(segments: list[str]) -> int | None:
    """Where the last `kobo` stands that something follows."""
    for at in range(len(segments) - 2, -1, -1):
        if segments[at].lower() == _ROOT and segments[at + 1]:
            return at
    return None
