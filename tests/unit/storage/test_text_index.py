"""The index of the text of all books: what is put in is found, and no damage outlives it."""

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Corrupt, Full, PublicationError
from kios_desktop.domain.inside_books import BookHits, IndexedBook, Unindexed
from kios_desktop.domain.library import BookId
from kios_desktop.storage.text_index import (
    KeptPiece,
    TextIndex,
    TextIndexWriter,
    has_full_text,
    remove_text_index,
    text_index_bytes,
)
from tests.disks import full, small_disk

__all__ = ["small_disk"]

ONE, TWO = BookId(1), BookId(2)


def pieces(*texts: str) -> list[KeptPiece]:
    return [KeptPiece(n, 10 * n, f"Chapter {n}", text) for n, text in enumerate(texts)]


def writer(path: Path) -> TextIndexWriter:
    return TextIndexWriter(path, str.lower)


def fill(path: Path, **books: Sequence[str]) -> None:
    """Books `one`, `two`… with their pieces."""
    index = writer(path)
    for number, texts in enumerate(books.values(), start=1):
        index.put(IndexedBook(BookId(number), f"sha{number}"), pieces(*texts))
    index.close()


def found(path: Path, *words: str, goes_on: bool = False) -> list[BookHits]:
    question = TextIndex(path).question()
    if question is None:
        return []
    with closing(question):
        books, is_cut = question.books_with(words, goes_on=goes_on)
        assert not is_cut
        return books


def books_of(path: Path, *words: str, goes_on: bool = False) -> list[int]:
    return [hits.book_id for hits in found(path, *words, goes_on=goes_on)]


def test_words_that_follow_each_other_are_found(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["The white whale", "white sails"], two=["whale white"])
    assert books_of(path, "white", "whale") == [1]
    assert books_of(path, "white", "wha") == []
    assert books_of(path, "white", "wha", goes_on=True) == [1]
    assert books_of(path, "hit", goes_on=True) == []
    assert [len(hits.pieces) for hits in found(path, "white")] == [2, 1]


def test_equal_books_come_by_the_last_added(tmp_path: Path) -> None:
    fill(tmp_path / "index", one=["sea"], two=["sea"], three=["sea", "sea"])
    assert books_of(tmp_path / "index", "sea") == [3, 2, 1]


@pytest.mark.parametrize(
    "word",
    ['"', 'a"b', "*", "NEAR(", "-", "^x", "text:x", "\0", "\ud800", "(", "x" * 10_000, "OR", "'"],
)
def test_no_sign_means_anything_but_itself(tmp_path: Path, word: str) -> None:
    path = tmp_path / "index"
    fill(path, one=["whale"])
    for goes_on in (False, True):
        assert books_of(path, word, goes_on=goes_on) == []


def test_pieces_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "index"
    texts = ["Straße 山路 \ud83d half", "b" * 30_000]
    fill(path, one=texts)
    question = TextIndex(path).question()
    assert question is not None
    with closing(question):
        [[hits], _] = question.books_with(["b" * 30_000], goes_on=False)
        piece = question.piece(hits.pieces[0])
        assert piece == KeptPiece(1, 10, "Chapter 1", texts[1])
        first = question.piece(hits.pieces[0] - 1)
        assert first is not None
        assert first.text == texts[0]
        assert question.piece(hits.pieces[0] + 1) is None


def test_a_book_put_again_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["old words", "older"], two=["old"])
    index = writer(path)
    index.put(IndexedBook(ONE, "new"), pieces("new words"))
    assert {book.id: book.sha256 for book in index.books()} == {1: "new", 2: "sha2"}
    index.close()
    assert books_of(path, "old") == [2]
    assert books_of(path, "older") == []
    assert books_of(path, "new") == [1]


def test_a_dropped_book_leaves_no_word(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["some words", "more"], two=["words"])
    index = writer(path)
    index.drop(ONE)
    index.drop(BookId(99))
    index.close()
    assert books_of(path, "words") == [2]
    assert TextIndex(path).books() == [IndexedBook(TWO, "sha2")]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO words(words) VALUES ('integrity-check')")
        assert connection.execute("SELECT count(*) FROM pieces").fetchone() == (1,)


def test_a_book_that_fails_halfway_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["old words"])

    def broken() -> object:
        yield from pieces("new")
        raise PublicationError("damaged")

    index = writer(path)
    with pytest.raises(PublicationError):
        index.put(IndexedBook(ONE, "new"), broken())  # type: ignore[arg-type]
    index.put(IndexedBook(TWO, "b", Unindexed.UNREADABLE), [])
    index.close()
    assert books_of(path, "old") == [1]
    assert books_of(path, "new") == []
    assert TextIndex(path).books() == [
        IndexedBook(ONE, "sha1"),
        IndexedBook(TWO, "b", Unindexed.UNREADABLE),
    ]


def test_without_an_index_nothing_is_found(tmp_path: Path) -> None:
    index = TextIndex(tmp_path / "index")
    assert index.books() == []
    assert index.question() is None
    assert not (tmp_path / "index").exists()
    assert text_index_bytes(tmp_path / "index") == 0


