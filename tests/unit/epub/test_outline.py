"""Kept outlines: the same answer as the book, for exactly that file, and never a wrong one."""

import os
from pathlib import Path

import msgspec
import pytest

from kios_desktop.domain.errors import Unreadable
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import outline
from kios_desktop.epub.container import Container
from kios_desktop.epub.outline import keep_outline, kept_outline, outline_path, read_or_keep
from kios_desktop.epub.package import read_publication
from tests.books import write_book


def long_book(path: Path) -> Path:
    return write_book(path, *(f"<h1>{n}</h1><p>Words.</p>" for n in range(outline.WORTH_IT)))


def read(book: Path) -> Publication:
    with Container.open(book) as container:
        return read_or_keep(container)


def test_kept_outline_says_what_the_book_says(tmp_path: Path) -> None:
    book = long_book(tmp_path / "b.epub")
    first = read(book)
    assert kept_outline(book) == first
    with Container.open(book) as container:
        assert read(book) == read_publication(container)


def test_small_book_is_read_and_not_kept(tmp_path: Path) -> None:
    book = write_book(tmp_path / "b.epub")
    assert read(book).metadata.title == "A small book"
    assert list(tmp_path.iterdir()) == [book]


def test_file_of_another_time_or_size_is_read_anew(tmp_path: Path) -> None:
    book = long_book(tmp_path / "b.epub")
    read(book)
    os.utime(book, ns=(1, 1))
    assert kept_outline(book) is None
    read(book)
    assert kept_outline(book) is not None
    with book.open("ab") as file:
        file.write(b"\0")
    os.utime(book, ns=(1, 1))
    assert kept_outline(book) is None


def test_damaged_outline_is_replaced(tmp_path: Path) -> None:
    book = long_book(tmp_path / "b.epub")
    publication = read(book)
    whole = outline_path(book).read_bytes()
    for damaged in (b"", whole[:-1], whole[:200], b"\xc1" * 50, b"\x91" * 100_000):
        outline_path(book).write_bytes(damaged)
        assert kept_outline(book) is None
        assert read(book) == publication
        assert outline_path(book).read_bytes() == whole


@pytest.mark.parametrize(("field", "value"), [(0, "0.0.0"), (1, 5), (3, {"metadata": 1})])
def test_outline_of_another_version_or_shape_is_nothing(
    field: int, value: object, tmp_path: Path
) -> None:
    book = long_book(tmp_path / "b.epub")
    read(book)
    parts = msgspec.msgpack.decode(outline_path(book).read_bytes())
    parts[field] = value
    outline_path(book).write_bytes(msgspec.msgpack.encode(parts))
    assert kept_outline(book) is None


def test_where_nothing_can_be_kept_the_book_opens_all_the_same(tmp_path: Path) -> None:
    book = long_book(tmp_path / "b.epub")
    outline_path(book).mkdir()
    assert len(read(book).reading_order) == outline.WORTH_IT
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.epub", "b.outline"]


def test_outline_never_stands_in_for_a_book_that_cannot_be_opened(tmp_path: Path) -> None:
    book = long_book(tmp_path / "b.epub")
    publication = read(book)
    book.write_bytes(b"")
    keep_outline(book, publication)
    with pytest.raises(Unreadable):
        read(book)
