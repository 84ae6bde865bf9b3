"""Every client, with words nobody should send in each field: what it makes of them is clean."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.publication import TocEntry
from kios_desktop.ui.kit.error_texts import explain, explain_catalog
from tests.books import write_book
from tests.every_client import EveryClient
from tests.fakes import opds_feeds
from tests.fakes.given import reply
from tests.hostile_words import NASTY, unclean
from tests.odd_answers import made_answers


def test_the_check_looks_into_named_tuples() -> None:
    assert unclean(TocEntry(NASTY, "a.xhtml"))
    assert not unclean(TocEntry("A clean title", "a.xhtml"))


SHELF = json.dumps(
    [
        {
            "NewEntitlement": {
                "BookEntitlement": {"Id": "b", "Accessibility": "Full"},
                "BookMetadata": {
                    "EntitlementId": "b",
                    "Title": "T",
                    "ContributorRoles": [{"Name": "A"}],
                    "Description": "D",
                    "Series": {"Name": "S", "NumberFloat": 1.0},
                    "Publisher": {"Name": "P"},
                    "Language": "en",
                    "Isbn": "9",
                    "CoverImageId": "c",
                    "DownloadUrls": [{"Format": "EPUB3", "Url": "/d", "Size": 3}],
                },
            }
        },
        {"NewTag": {"Tag": {"Id": "t", "Name": "Shelf", "Items": [{"RevisionId": "b"}]}}},
    ]
).encode()
AUTHENTICATION = json.dumps(
    {
        "id": "/auth",
        "title": "T",
        "description": "D",
        "authentication": [
            {"type": "http://opds-spec.org/auth/basic", "labels": {"login": "L", "password": "P"}}
        ],
    }
).encode()
ACCOUNT = json.dumps(
    [
        {
            "id": 1,
            "bookId": 7,
            "cfi": "epubcfi(/6/4!/4)",
            "text": "t",
            "note": "n",
            "color": "#FACC15",
            "style": "highlight",
            "chapterTitle": "c",
            "title": "T",
            "content": "C",
            "noteContent": "N",
            "selectedText": "S",
            "notes": "n",
            "name": "Shelf",
            "createdAt": "2026-11-29T07:02:38",
            "updatedAt": "2026-11-29T07:02:38",
            "startLocation": "1",
            "endLocation": "2",
            "hash": "h",
            "matchScore": 1.0,
            "metadata": {"title": "T", "authors": ["A"], "isbn13": "9", "isbn10": "X"},
            "primaryFile": {"id": 7, "fileName": "f.epub"},
        }
    ]
).encode()
ERROR = b'{"message": "M", "title": "T", "detail": "D", "type": "x", "error": "e"}'
ATOM = opds_feeds.calibre([opds_feeds.calibre_entry(1), opds_feeds.calibre_web_entry(2)])
PAGE = b"<html><head><title>T</title></head><body><input type='password'/></body></html>"


@pytest.fixture
async def clients(tmp_path: Path) -> AsyncIterator[EveryClient]:
    path = write_book(tmp_path / "book.epub", "<p>One.</p>", "<p id='a'>Two words.</p><p>3</p>")
    opened = open_publication(path, None)
    opened.places.measure()
    made = EveryClient(opened.places, tmp_path)
    yield made
    await made.session.aclose()
    await made.http.aclose()
    opened.close()


def in_json(body: bytes) -> Iterator[bytes]:
    """The document with nasty words in each of its fields in turn, alone and behind what was there.

    Of a list one element is enough.
    """
    document = json.loads(body)
    spots: dict[str, tuple[Any, Any]] = {}

    def look(value: Any, path: str) -> None:
        keys = value if isinstance(value, dict) else range(len(value))
        for key in list(keys):
            one, there = value[key], f"{path}/{key if isinstance(key, str) else ''}"
            if isinstance(one, dict | list):
                look(one, there)
            elif isinstance(one, str):
                spots.setdefault(there, (value, key))

    look(document, "")
    for value, key in spots.values():
        before = value[key]
        for nasty in (NASTY, before + NASTY):
            value[key] = nasty
            yield json.dumps(document).encode()
        value[key] = before


def in_xml(body: bytes) -> Iterator[bytes]:
    """The same for each text and each attribute of a document of XML."""
    text = body.decode()
    references = "".join(f"&#{ord(c)};" if c > "\x7f" or c < " " else c for c in NASTY)
    raw = NASTY.encode("utf-8", "surrogatepass").replace(b"\x00", b"")
    for match in re.finditer(r'>([^<>]*[^<>\s][^<>]*)<|="([^"]*)"', text):
        start, end = match.span(1 if match[1] is not None else 2)
        yield (text[:end] + references + text[end:]).encode()
        yield text[:start].encode() + raw + text[end:].encode()


async def made_of(clients: EveryClient, status: int, body: bytes, asked: str) -> list[str]:
    """What is not clean in what the clients make of an answer."""
    found: list[str] = []
    for kind in ("application/json", "text/plain"):
        said = reply(status, {"content-type": kind}, body)
        clients.http.says = clients.session.says = said
        for name, ask in clients.readers().items():
            if not name.startswith(asked):
                continue
            try:
                value: object = await ask()
            except KiosError as error:
                value = [
                    f"{words.title} {words.text}"
                    for words in (explain(error, NASTY), explain_catalog(error, NASTY))
                ]
                assert not any(c in str(value) for c in "\u202e\x00\x1b"), name
            found += [f"{name} {one}" for one in unclean(value)]
    return found


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        *((answer.body, "") for answer in made_answers() if answer.body[:1] in (b"{", b"[")),
        (SHELF, "kobo"),
        (ACCOUNT, "account"),
        (ACCOUNT[1:-1], "account"),
        (b'{"content": %s, "page": {}}' % ACCOUNT, "account"),
        (b'{"username": "mira-ko", "password": "p", "oidcEnabled": false}', "account"),
        (AUTHENTICATION, "opds"),
        (opds_feeds.komga_series("http://127.0.0.1:9"), "opds"),
    ],
    ids=lambda value: value[:24].decode() if isinstance(value, bytes) else None,
)
async def test_in_every_field_of_json(clients: EveryClient, body: bytes, asked: str) -> None:
    for changed in in_json(body):
        assert await made_of(clients, 200, changed, asked) == []


async def test_in_every_field_of_a_feed(clients: EveryClient) -> None:
    for changed in in_xml(ATOM):
        assert await made_of(clients, 200, changed, "opds") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
async def test_in_what_an_error_says(clients: EveryClient, status: int) -> None:
    for changed in (*in_json(ERROR), *in_xml(PAGE), NASTY.encode("utf-8", "surrogatepass")):
        assert await made_of(clients, status, changed, "") == []
