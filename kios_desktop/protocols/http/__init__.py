"""The one way Kios talks HTTP; the other protocols import from here and nowhere else."""

from kios_desktop.protocols.http.address import Origin, address_of, origin_of
from kios_desktop.protocols.http.client import Http
from kios_desktop.protocols.http.reply import (
    Reply,
    check_answered,
    check_busy,
    check_moved,
    retry_after_s,
)

__all__ = [
    "Http",
    "Origin",
    "Reply",
    "address_of",
    "check_answered",
    "check_busy",
    "check_moved",
    "origin_of",
    "retry_after_s",
]
