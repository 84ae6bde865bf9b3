"""The user's own style sheet: what of it may be used."""

import re
from typing import Final

# As in CSS, the end of the text closes what is open; so no search starts over from each beginning.
_COMMENT: Final = re.compile(r"/\*.*?(\*/|\Z)", re.DOTALL)
_IMPORT: Final = re.compile(r"@import\b[^;]*(;|$)", re.IGNORECASE)
_URL: Final = re.compile(r"""url\(\s*+(?!["']?\s*(data:|#))[^)]*(\)|\Z)""", re.IGNORECASE)


def without_remote(css: str) -> str:
    """A style sheet without `@import`, and with `none` for each `url()` that is not `data:`.

    A page reaches nothing outside its book in any case; this is so that nobody waits for it.
    """
    return _URL.sub("none", _IMPORT.sub("", _COMMENT.sub("", css)))


def reaches_out(css: str) -> bool:
    """Whether `without_remote` leaves something out."""
    bare = _COMMENT.sub("", css)
    return bool(_IMPORT.search(bare) or _URL.search(bare))
