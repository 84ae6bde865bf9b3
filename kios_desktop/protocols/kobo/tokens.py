"""What a sync token tells about its server. Otherwise it is opaque."""

import base64
import binascii
from enum import Enum, auto

import msgspec

_BOOKLORE_PAGE = 5


class Memory(Enum):
    """Where a server remembers which books it has announced."""

    PER_USER = auto()  # for the whole account: a lost page is never sent again
    IN_TOKEN = auto()  # without a token everything is sent again
    UNKNOWN = auto()


def may_lose_removals(token: str, announced: int, after_a_break: bool) -> bool:
    """Whether removals may be missing: BookLore sends none after a multiple of 5 announced books.

    Grimmory has the same tokens. After a sync that was cut off, the number announced is unknown.
    """
    full_pages = announced > 0 and announced % _BOOKLORE_PAGE == 0
    return token.startswith("BOOKLORE.") and (after_a_break or full_pages)


def memory_of(token: str) -> Memory:
    """Calibre-Web and its forks remember per user; the others name a list in the token."""
    if token.startswith(("KOMGA.", "BOOKLORE.")):
        return Memory.IN_TOKEN
    if token.startswith("z1:"):  # Calibre-Web-NextGen
        return Memory.PER_USER
    try:
        document = msgspec.json.decode(base64.b64decode(token + "=" * (-len(token) % 4)))
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError, RecursionError):
        return Memory.UNKNOWN
    if not isinstance(document, dict):
        return Memory.UNKNOWN
    if document.get("version") == "1-1-0":
        return Memory.PER_USER
    return Memory.IN_TOKEN if "sync_id" in document else Memory.UNKNOWN
