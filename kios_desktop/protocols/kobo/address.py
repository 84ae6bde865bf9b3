"""The personal sync address, and addresses of the server rebased to it.

Servers send wrong ports, schemes and hosts, leave out their sub-path, and even mix up tokens. Only
the path after the token is used.
"""

from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl

_ENDPOINT: Final = "api_endpoint="
_ROOT: Final = "kobo"


class NoSyncAddress(ValueError):
    """The text is not a Kobo sync address. `missing_token`: only the token is missing."""

    def __init__(self, missing_token: bool = False) -> None:
        super().__init__("not a Kobo sync address")
        self.missing_token = missing_token


def normalised(text: str) -> ServerUrl:
    """The base address from pasted text: a line of a device's settings, an address with a route.

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
    """The same route below `base`; None for an address without a token, as those of the store."""
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


def _last_root(segments: list[str]) -> int | None:
    """The index of the last `kobo` that is followed by a segment."""
    for at in range(len(segments) - 2, -1, -1):
        if segments[at].lower() == _ROOT and segments[at + 1]:
            return at
    return None
