"""Where the file of a viewed picture is, and under which name it is saved. No Qt."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from kios_desktop.domain.errors import Missing
from kios_desktop.domain.text import clean_line

ReadFile = Callable[[str], Awaitable[bytes]]
"""A file of the book, by its path in the zip. Raises PublicationError."""

_PICTURES: Final = ".kios/picture/"  # of the spine, see `epub/serving.py`
_SUFFIXES: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
}

_RESERVED: Final = re.compile(r'[<>:"/\\|?*]')  # in names on Windows
_LONGEST: Final = 120  # characters of a name


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture by its address, `book:` or `data:`."""

    url: str

    @property
    def path(self) -> str:
        """Its path in the zip; "" when it is in its chapter."""
        parts = urlsplit(self.url)
        return (
            ""
            if parts.scheme == "data"
            else unquote(parts.path).lstrip("/").removeprefix(_PICTURES)
        )

    @property
    def name(self) -> str:
        """To save it under."""
        if self.path:
            return _safe(PurePosixPath(self.path).name)
        kind = self.url.removeprefix("data:").partition(",")[0].partition(";")[0].lower()
        return f"picture{_SUFFIXES.get(kind, '')}"

    async def read(self, read: ReadFile) -> bytes:
        """Its bytes. Raises PublicationError."""
        if self.path:
            return await read(self.path)
        return _from_data_url(self.url)


def _safe(name: str) -> str:
    """A name of the book as one that every file system takes."""
    stem, dot, extension = _RESERVED.sub("_", clean_line(name)).strip(" .").rpartition(".")
    return f"{stem[:_LONGEST]}{dot}{extension[:8]}" or "picture"


def _from_data_url(url: str) -> bytes:
    head, _, body = url.partition(",")
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body))
    except binascii.Error as e:
        raise Missing("a picture in its chapter") from e
