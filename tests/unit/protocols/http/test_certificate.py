"""Trust on first use: refused with the facts, then exactly this certificate and no other."""

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from kios_desktop.domain.errors import Certificate, TrustProblem, Untrusted
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.http.certificate import describe
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.tls import Identity, identity


async def get(server: KosyncServer, pin: Pin | None = None) -> int:
    http = Http(pin)
    try:
        reply = await http.request(
            "GET", ServerUrl(server.origin + "/healthcheck"), route="healthcheck", cap_bytes=9999
        )
        return reply.status
    finally:
        await http.aclose()


async def refused(server: KosyncServer, pin: Pin | None = None) -> Certificate:
    with pytest.raises(Untrusted) as caught:
        await get(server, pin)
    assert caught.value.certificate is not None
    assert server.fake.requests == []  # not a byte of ours was sent
    return caught.value.certificate


async def test_a_self_signed_certificate_is_refused_with_its_facts() -> None:
    one = identity()
    async with KosyncServer(tls=one.context()) as server:
        shown = await refused(server)
        assert shown.problem is TrustProblem.SELF_SIGNED
        assert shown.sha256 == one.pin.sha256 and shown.pem == one.pem
        assert shown.address == f"127.0.0.1:{server.port}"
        assert shown.issued_to == shown.issued_by == "127.0.0.1"
        assert shown.names == ("127.0.0.1",)
        assert shown.valid_until is not None and shown.valid_until > datetime.now(UTC)


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (identity(valid=(-30, -1)), TrustProblem.EXPIRED),
        (identity("other.example"), TrustProblem.SELF_SIGNED),
        (
            identity(signer=identity("Home CA", authority=True)),
            TrustProblem.UNKNOWN_AUTHORITY,
        ),
    ],
    ids=["expired", "another name", "unknown authority"],
)
async def test_once_trusted_a_certificate_works(one: Identity, problem: TrustProblem) -> None:
    async with KosyncServer(tls=one.context()) as server:
        shown = await refused(server)
        assert shown.problem in (problem, TrustProblem.SELF_SIGNED)
        assert await get(server, Pin(shown.sha256, shown.pem, "2026-11-21")) == 412


async def test_a_changed_certificate_is_refused_and_both_are_named() -> None:
    old, new = identity(), identity()
    async with KosyncServer(tls=new.context()) as server:
        shown = await refused(server, old.pin)
        assert shown.problem is TrustProblem.CHANGED
        assert (shown.trusted_before, shown.sha256) == (old.pin.sha256, new.pin.sha256)


async def test_what_a_pinned_certificate_signed_is_not_trusted() -> None:
    """A pin is one certificate, even if it could act as an authority."""
    pinned = identity("Home CA", authority=True)
    async with KosyncServer(tls=identity(signer=pinned).context()) as server:
        assert (await refused(server, pinned.pin)).problem is TrustProblem.CHANGED


async def test_a_server_without_encryption_behind_https_is_no_certificate_matter() -> None:
    from kios_desktop.domain.errors import Unreachable

    async with KosyncServer() as server:
        url = ServerUrl(server.origin.replace("http:", "https:"))
        http = Http()
        with pytest.raises(Unreachable) as caught:
            await http.request("GET", url, route="x", cap_bytes=9)
        await http.aclose()
        assert not isinstance(caught.value, Untrusted)


@contextlib.contextmanager
def trusted_by_the_system(authority: Identity, folder: Path) -> Iterator[None]:
    """As if this authority's certificate were in the store of this computer."""
    file, before = folder / "system.pem", os.environ.get("SSL_CERT_FILE")
    file.write_text(authority.pem, encoding="ascii")
    os.environ["SSL_CERT_FILE"] = str(file)
    try:
        yield
    finally:
        del os.environ["SSL_CERT_FILE"]
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


@pytest.mark.skipif(sys.platform != "linux", reason="the system's store is not a file there")
@pytest.mark.parametrize("name", ["127.0.0.1", "other.example", "127.0.0.2"])
async def test_a_certificate_of_a_good_authority_counts_for_its_own_name_only(
    name: str, tmp_path: Path
) -> None:
    authority = identity("Good CA", authority=True)
    with trusted_by_the_system(authority, tmp_path):
        async with KosyncServer(tls=identity(name, signer=authority).context()) as server:
            if name == "127.0.0.1":
                assert await get(server) == 412
            else:
                assert (await refused(server)).problem is TrustProblem.WRONG_NAME


@pytest.mark.parametrize("pem", ["", "no certificate", "\ud83d", "é"])
async def test_a_pin_that_is_damaged_trusts_nothing(pem: str) -> None:
    one = identity()
    async with KosyncServer(tls=one.context()) as server:
        shown = await refused(server, replace(one.pin, pem=pem))
        assert shown.sha256 == one.pin.sha256


def test_the_words_of_a_certificate_are_clean() -> None:
    one = identity("a\0.example", issued_to="a\0.example \u202egro.elpmaxe\nb")
    shown = describe(one.certificate.public_bytes(Encoding.DER), "nas:443", None, None)
    assert shown is not None
    assert shown.issued_to == shown.issued_by == "a.example gro.elpmaxe b"
    assert shown.names == ("a.example",)


def test_a_damaged_certificate_is_described_or_not() -> None:
    der = identity("nas.example").certificate.public_bytes(Encoding.DER)
    for at in range(len(der)):
        describe(der[:at] + bytes([der[at] ^ 0x15]) + der[at + 1 :], "nas:443", None, None)
