"""Which book is it: for certain, from a list, or none; never guessed."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from kios_desktop.domain.accounts import Capabilities, FoundBy
from kios_desktop.domain.errors import Refusal, Rejected
from kios_desktop.protocols.booklore import (
    BookloreClient,
    Choices,
    Evidence,
    MatchedBook,
    agrees,
    capabilities,
    id_in,
    id_of_entitlement,
    id_of_entry,
    match,
)
from kios_desktop.protocols.booklore.identity import isbn_of, same_isbn, same_title, share_author
from tests.fakes.booklore_server import BookloreServer
from tests.fakes.booklore_state import Book
from tests.protocols.booklore.accounts import KeptSecrets, signing_in

SALT = Evidence("The Salt Road", ("Example, Mira",), ("978-0-306-40615-7",))


@pytest.fixture(params=["PF", "GR3", "BL2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    async with BookloreServer(request.param) as made:
        yield made


@pytest.fixture
async def client(server: BookloreServer) -> AsyncIterator[BookloreClient]:
    async with signing_in(server) as made:
        yield made


async def found(
    client: BookloreClient, evidence: Evidence, server_changed: bool = False
) -> MatchedBook | Choices:
    return await match(client.books, await capabilities(client), evidence, server_changed)


def searched(server: BookloreServer) -> list[dict[str, list[str]]]:
    """The queries of the fork's search, without that of the probe."""
    queries = [urlsplit(one.path) for one in server.asked if "/api/v1/books/search" in one.path]
    return [parse_qs(one.query) for one in queries if parse_qs(one.query)]


async def test_the_id_that_came_with_the_book_is_enough(
    server: BookloreServer, client: BookloreClient
) -> None:
    it = await found(client, Evidence("Another title", server_id=8, document_hash="x" * 32))
    assert isinstance(it, MatchedBook)
    assert (it.book.id, it.by) == (8, FoundBy.ID)
    assert not searched(server)


async def test_an_id_of_a_changed_server_counts_only_if_something_agrees(
    client: BookloreClient,
) -> None:
    moved = Evidence("The Salt Road", isbns=("9780306406157",), server_id=8)
    it = await found(client, moved, server_changed=True)
    assert not (isinstance(it, MatchedBook) and it.by is FoundBy.ID)
    same = await found(client, Evidence("the salt road!", server_id=7), server_changed=True)
    assert isinstance(same, MatchedBook)
    assert (same.book.id, same.by) == (7, FoundBy.ID)


@pytest.mark.parametrize("gone", [4242, 2])
async def test_an_id_that_is_gone_or_not_for_us_is_passed_over(
    server: BookloreServer, client: BookloreClient, gone: int
) -> None:
    it = await found(client, Evidence("The Salt Road", isbns=("0306406152",), server_id=gone))
    if server.variant.name == "BL2":
        assert it == Choices()
    else:
        assert isinstance(it, MatchedBook)
        assert (it.book.id, it.by) == (7, FoundBy.ISBN)


async def test_the_hash_where_there_is_one(server: BookloreServer, client: BookloreClient) -> None:
    it = await found(client, Evidence("?", document_hash=server.state.books[8].hash))
    if server.variant.fork:
        assert isinstance(it, MatchedBook)
        assert (it.book.id, it.by) == (8, FoundBy.HASH)
    else:
        assert it == Choices()


async def test_a_hash_that_two_books_have_decides_nothing() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        server.state.books[9].hash = server.state.books[8].hash
        it = await found(client, Evidence("?", document_hash=server.state.books[8].hash))
        assert it == Choices()


async def test_an_isbn_goes_out_alone_and_normalised() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        it = await found(client, Evidence("x", isbns=("urn:isbn:0-439-42089-x", "none")))
        assert isinstance(it, MatchedBook)
        assert (it.book.id, it.by) == (13, FoundBy.ISBN)
        assert searched(server) == [{"isbn": ["043942089X"]}]


@pytest.mark.parametrize("isbn", ["", "abc", "978", "0000000000", "9780306406158"])
async def test_an_isbn_that_is_none_finds_no_book(isbn: str) -> None:
    """Without digits every book without an ISBN has the score 1."""
    async with BookloreServer("PF") as server, signing_in(server) as client:
        it = await found(client, Evidence("zzzz", isbns=(isbn,)))
        assert it == Choices()


