"""The secrets of a request, to be removed from error messages: some servers quote the request."""

import base64
import binascii
from collections.abc import Iterator
from typing import Final

import httpx

_HARMLESS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "if-range",
        "range",
        "user-agent",
        "x-auth-user",
    }
)
_LEAST: Final = 4  # shorter values would be found in any sentence


def secrets_in(request: httpx.Request) -> tuple[str, ...]:
    """The values of all headers that may hold one, and their parts, the longest first."""
    found = {
        part
        for name, value in request.headers.raw
        if name.lower().decode("ascii", "replace") not in _HARMLESS
        for part in _parts(value.decode("utf-8", "replace"))
    }
    return tuple(sorted((one for one in found if len(one) >= _LEAST), key=len, reverse=True))


def _parts(value: str) -> Iterator[str]:
    """The value, the part after a scheme, the decoded login of Basic, and cookie values."""
    yield value
    scheme, _, rest = value.partition(" ")
    yield rest
    yield from (pair.strip().partition("=")[2] for pair in value.split(";"))
    if scheme.lower() == "basic":
        try:
            login = base64.b64decode(rest, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return
        yield login
        yield login.partition(":")[2]
