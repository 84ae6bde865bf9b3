"""Which certificates are trusted.

Those of the system's store; or, for a source with a pin, exactly the pinned certificate.
Verification is never switched off for a connection that carries data.
"""

import contextlib
import hashlib
import ssl

import truststore

from kios_desktop.domain.source import Pin

_IGNORE_DATES = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the person saw the dates and trusted it


class Untrustworthy(ssl.SSLCertVerificationError):
    """The server's certificate is not the pinned one."""


def context(pin: Pin | None) -> ssl.SSLContext:
    """The TLS context of one source. Blocking: loads the system's certificates."""
    if pin is None:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname = False  # the fingerprint identifies the server
    with contextlib.suppress(ssl.SSLError, ValueError, TypeError):  # damaged: nothing is trusted
        trust.load_verify_locations(cadata=pin.pem)
    # The pinned certificate may be a leaf of a private authority we don't have
    trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trust.verify_flags = ssl.VerifyFlags(trust.verify_flags | _IGNORE_DATES)
    trust.sslobject_class = _pinned_to(pin.sha256)
    return trust


def _pinned_to(sha256: str) -> type[ssl.SSLObject]:
    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = self.getpeercert(binary_form=True) or b""
            if hashlib.sha256(shown).hexdigest() != sha256:
                raise Untrustworthy("not the pinned certificate")

    return Pinned
