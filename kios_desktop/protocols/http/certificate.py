"""Describes a certificate that is not trusted. Imported only then: `cryptography` is slow."""

import asyncio
import hashlib
import logging
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kios_desktop.domain.errors import Certificate, TrustProblem
from kios_desktop.domain.source import Pin
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.http.address import host_and_port

log = logging.getLogger(__name__)

_FACTS_S = 5.0


async def read_certificate(
    url: str, problem: TrustProblem | None, pin: Pin | None
) -> Certificate | None:
    """The certificate a server shows; None if there is none to be had.

    Connects without verification and sends nothing.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        async with asyncio.timeout(_FACTS_S):
            _, writer = await asyncio.open_connection(
                host, port, ssl=_for_looking(), server_hostname=host
            )
            try:
                shown: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
                der = shown.getpeercert(binary_form=True) if shown is not None else None
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    return None if der is None else describe(der, host_and_port(host, port), problem, pin)


def describe(
    der: bytes, address: str, problem: TrustProblem | None, pin: Pin | None
) -> Certificate | None:
    """The facts a person needs to decide. None if the bytes are no certificate."""
    try:
        return _described(der, address, problem, pin)
    except Exception as error:  # noqa: BLE001 (the library has many ways to refuse one)
        log.info("a certificate could not be read: %s", type(error).__name__)
        return None


def _described(
    der: bytes, address: str, problem: TrustProblem | None, pin: Pin | None
) -> Certificate:
    parsed = x509.load_der_x509_certificate(der)
    sha256 = hashlib.sha256(der).hexdigest()
    changed = pin is not None and pin.sha256 != sha256
    names = _names(parsed)
    return Certificate(
        address=address,
        sha256=sha256,
        issued_to=_common_name(parsed.subject) or ", ".join(names[:1]),
        issued_by=_common_name(parsed.issuer),
        valid_from=parsed.not_valid_before_utc,
        valid_until=parsed.not_valid_after_utc,
        names=names,
        pem=parsed.public_bytes(Encoding.PEM).decode(),
        problem=TrustProblem.CHANGED if changed else _problem(parsed, problem),
        trusted_before=pin.sha256 if changed and pin is not None else None,
    )


def _for_looking() -> ssl.SSLContext:
    looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    looking.check_hostname = False
    looking.verify_mode = ssl.CERT_NONE
    return looking


def _problem(parsed: x509.Certificate, problem: TrustProblem | None) -> TrustProblem:
    """The problem from the certificate itself: verification on macOS and Windows gives no code."""
    if problem not in (None, TrustProblem.OTHER):
        return problem
    now = datetime.now(UTC)
    if not parsed.not_valid_before_utc <= now <= parsed.not_valid_after_utc:
        return TrustProblem.EXPIRED
    if parsed.issuer == parsed.subject:
        return TrustProblem.SELF_SIGNED
    return TrustProblem.UNKNOWN_AUTHORITY


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = map(clean_line, found.get_values_for_type(x509.DNSName))
    return (*dns, *(str(ip) for ip in found.get_values_for_type(x509.IPAddress)))


def _common_name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return clean_line(str(attribute.value))
    return ""
