"""Paths as text that can be written anywhere, and back: the same path comes out.

The system allows file names that are no text: on Linux any bytes, on Windows half characters.
Python keeps them as lone surrogates, which neither UTF-8 nor JSON nor SQLite takes. To show a
path is another matter: see `text.line`.
"""

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_ESCAPED: Final = "escaped-path:"  # no absolute path begins so, and a relative one is escaped
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def path_to_text(path: Path) -> str:
    """A path as text without control characters that every UTF-8 encoder takes; mostly itself."""
    text = str(path)
    if not text.startswith(_ESCAPED) and not _UNWRITABLE.search(text):
        return text
    return _ESCAPED + quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def text_to_path(text: str) -> Path:
    """The path that `path_to_text` was given. Any other text is taken for a path as it stands."""
    if not text.startswith(_ESCAPED):
        return Path(text)
    try:
        return Path(unquote_to_bytes(text[len(_ESCAPED) :]).decode("utf-8", "surrogatepass"))
    except UnicodeError:
        return Path(text)
