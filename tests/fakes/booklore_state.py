"""What such a server keeps: accounts, books, and the rows of each account."""

import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

Row = dict[str, Any]


@dataclass
class Person:
    """An account. `libraries` are those assigned to it; `koreader` is its user of that sync."""

    id: int
    name: str
    password: str
    libraries: set[int] = field(default_factory=set)
    admin: bool = False
    may_sync: bool = True
    koreader: Row | None = None


@dataclass
class Book:
    """A book with one EPUB file, whose id is the book's."""

    id: int
    title: str
    authors: tuple[str, ...] = ()
    hash: str = ""
    isbn13: str = ""
    isbn10: str = ""
    library: int = 1
    file: str = ""


@dataclass
class State:
    """Everything that is kept. Rows of every kind have an id of their own counting."""

    people: dict[int, Person] = field(default_factory=dict)
    books: dict[int, Book] = field(default_factory=dict)
    sessions: list[Row] = field(default_factory=list)
    annotations: list[Row] = field(default_factory=list)
    place_notes: list[Row] = field(default_factory=list)
    book_notes: list[Row] = field(default_factory=list)
    bookmarks: list[Row] = field(default_factory=list)
    shelves: list[Row] = field(default_factory=list)
    on_shelves: set[tuple[int, int]] = field(default_factory=set)  # (shelf, book)
    ratings: dict[tuple[int, int], int | None] = field(default_factory=dict)  # (person, book)
    counted: dict[str, int] = field(default_factory=dict)

    def next_id(self, kind: str) -> int:
        self.counted[kind] = self.counted.get(kind, 0) + 1
        return self.counted[kind]

    def shown_shelf(self, shelf: Row) -> Row:
        """As it is sent, with the number of books on it."""
        count = sum(number == shelf["id"] for number, _ in self.on_shelves)
        named = {name: value for name, value in shelf.items() if name != "publicShelf"}
        return {**named, "publicShelf": shelf.get("publicShelf", False), "bookCount": count}

    def named(self, name: str) -> Person | None:
        return next((one for one in self.people.values() if one.name == name), None)


def collated(text: str) -> str:
    """As the database compares: without letter case, accents and spaces at the end."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).rstrip(" ")


BOOKS = (
    Book(1, "Children's Literature", ("E. E. Clippinger",), "c673bbe3de7fd4595137316f41e8aec8"),
    Book(2, "Hefty Water", (), "dd3f1f27cbcdda5a1d593dd5e35c3f6a", library=2),
    Book(3, "Moby-Dick", ("Herman Melville",), "8e713a627bf8994bc77a82b6bd360cdf"),
    Book(4, "Torture", (), "2846c2edfa1853337a181e9f882f007a"),
    Book(5, "pkg-spine-order", ("Dave Cramer",), "fc585731c5f7f2777d210dd4d606861c"),
    Book(6, "Georgia", ("Various",), "83d732cad6e422db966a2fb8d56ae799"),
    Book(
        7,
        "The Salt Road",
        ("Mira Example",),
        "cabf24b465ac45eba712276c8ce2c9db",
        "9780306406157",
        file="salt-road.epub",
    ),
    Book(
        8,
        "Alice’s Adventures in Wonderland",
        ("Lewis Carroll",),
        "3a9802c650d911a385664a6977659da4",
        file="se-alice.epub",
    ),
    Book(9, "A First Course in Linear Algebra", (), "88724c030169373e8729f7c4bb071c39"),
    Book(10, "The Waste Land", ("T.S. Eliot",), "178a03cd563e005d3c4f6ac42219920c"),
    Book(11, "Trees", (), "c92510c72a5fd7b98513f96f89ce706e"),
    Book(12, "Live Systems Manual", (), "a036b3a77ed540ce676d0b4656f4350e"),
    Book(13, "River Ten", (), "66d279f690b17c38ba0cbbc950f51160", isbn10="043942089X"),
    Book(14, "Frankenstein", (), "0" * 31 + "e", file="se-frankenstein.epub"),
    Book(15, "Hamlet", (), "bf6a2f384a7bf68343435c4865cb63a5"),
)


def usual_state() -> State:
    """An administrator, the reader “mira” with the first library, and fifteen books."""
    state = State()
    state.people = {
        1: Person(1, "admin", "admin-password", {1, 2}, admin=True),
        2: Person(2, "mira", "a right password", {1}),
        3: Person(3, "plain", "plain-password", {1}, may_sync=False),
        4: Person(4, "empty", "empty-password"),
    }
    state.books = {book.id: replace(book) for book in BOOKS}
    state.counted["shelves"] = 6  # two of each of the first three accounts
    state.shelves = [
        {"id": 2, "name": "Favorites", "icon": "heart", "iconType": "PRIME_NG", "userId": 2},
        {"id": 6, "name": "Kobo", "icon": "pi pi-tablet", "iconType": "PRIME_NG", "userId": 2},
    ]
    return state
