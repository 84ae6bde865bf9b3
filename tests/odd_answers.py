"""Malformed responses of servers: recorded ones with random changes.

The changes know JSON and headers, so that most of them get past the first look; some are of bytes.
"""

import gzip
import json
import random
import zlib
from dataclasses import dataclass
from typing import Any

from tests.fakes import opds_feeds
from tests.hostile_words import NASTY
from tests.transcripts import PROTOCOLS, RECORDED, answers

VALUES = (
    *(b"null", b"true", b"false", b"0", b"-0.0", b"1", b"-1", b"2", b"7", b"100", b"150", b"62098"),
    *(b"1.0000001", b"1.0011", b"100.05", b"1e-320", b"1e308", b"1e309", b"-1e999", b"1e400"),
    *(b"NaN", b"Infinity", b"-Infinity", b"9" * 17, b"9" * 19, b"9" * 400, b"9" * 5000),
    *(b"99999999999", b"99999999999999", b"-62135596800", b"253402300799", b"253402300800000"),
    *(b'""', b'" "', b'"x"', b'"0.25"', b'"NaN"', b'"-1"', b'"1_000"', b'"\\u0661"'),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"a\\ud83d"', b'"\\u0000"', b'"\\ufffe"', b'"\xff\xfe"'),
    *(b'"9999-12-31"', b'"9999-12-31T23:59:59-12:00"', b'"0001-01-01T00:00:00+14:00"'),
    *(b'"99999999999-01-01T00:00:00Z"', b'"2026-02-30T25:61:61Z"', b'"20261121T214306Z"'),
    *(b'"2026-11-21T21:43:06.123456789Z"', b'"2026-W10-1"', b'"Fri, 31 Dec 9999 23:59:59 GMT"'),
    *(b'"http://[x/"', b'"http://a:99999999/"', b'"//"', b'"%"', b'"%ff%zz"', b'"\\\\\\\\x\\\\y"'),
    *(b'"javascript:alert(1)"', b'"http://\\u212a/kobo/x/y"', b'"/kobo/x/' + b"y" * 3000 + b'"'),
    *(b'"/body/DocFragment[0]"', b'"/body/DocFragment[' + b"9" * 400 + b']/body/p[1]"'),
    *(b'"/body/DocFragment[2]/body/p[' + b"1" * 5000 + b']/text().9"', b'"kobo.0.0"'),
    *(
        b'"kobo.' + b"9" * 400 + b'.1"',
        b'"epubcfi(/6/' + b"4" * 5000 + b')"',
        b'"#"',
        b'"' + b"\\u00e9" * 900 + b'"',
    ),
    json.dumps(NASTY).encode(),
    b'"' + NASTY.encode("utf-8", "surrogatepass") + b'"',
    *(b"[]", b"{}", b"[[]]", b"[{}]", b"[null]", b'{"":null}', b'[1,"a",null,{}]'),
    b"[" * 150 + b"]" * 150,
    b"[" * 900 + b"]" * 900,
    b"[" * 4000 + b"]" * 4000,
    b'{"a":' * 4000 + b"1" + b"}" * 4000,
)
PIECES = (
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"\\",
        b"\\u",
        b"\\ud800",
        b"NaN",
        b"\x00",
        b"\xff",
    ),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"<", b">", b"</", b"<html", b"<!DOCTYPE html>", b"<feed>"),
    *(b"<entry>", b"</entry>", b"<!ENTITY x 'y'>", b"<![CDATA[", b"]]>", b"<!--", b"<?xml", b"&"),
    *(b"&#xD800;", b"&#99999999999;", b"&x;", b"xmlns:a='", b"xml:base='http://[x'", b"\x0b"),
    *(b"<link rel='next' href='http://[x'/>", b"<updated>9999-12-31T23:59:59-12:00</updated>"),
    *(
        b"<title><b>",
        b'<input type="password">',
        b"\r\n",
        b"\xc3",
        b"\xed\xa0\x80",
        b"{?x}",
        b"%7B",
    ),
)
DATES = (
    *("Sun, 29 Nov 2026 12:01:38 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "", "0", "-1", "soon"),
    *("Fri, 31 Dec 9999 23:59:59 -2300", "Fri, 01 Jan 99999999999 00:00:00 GMT", "1 Jan 0 0:0 +1"),
    *("Fri, 01 Jan 2026 00:00:00 +9999", "9" * 400, "1e9", "\u0661\u0662", "( ", "Mon, 1", ", ,"),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "date": DATES,
    "retry-after": DATES,
    "last-modified": DATES,
    "content-type": (
        *("text/html", "application/json", "text/plain", "application/atom+xml; charset=rot13"),
        *("application/atom+xml; charset=utf-7", "x", "", ";;;", "application/opds+json", "\xe9"),
        *(
            "application/xml; charset=idna",
            "application/xml; charset=unicode_escape",
            "application/xml; charset=undefined",
            "application/xml; charset=base64",
            "image/png",
        ),
    ),
    "location": (
        *(
            "",
            "/",
            "//",
            "http://[x/",
            "http://a:b/",
            "http://\u212aobo.com/",
            "https://kobo.com/x",
        ),
        *(
            "https://storeapi.kobo.com/v1/library/x/state",
            "ftp://x/",
            "/login",
            "?",
            "#",
            "\\\\a\\b",
        ),
        *("http://" + "a" * 300 + ".example/", "http://xn--a/", "http://.", "/" + "x" * 20000, "%"),
        *("http://1.2.3.4.5/", "http://[::1]:0/", "http://a@b@c/", "http://\xfc.example/\xe9"),
    ),
    "www-authenticate": (
        *(
            'Basic realm="x"',
            "Digest",
            'Digest realm="x", nonce="y"',
            "Bearer",
            ",",
            '"',
            "=",
            "\xe9",
        ),
        *('Digest realm="x", nonce="y", algorithm=SHA-512-256, qop="auth-int"',),
        *('Digest nonce="\xe9", realm="", qop=""', 'Digest realm="x", nonce="y", stale=TRUE'),
    ),
    "set-cookie": (
        *(
            "a=b",
            "a=b; Path=/; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
            "=",
            ";",
            "a=b; Domain=.",
            "\xe9",
        ),
        *("a=b; Max-Age=" + "9" * 400, "a=b; Expires=" + "9" * 30, 'a=b; Version=x; Port="y"', "a"),
    ),
    "x-kobo-synctoken": ("", "x", "KOMGA.", "BOOKLORE.\xe9", "e30=", "\xff", "z1:", "bnVsbA=="),
    "x-kobo-sync": ("continue", "", "\xe9"),
    "etag": ('"', '"x"', 'W/"x"', "\xe9", ""),
    "accept-ranges": ("bytes", "none", "\xe9"),
    "content-range": ("bytes 0-1/2", "bytes */5", "bytes 5-1/" + "9" * 30, "x"),
    "content-disposition": (
        'attachment; filename="a.epub"',
        "filename*=x'y'%ff",
        "filename*=idna'y'%ff%c3",
        "filename*=undefined''a",
        "filename*=base64''a",
        "\xe9",
        "=?x?q?y?=",
    ),
    "x-content-type-options": ("nosniff",),
}
STATUSES = (
    *(200, 200, 200, 200, 200, 200, 200, 200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400),
    *(401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 415, 416, 422, 425, 429, 500, 501, 502),
    *(503, 504, 511, 599),
)


@dataclass(frozen=True)
class Answer:
    """One answer; the body is as it would be after decompression."""

    status: int
    headers: dict[str, str]
    body: bytes


def made_answers() -> list[Answer]:
    """Good answers to questions about places and to a catalog."""
    state = (
        b'[{"EntitlementId":"b","LastModified":"2026-11-29T12:26:35Z","CurrentBookmark":'
        b'{"LastModified":"2026-11-29T12:26:35Z","ProgressPercent":36.4,'
        b'"ContentSourceProgressPercent":51,"Location":{"Value":"kobo.2.1","Type":"KoboSpan",'
        b'"Source":"EPUB/chapter0002.xhtml"}},"StatusInfo":{"Status":"Reading"}}]'
    )
    bodies = [
        b'{"document":"0","progress":"/body/DocFragment[2]/body/p[1]/text().3","percentage":0.31,'
        b'"device":"Phone","device_id":"X","timestamp":1795297386}',
        b'{"document":"0","timestamp":"2026-11-21T21:43:06Z"}',
        b'{"authorized":"OK"}',
        state,
        b'{"modified":"2026-11-29T12:26:23.619Z","device":{"id":"urn:uuid:1","name":"Phone"},'
        b'"locator":{"href":"EPUB/chapter0002.xhtml","type":"application/xhtml+xml","locations":'
        b'{"fragments":["a"],"progression":0.58,"position":83,"totalProgression":0.37},'
        b'"text":{"after":"and","before":"or"},"koboSpan":"kobo.2.1"}}',
        b'{"title":"One","modified":"2026-08-17T07:33:32Z","device":{"id":"urn:x","name":"Phone"},'
        b'"progression":0.09,"references":["EPUB/chapter0002.xhtml#a"]}',
        b'{"RequestResult":"Success","UpdateResults":[{"EntitlementId":"b","LastModified":'
        b'"2026-11-29T12:26:35Z"}]}',
        b'{"positions":[{"href":"EPUB/chapter0002.xhtml","locations":{"progression":0.5}}]}',
        b"",
        opds_feeds.komga_series("http://127.0.0.1:9"),
    ]
    return [Answer(200, {"date": DATES[0]}, body) for body in bodies]


def seeds() -> list[Answer]:
    """What the changes begin with: recorded answers where there are any, and some made ones."""
    made = made_answers()
    if not RECORDED.is_dir():
        return made
    recorded = [
        Answer(one.status, dict(one.headers), one.body)
        for protocol in PROTOCOLS
        for one in answers(protocol)
        if one.headers or b"ercent" in one.body
    ]
    # places and states are what matters most; each is there several times
    return [*recorded, *made * max(1, len(recorded) // (2 * len(made)))]


def changed(answer: Answer, random: random.Random) -> Answer:
    """With one to four changes."""
    status, headers, body = answer.status, dict(answer.headers), answer.body
    for _ in range(random.randint(1, 4)):
        kind = random.random()
        if kind < 0.5:
            body = _other_value(body, random)
        elif kind < 0.62:
            body = _other_bytes(body, random)
        elif kind < 0.85:
            name = random.choice(list(HEADERS))
            headers[name] = random.choice(HEADERS[name])
        else:
            status = random.choice(STATUSES)
    return Answer(status, headers, body)


def packed(answer: Answer, random: random.Random) -> tuple[dict[str, str], bytes]:
    """Headers and body as they go over the wire: sometimes compressed, sometimes not quite."""
    headers, body = dict(answer.headers), answer.body
    kind = random.random()
    if kind < 0.6:
        return headers, body
    headers["content-encoding"] = random.choice(
        ("gzip", "deflate", "x-gzip", "br", "identity", "é")
    )
    if kind < 0.9:
        body = gzip.compress(body) if random.random() < 0.7 else zlib.compress(body)
    return headers, _other_bytes(body, random) if kind > 0.8 else body


def _other_value(body: bytes, random: random.Random) -> bytes:
    """Another value somewhere in JSON; else other bytes."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _other_bytes(body, random)
    spots: list[tuple[Any, Any]] = []
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        keys = (
            list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        )
        for key in keys:
            spots.append((one, key))
            waiting.append(one[key])
    odd = random.choice(VALUES)
    if not spots or random.random() < 0.02:
        return odd
    where, key = random.choice(spots)
    if random.random() < 0.08 and isinstance(where, dict):
        del where[key]
        return json.dumps(value).encode()
    where[key] = "\x01here\x01"
    text = json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    return text.replace(b'"\\u0001here\\u0001"', odd)


def _other_bytes(body: bytes, random: random.Random) -> bytes:
    at, end = sorted(random.randint(0, len(body)) for _ in range(2))
    kind = random.random()
    if kind < 0.35:
        return body[:at] + random.choice(PIECES) + body[at:]
    if kind < 0.5:
        return body[:at] + body[end:]
    if kind < 0.65:
        return body[:end] + body[at:end] + body[end:] if end - at < 20_000 else body
    if kind < 0.8:
        return body[:at]
    if kind < 0.95:
        return body[:at] + bytes([random.randrange(256)]) + body[at + 1 :]
    return random.randbytes(random.randint(0, 200))
