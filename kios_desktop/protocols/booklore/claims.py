"""What an access token says of itself: until when it is good, and whose it is.

It is not verified: the server does that. The times are by the server's clock, so only their
distance is used.
"""

import base64
import binascii

import msgspec
from msgspec import Struct

from kios_desktop.domain.loose import finite_number
from kios_desktop.domain.secret import Secret


class Claims(Struct, frozen=True):
    """`lifetime_s` is None and `user_id` too where the token does not say."""

    lifetime_s: float | None = None
    user_id: int | None = None
    issuer: str = ""


def claims_of(token: Secret) -> Claims:
    """Nothing for what is no JSON web token."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return Claims()
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        body = msgspec.json.decode(base64.urlsafe_b64decode(padded))
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError, RecursionError):
        return Claims()
    if not isinstance(body, dict):
        return Claims()
    issued, expires = finite_number(body.get("iat")), finite_number(body.get("exp"))
    lifetime_s = expires - issued if issued is not None and expires is not None else None
    user, issuer = finite_number(body.get("userId")), body.get("iss")
    return Claims(
        lifetime_s if lifetime_s is not None and lifetime_s > 0 else None,
        int(user) if user is not None and user == int(user) else None,
        issuer if isinstance(issuer, str) else "",
    )
