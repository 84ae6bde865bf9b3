"""What a sync token gives away about its server. Otherwise it is opaque (kobo.md 5)."""

import base64
import binascii
from enum import Enum, auto

import msgspec

_BOOKLORE_PAGE = 5


class Memory(Enum):
    """Where a server remembers which books it has announced."""

    PER_USER = auto()  # once for the whole account: a page that was lost never comes again
    IN_TOKEN = auto()  # without a token everything comes anew
    UNKNOWN = auto()


def may_lose_removals(token: str, announced: int, after_a_break: bool) -> bool:
    """BookLore tells no removals when a multiple of 5 was added; Grimmory has the same tokens.

    After a sync that broke off, what it had announced is not known any more.
    """
    full_pages = announced > 0 and announced % _BOOKLORE_PAGE == 0
    return token.startswith("BOOKLORE.") and (after_a_break or full_pages)


def memory_of(token: str) -> Memory:
    """Calibre-Web and its relatives keep it per user; the others name a list in the token."""
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
