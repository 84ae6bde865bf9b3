"""The one way Kios talks HTTP; the other protocols import from here and nowhere else."""

from kios_desktop.protocols.http import loose_json
from kios_desktop.protocols.http.address import Origin, address_of, origin_of
from kios_desktop.protocols.http.answer import Answer
from kios_desktop.protocols.http.challenge import Challenge, challenges
from kios_desktop.protocols.http.client import Http
from kios_desktop.protocols.http.credentials import ANONYMOUS, Credentials
from kios_desktop.protocols.http.reply import (
    LONGEST_WISH_S,
    Reply,
    check_answered,
    check_busy,
    check_in_between,
    check_moved,
    in_json,
    not_understood,
    retry_after_s,
)
from kios_desktop.protocols.http.request import Patience, Purpose, Request
from kios_desktop.protocols.http.session import Session
from kios_desktop.protocols.http.transfer import Limits, Transferred, transfer

__all__ = [
    "ANONYMOUS",
    "LONGEST_WISH_S",
    "Answer",
    "Challenge",
    "Credentials",
    "Http",
    "Limits",
    "Origin",
    "Patience",
    "Purpose",
    "Reply",
    "Request",
    "Session",
    "Transferred",
    "address_of",
    "challenges",
    "check_answered",
    "check_busy",
    "check_in_between",
    "check_moved",
    "in_json",
    "loose_json",
    "not_understood",
    "origin_of",
    "retry_after_s",
    "transfer",
]
