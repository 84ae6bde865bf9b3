"""Which address was probably meant: kosync.md 6.9. Suggestions only; the person decides."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.kosync import normalised
from kios_desktop.sources.presets import preset

_BY_PORT = {
    8083: ("/kosync",),
    6060: ("/api/koreader",),
    6062: ("/api/koreader",),
    25600: ("/koreader",),
}
_PATHS = ("/kosync", "/api/koreader", "/koreader")
_KAVITA_FEED = re.compile(r"^(?P<base>.*)/api/opds/(?P<key>[^/]+)$")
_KAVITA_KEY = re.compile(r"^(?P<base>.*)/api/(?!koreader/|opds/)(?P<key>[0-9a-fA-F-]{32,})$")
_STUMP_FEED = re.compile(r"^(?P<base>.*)/opds/(?P<key>stump_[^/]+)(/.*)?$")
_FEEDS = re.compile(r"(/api/v[12]/opds|/opds(/v[12](\.\d)?)?(/catalog)?|/api|/login)$")


def suggestions(url: ServerUrl, preset_key: str) -> Iterator[ServerUrl]:
    """Complete addresses to try instead of `url`, the likeliest first, never `url` itself."""
    parts = urlsplit(normalised(url).reveal())
    path = parts.path.rstrip("/")
    seen = {path}
    for candidate in _candidates(path, _port(parts.netloc), preset_key):
        if candidate not in seen:
            seen.add(candidate)
            yield ServerUrl(urlunsplit((parts.scheme, parts.netloc, candidate, "", "")))


def _candidates(path: str, port: int | None, preset_key: str) -> Iterator[str]:
    for pattern in (_KAVITA_FEED, _KAVITA_KEY):
        if match := pattern.match(path):
            yield f"{match['base']}/api/koreader/{match['key']}"
    if match := _STUMP_FEED.match(path):
        yield f"{match['base']}/koreader/{match['key']}"
    bare = _FEEDS.sub("", path)
    likely = (preset(preset_key).sub_path, *_BY_PORT.get(port or 0, ()), *_PATHS)
    for sub_path in likely:
        if sub_path:
            yield bare + sub_path
    for sub_path in _PATHS:  # a sub-path that does not belong there
        if path.endswith(sub_path):
            yield path.removesuffix(sub_path)


def _port(netloc: str) -> int | None:
    text = netloc.rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() else None
