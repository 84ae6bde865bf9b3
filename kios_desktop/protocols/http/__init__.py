"""The one way Kios talks HTTP; the other protocols import from here and nowhere else."""

from kios_desktop.protocols.http.client import (
    Http,
    Reply,
    address_of,
    check_busy,
    check_moved,
    retry_after_s,
)

__all__ = ["Http", "Reply", "address_of", "check_busy", "check_moved", "retry_after_s"]
