"""Certificates made on the spot, as a home server makes its own."""

import hashlib
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kios_desktop.domain.source import Pin


@dataclass(frozen=True)
class Identity:
    """A certificate with its key; `signer` signed it, or it did itself."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def pin(self) -> Pin:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return Pin(hashlib.sha256(der).hexdigest(), self.pem, "2026-11-21")

    def context(self) -> ssl.SSLContext:
        """For a server that shows this certificate."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.pem"
            path.write_text(key + self.pem, encoding="ascii")
            made.load_cert_chain(path)
        return made


def identity(
    name: str = "127.0.0.1",
    signer: Identity | None = None,
    valid: tuple[int, int] = (-1, 30),
    authority: bool = False,
    issued_to: str = "",
) -> Identity:
    """`valid` are days from now; `issued_to` is the common name, the host's unless given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issued_to or name)])
    now = datetime.now(UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(IPv4Address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=valid[0]))
        .not_valid_after(now + timedelta(days=valid[1]))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer.key if signer else key, hashes.SHA256())
    )
    return Identity(certificate, key)
