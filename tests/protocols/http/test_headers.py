"""Headers and bodies in all their forms, without a server."""

import gzip
import zlib
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import (
    LONGEST_RETRY_AFTER_S,
    Credentials,
    challenges,
    origin_of,
    retry_after_s,
)
from kios_desktop.protocols.http.body import read
from kios_desktop.protocols.http.credentials import Digest, plain_headers
from kios_desktop.protocols.http.reply import clock, http_date


@pytest.mark.parametrize(
    ("header", "schemes"),
    [
        ("", []),
        ('Basic realm="x"', ["basic"]),
        ("Digest", ["digest"]),
        ("Bearer, Basic realm=x", ["bearer", "basic"]),
        ('Basic realm="a, Digest b", Digest realm="x", nonce="y,z"', ["basic", "digest"]),
        ("Negotiate, NTLM , BASIC", ["negotiate", "ntlm", "basic"]),
        ('Basic realm="not closed', ["basic"]),
    ],
)
def test_every_scheme_of_a_challenge_is_seen(header: str, schemes: list[str]) -> None:
    assert [one.scheme for one in challenges(header)] == schemes


def test_parameters_are_unquoted() -> None:
    [one] = challenges(r'Digest realm = "a \"b\"", nonce=n1, QOP="auth,auth-int"')
    assert one.parameters == {"realm": 'a "b"', "nonce": "n1", "qop": "auth,auth-int"}


@given(st.text(max_size=5000))
def test_any_challenge_is_read(header: str) -> None:
    challenges(header)


@example('realm="Bücher", nonce="x"')
@example('realm="x", nonce="\u20ac"')
@given(st.text(alphabet='Digest realm=",nonce\\xé', max_size=200))
def test_no_challenge_breaks_digest(text: str) -> None:
    digest = Digest(Credentials(AuthMethod.DIGEST, "u", Secret("p")))
    try:
        digest.challenged("Digest " + text, False, "GET", "http://h/")
    except Malformed:
        return


def test_names_and_passwords_are_utf8() -> None:
    [(name, value)] = plain_headers(Credentials(AuthMethod.BASIC, "ann", Secret("pä:ß")))
    assert (name, value) == (b"authorization", b"Basic YW5uOnDDpDrDnw==")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e400", None),
        ("3601", LONGEST_RETRY_AFTER_S),
        ("99999999999", LONGEST_RETRY_AFTER_S),
        ("9" * 5000, LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 9999 23:59:59 -2300", LONGEST_RETRY_AFTER_S),
        ("Fri, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0),
        ("\u0661\u0662", None),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_in_both_forms(text: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert retry_after_s({"retry-after": text}, now) == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 29 Nov 2026 12:01:38 GMT", datetime(2026, 11, 29, 12, 1, 38, tzinfo=UTC)),
        ("Sunday, 29-Nov-26 12:01:38 GMT", datetime(2026, 11, 29, 12, 1, 38, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Fri, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 01 Jan 2026 00:00:00 +9999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_clock_that_cannot_be_is_none(text: str, expected: datetime | None) -> None:
    assert clock({"date": text}) == expected


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    http_date(text)
    retry_after_s({"retry-after": text, "date": text}, None)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://Nas.Example/x", "http://nas.example"),
        ("https://nas.example:443", "https://nas.example"),
        ("http://nas.example:8080/", "http://nas.example:8080"),
        ("http://[::1]:80/x", "http://[::1]"),
        ("http://u:p@nas.example/x", "http://nas.example"),
        ("ftp://nas.example/x", None),
        ("//nas.example", None),
        ("http://", None),
        ("http://nas:port/", None),
        ("http://[::1/", None),
    ],
)
def test_the_origin_of_an_address(url: str, origin: str | None) -> None:
    found = origin_of(ServerUrl(url))
    assert (found.text if found else None) == origin


class Parts(httpx.AsyncByteStream):
    def __init__(self, content: bytes, size: int) -> None:
        self.parts = [content[at : at + size] for at in range(0, len(content), size)]

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for part in self.parts:
            yield part


def packed(content: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(content)
    packer = zlib.compressobj(wbits=15 if encoding == "deflate" else -15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("size", [1, 7, 4096, 10**9])
@pytest.mark.parametrize("content", [b"", b"x", bytes(200_000), bytes(range(256)) * 300])
async def test_any_body_in_any_parts_comes_out_whole(
    encoding: str, size: int, content: bytes
) -> None:
    named = "gzip" if encoding == "gzip" else "deflate"
    stream = Parts(packed(content, encoding), size)
    answer = httpx.Response(200, headers={"content-encoding": named}, stream=stream)
    assert await read(answer, len(content) + 1000) == content


@given(st.binary(max_size=200))
async def test_rubbish_is_refused_or_read(content: bytes) -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Parts(content, 10))
    try:
        await read(answer, 10_000)
    except Malformed:
        return
