"""The address of a server: scheme, host, port and a prefix, without `/api`."""

from typing import Final

from kios_desktop.domain.secret import ServerUrl

_ROUTES: Final = (
    *("/api/v1/opds/catalog", "/api/v1/opds", "/api/koreader", "/api/v1", "/api/v2", "/api"),
    *("/login", "/dashboard"),
)
"""What people copy behind it, and what our other sources have there; the longest first."""


def server_base(url: ServerUrl) -> ServerUrl:
    """The address without query, fragment, trailing slashes and the routes of this server."""
    text = url.reveal().strip().partition("#")[0].partition("?")[0]
    scheme, colon, rest = text.partition("://")
    host, _, path = rest.partition("/")
    path = f"/{path}".rstrip("/")
    for route in _ROUTES:
        if path.lower().endswith(route):
            path = path[: -len(route)].rstrip("/")
            break
    path = path.partition("/api/kobo/")[0]
    return ServerUrl(f"{scheme}{colon}{host}{path}" if colon else text.rstrip("/"))
