"""HTTP for all protocols, which import from this package and from no module in it."""

from kios_desktop.protocols.http import loose_json
from kios_desktop.protocols.http.address import Origin, address_of, origin_of
from kios_desktop.protocols.http.challenge import Challenge, challenges
from kios_desktop.protocols.http.client import Http
from kios_desktop.protocols.http.credentials import ANONYMOUS, Credentials
from kios_desktop.protocols.http.open_reply import OpenReply
from kios_desktop.protocols.http.reply import (
    LONGEST_RETRY_AFTER_S,
    Reply,
    check_answered,
    check_busy,
    check_intermediary,
    check_moved,
    in_json,
    not_understood,
    retry_after_s,
)
from kios_desktop.protocols.http.request import Purpose, Request, RetryPolicy
from kios_desktop.protocols.http.session import Session
from kios_desktop.protocols.http.transfer import Limits, Transferred, transfer

__all__ = [
    "ANONYMOUS",
    "LONGEST_RETRY_AFTER_S",
    "Challenge",
    "Credentials",
    "Http",
    "Limits",
    "OpenReply",
    "Origin",
    "Purpose",
    "Reply",
    "Request",
    "RetryPolicy",
    "Session",
    "Transferred",
    "address_of",
    "challenges",
    "check_answered",
    "check_busy",
    "check_intermediary",
    "check_moved",
    "in_json",
    "loose_json",
    "not_understood",
    "origin_of",
    "retry_after_s",
    "transfer",
]
