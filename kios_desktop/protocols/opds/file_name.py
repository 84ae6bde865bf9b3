"""The name of a downloaded file, for display and export.

The library stores files under its own keys; this name never decides where a file is written.
"""

import re
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from kios_desktop.domain.catalog import Format
from kios_desktop.domain.file_names import base_name, safe_stem
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import formats

_EXTENDED = re.compile(r"(?:^|[;\s])filename\*\s*=\s*([\w\-]*)'[^']*'([^;]+)", re.IGNORECASE)
_QUOTED = re.compile(r"(?:^|[;\s])filename\s*=\s*\"", re.IGNORECASE)
_BARE = re.compile(r"(?:^|[;\s])filename\s*=\s*([^;]+)", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ENDING = re.compile(r"\.(?:kepub\.epub|fb2\.zip|[A-Za-z0-9]{2,5})$", re.IGNORECASE)
_EXTENSIONS: Final = {Format.EPUB: ".epub", Format.KEPUB: ".kepub.epub", Format.UNKNOWN: ".epub"}


def file_name(
    disposition: str, url: ServerUrl, title: str, authors: Sequence[str], found: Format
) -> str:
    """A name that is valid on every system. `disposition`: the header, "" without one."""
    name = _disposed(disposition) or _last_segment(url)
    if not name:
        name = " - ".join(part for part in (title, ", ".join(authors)) if part)
    return safe(name, _EXTENSIONS.get(found, ""))


def safe(name: str, extension: str) -> str:
    """The base name without invalid characters, shortened, with this extension.

    An empty `extension` keeps that of the name.
    """
    name = base_name(name)
    own = _ENDING.search(name)
    known = own is not None and formats.by_file_name(own[0]) is not None
    if own is not None and (known or not extension):
        name, extension = name[: own.start()], extension or own[0].lower()
    return safe_stem(name, "book") + extension


def _disposed(header: str) -> str:
    extended = _EXTENDED.search(header)
    if extended is not None:
        charset = extended[1].lower() or "utf-8"
        try:
            name = unquote_to_bytes(extended[2].strip().strip('"')).decode(charset)
        except (LookupError, ValueError):  # also for a codec that is no text encoding
            name = ""
        if name:
            return name
    quoted = _QUOTED.search(header)
    if quoted is not None:
        # Calibre-Web does not escape inner quotes, so the last one before a parameter counts
        value = header[quoted.end() :].partition("; filename*")[0]
        name = value.rpartition('"')[0] if '"' in value else value
        name = name.replace('\\"', '"')
    else:
        bare = _BARE.search(header)
        name = bare[1].strip() if bare is not None else ""
    return _unescaped(_words(_utf8(name)))


def _utf8(name: str) -> str:
    """Header values are latin-1 in the specification and UTF-8 in practice."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def _words(name: str) -> str:
    """Decodes RFC 2047, which is not allowed here and used nevertheless."""
    if not (name.startswith("=?") and name.endswith("?=")):
        return name
    try:
        parts = decode_header(name)
        return "".join(
            part.decode(charset or "utf-8") if isinstance(part, bytes) else part
            for part, charset in parts
        )
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return name


def _unescaped(name: str) -> str:
    if not _ESCAPE.search(name):
        return name
    try:
        return unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name


def _last_segment(url: ServerUrl) -> str:
    segment = unquote(urlsplit(url.reveal()).path.rstrip("/").rpartition("/")[2])
    return segment if formats.by_file_name(segment) is not None else ""
