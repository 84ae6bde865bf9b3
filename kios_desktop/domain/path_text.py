"""Converts paths to text that can be stored anywhere, and back to the same path.

Systems allow file names that are not valid text: Linux any bytes, Windows lone surrogates. Python
represents both by lone surrogates, which UTF-8, JSON and SQLite refuse. To show a path, use
`text.clean_line`.
"""

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_ESCAPED: Final = "escaped-path:"  # no absolute path begins like this; a relative one is escaped
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def path_to_text(path: Path) -> str:
    """A path as valid text without control characters; most paths are not changed."""
    text = str(path)
    if not text.startswith(_ESCAPED) and not _UNWRITABLE.search(text):
        return text
    return _ESCAPED + quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def text_to_path(text: str) -> Path:
    """The path that `path_to_text` was given. Any other text is taken for a path."""
    if not text.startswith(_ESCAPED):
        return Path(text)
    try:
        return Path(unquote_to_bytes(text[len(_ESCAPED) :]).decode("utf-8", "surrogatepass"))
    except UnicodeError:
        return Path(text)
