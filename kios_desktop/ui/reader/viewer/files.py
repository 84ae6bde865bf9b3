"""Where the file of a viewed picture is, and under which name it is saved. No Qt."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from msgspec import Struct

from kios_desktop.domain.errors import Missing
from kios_desktop.domain.file_names import base_name, safe_stem
from kios_desktop.epub import content_type

ReadFile = Callable[[str], Awaitable[bytes]]
"""A file of the book, by its path in the zip. Raises PublicationError."""

_PICTURES: Final = ".kios/picture/"  # of the spine, see `epub/serving.py`
_SUFFIXES: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/svg+xml": ".svg",
}
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class PictureFile(Struct, frozen=True):
    """A picture by its address: `book:`, `data:`, or one outside the book, which has no file."""

    url: str

    @property
    def path(self) -> str:
        """Its path in the zip; "" when it is in its chapter, or outside the book."""
        parts = urlsplit(self.url)
        if parts.scheme != "book":
            return ""
        return unquote(parts.path).lstrip("/").removeprefix(_PICTURES)

    def name(self, content: bytes) -> str:
        """To save it under; the content names its kind where the book does not."""
        name = base_name(self.path)
        suffix = _SUFFIX.search(name)
        if suffix is not None:
            return safe_stem(name[: suffix.start()], "picture") + suffix[0]
        kind = content_type.of(content[: content_type.HEAD_BYTES])
        return safe_stem(name, "picture") + _SUFFIXES.get(kind, "")

    async def read(self, read: ReadFile) -> bytes:
        """Its bytes. Raises PublicationError."""
        if self.path:
            return await read(self.path)
        return _from_data_url(self.url)


def _from_data_url(url: str) -> bytes:
    head, _, body = url.partition(",")
    if not head.startswith("data:"):
        raise Missing("a picture outside the book")
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body))
    except binascii.Error as e:
        raise Missing("a picture in its chapter") from e
