"""Causes of a failed connection, from the exceptions of httpx and the layers below it."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from kios_desktop.domain.errors import Fault, TrustProblem

_OFFLINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN})
_SLOW = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH})

# Reasons of OpenSSL for an answer in plain HTTP, and for a TLS version that is too old
_NO_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "UNSUPPORTED_PROTOCOL",
        "NO_PROTOCOLS_AVAILABLE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
    }
)

# X509_V_ERR_… of OpenSSL
_BY_CODE = {
    9: TrustProblem.EXPIRED,  # not yet valid
    10: TrustProblem.EXPIRED,
    18: TrustProblem.SELF_SIGNED,
    19: TrustProblem.UNKNOWN_AUTHORITY,
    20: TrustProblem.UNKNOWN_AUTHORITY,
    21: TrustProblem.UNKNOWN_AUTHORITY,
    62: TrustProblem.WRONG_NAME,
    64: TrustProblem.WRONG_NAME,
}


def fault_of(error: BaseException) -> Fault:
    """Why the server was not reached."""
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Fault.DNS
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return Fault.DNS
        if isinstance(cause, ConnectionRefusedError):
            return Fault.REFUSED
        if isinstance(cause, OSError) and cause.errno in _OFFLINE:
            return Fault.OFFLINE
        if isinstance(cause, OSError) and cause.errno in _SLOW:
            return Fault.TIMEOUT
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return Fault.TIMEOUT
    return Fault.CUT_OFF


def untrusted_by(error: BaseException) -> TrustProblem | None:
    """What is wrong with the certificate; None if that is not the cause."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _BY_CODE.get(getattr(cause, "verify_code", 0), TrustProblem.OTHER)
    return None


def speaks_no_tls(error: BaseException) -> bool:
    """Whether the server speaks no TLS, or no version of it that we accept."""
    return any(
        isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS for cause in causes(error)
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, its causes and contexts, and the members of groups."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        waiting.extend((one.__cause__, one.__context__))