def test_one_made_in_another_way_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["words"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE form SET text = 'another'")
        connection.commit()
    assert books_of(path, "words") == []
    assert TextIndex(path).books() == []
    index = writer(path)
    assert index.books() == []
    index.put(IndexedBook(TWO, "b"), pieces("words"))
    index.close()
    assert books_of(path, "words") == [2]


@pytest.mark.parametrize("content", [b"", b"nothing of SQLite", b"SQLite format 3\0" + b"x" * 4000])
def test_what_is_no_index_is_empty_or_said_to_be_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index"
    path.write_bytes(content)
    if content:
        with pytest.raises(Corrupt):
            writer(path)
        with pytest.raises(Corrupt):
            TextIndex(path).books()
        remove_text_index(path)
    fill(path, one=["words"])
    assert books_of(path, "words") == [1]


def test_damage_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=[f"words {n} " * 500 for n in range(60)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = bytearray(path.read_bytes())
    whole[8192 : len(whole) - 4096] = b"\xa5" * (len(whole) - 12288)
    path.write_bytes(whole)
    with pytest.raises(Corrupt):
        writer(path).drop(ONE)


def test_a_damaged_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["words"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE pieces SET text = x'00ff'")
        connection.commit()
    question = TextIndex(path).question()
    assert question is not None
    with closing(question), pytest.raises(Corrupt):
        question.piece(question.books_with(["words"], goes_on=False)[0][0].pieces[0])


def test_removed_it_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = writer(path)
    index.put(IndexedBook(ONE, "a"), pieces("words"))
    assert text_index_bytes(path) > 0
    index.close()
    (tmp_path / "other").touch()
    remove_text_index(path)
    remove_text_index(path)
    assert [file.name for file in tmp_path.iterdir()] == ["other"]


def test_a_full_disk_costs_the_book_in_work_only(small_disk: Path) -> None:
    path = small_disk / "index"
    fill(path, one=["kept words"])
    index = writer(path)
    noise = [f"{n:x}" for n in range(400_000, 600_000)]
    large = pieces(*(" ".join(noise[n : n + 2000]) for n in range(0, len(noise), 2000)))
    with full(small_disk), pytest.raises(Full):
        index.put(IndexedBook(TWO, "b"), large)
    assert [book.id for book in index.books()] == [ONE]
    index.put(IndexedBook(TWO, "b"), pieces("now there is room"))
    index.close()
    assert books_of(path, "kept") == [1]
    assert books_of(path, "room") == [2]


def test_an_sqlite_without_full_text_search_is_noticed() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        assert has_full_text(connection)
        assert not has_full_text(connection, "fts99")


KILLED = """
import sys
from pathlib import Path
from kios_desktop.domain.inside_books import IndexedBook
from kios_desktop.storage.text_index import KeptPiece, TextIndexWriter
index = TextIndexWriter(Path(sys.argv[1]), str.lower)
book = 0
while True:
    book += 1
    texts = (f"word{n} of book{book} " * 300 for n in range(40))
    index.put(IndexedBook(book, str(book)), [KeptPiece(0, 0, "", text) for text in texts])
    sys.stdout.write(f"{book}\\n")
    sys.stdout.flush()
"""


def test_killed_in_the_middle_it_has_every_book_that_was_done(tmp_path: Path) -> None:
    path = tmp_path / "index"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    done = [int(process.stdout.readline()) for _ in range(7)][-1]
    process.kill()
    process.wait()
    rest = process.stdout.read().split()
    process.stdout.close()
    done = int(rest[-1]) if rest else done
    index = writer(path)
    known = {book.id for book in index.books()}
    assert set(range(1, done + 1)) <= known
    index.close()
    for book in known:
        assert books_of(path, f"book{book}") == [book]
    assert books_of(path, f"book{max(known) + 1}") == []


def test_it_is_searched_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["words"])
    index = writer(path)
    index._connection.execute("BEGIN IMMEDIATE")
    assert books_of(path, "words") == [1]
    index._connection.execute("ROLLBACK")
    index.close()


def test_a_search_that_has_ended_is_interrupted_without_harm(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["words"])
    question = TextIndex(path).question()
    assert question is not None
    question.close()
    question.interrupt()


def test_of_a_frequent_word_the_books_added_last_are_found(tmp_path: Path) -> None:
    path = tmp_path / "index"
    fill(path, one=["sea"] * 4, two=["sea"] * 3, three=["sea"] * 2)
    question = TextIndex(path).question()
    assert question is not None
    with closing(question):
        for most, books in ((9, [1, 2, 3]), (8, [2, 3]), (5, [2, 3]), (4, [3]), (1, [3])):
            found, is_cut = question.books_with(["sea"], goes_on=False, most=most)
            assert [hits.book_id for hits in found] == books
            assert is_cut == (most < 9)
            assert all(sorted(hits.pieces) == list(hits.pieces) for hits in found)