async def test_an_isbn_that_two_books_have_is_a_choice(
    server: BookloreServer, client: BookloreClient
) -> None:
    server.state.books[16] = Book(16, "The Salt Road", ("Mira Example",), "1" * 32, "9780306406157")
    it = await found(client, SALT)
    assert isinstance(it, Choices)
    expected = [] if server.variant.name == "BL2" else [7, 16]
    assert sorted(book.id for book in it.books) == expected


@pytest.mark.parametrize("title", ["zzzz", "The Salt Road"])
async def test_one_of_two_books_with_an_isbn_is_not_guessed(title: str) -> None:
    """Neither by another ISBN, which only one of them has, nor by its title."""
    async with BookloreServer("PF") as server, signing_in(server) as client:
        server.state.books[7].isbn10 = "0306406152"
        server.state.books[16] = Book(16, "Crossing", ("M",), "1" * 32, "9780306406157")
        it = await found(client, Evidence(title, isbns=("9780306406157", "0306406152")))
        assert isinstance(it, Choices)


async def test_two_isbns_of_two_books_are_a_choice() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        it = await found(client, Evidence("zzzz", isbns=("9780306406157", "043942089X")))
        assert it == Choices()


async def test_a_file_with_a_thousand_isbns_costs_few_requests() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        many = tuple(f"978{number:010}" for number in range(1000))
        assert await found(client, Evidence("zzzz", isbns=many)) == Choices()
        assert len(searched(server)) < 10


async def test_an_equal_title_is_never_enough(
    server: BookloreServer, client: BookloreClient
) -> None:
    it = await found(client, Evidence("The Salt Road", ("Mira Example",)))
    assert isinstance(it, Choices)
    expected = [] if server.variant.name == "BL2" else [7]
    assert [book.id for book in it.books] == expected


async def test_the_likeliest_comes_first() -> None:
    async with BookloreServer("GR3") as server, signing_in(server) as client:
        server.state.books[3].title = "The Salt Road, part two"
        server.state.books[5].title = "The Salt Road"
        it = await found(client, Evidence("The salt road", ("Example, Mira",)))
        assert isinstance(it, Choices)
        assert [book.id for book in it.books] == [7, 5, 3]


async def test_a_wrong_password_is_not_taken_for_none() -> None:
    async with BookloreServer("PF") as server, signing_in(server, KeptSecrets("x")) as client:
        with pytest.raises(Rejected) as raised:
            await match(client.books, Capabilities(), Evidence("x", server_id=8))
    assert raised.value.refusal is Refusal.CREDENTIALS


async def test_no_title_and_no_isbn_ask_nothing(
    server: BookloreServer, client: BookloreClient
) -> None:
    assert await match(client.books, Capabilities(search=True), Evidence(" ")) == Choices()
    assert server.asked == []


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("978-0-306-40615-7", "9780306406157"),
        ("urn:isbn:9780306406157", "9780306406157"),
        ("ISBN 0 306 40615 2", "0306406152"),
        ("043942089x", "043942089X"),
        ("x43942089x", ""),
        ("1234567890123", ""),
        ("0000000000", ""),
        ("12345", ""),
        ("\u0661" * 13, ""),
    ],
)
def test_isbns(text: str, isbn: str) -> None:
    assert isbn_of(text) == isbn


def test_what_is_the_same() -> None:
    assert same_isbn(("0306406152",), ("978-0306406157",))
    assert same_isbn(("043942089X",), ("9780439420891",))
    assert not same_isbn(("", "abc"), ("", "abc"))
    assert same_title("Alice's Adventures", "ALICE’S  adventures.")
    assert not same_title("", "")
    assert not same_title("!", "?")
    assert share_author(("Carroll, Lewis",), ("X", "Lewis Carroll"))
    assert not share_author((), ("",))


def test_ids_in_text() -> None:
    assert id_of_entry("urn:booklore:book:42") == 42
    assert id_of_entry("urn:uuid:42") is None
    assert id_of_entitlement("42") == 42
    assert id_of_entitlement("6f0c-42") is None
    assert id_in(" 42 ") == 42
    assert id_in("https://books.example/grimmory/book/42?tab=view") == 42
    assert id_in("https://books.example/series/42") is None
    assert id_in("http://[x/") is None


async def test_agreement(client: BookloreClient) -> None:
    book = await client.books.get(7)
    assert book is not None
    assert agrees(book, SALT)
    assert agrees(book, Evidence("Something else", isbns=("9780306406157",)))
    assert agrees(book, Evidence("the salt road", isbns=("9781861972712",)))
    assert not agrees(book, Evidence("Something else"))
