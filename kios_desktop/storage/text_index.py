"""The index of the text of all books, a database of its own. Blocking.

It can always be made again from the books: so it has no upgrades, no backups, and is thrown away
when it is damaged or was made in another way.

The text is kept in pieces, compressed, for the excerpts. The full-text table keeps none: a row is
deleted by giving it the same words again, which every SQLite with FTS5 understands. The words come
from outside, so the tokenizer only has to separate them.
"""

import sqlite3
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import FILE_MODE, make_folder
from kios_desktop.domain.errors import Corrupt, NoFullText, StorageError
from kios_desktop.domain.inside_books import BookHits, IndexedBook, Unindexed
from kios_desktop.domain.library import BookId
from kios_desktop.storage.errors import translated

_FORM: Final = f"1, Unicode {unicodedata.unidata_version}"
"""How words are made and kept. Another form can't be read, or not be deleted from."""

_SHIFT: Final = 20  # a piece's id is its book's, shifted, plus its number in the book
MOST_PIECES: Final = 20_000  # that a search looks at: some 20 ms, however many books there are
_WRITER_WAITS_S: Final = 30.0
_READER_WAITS_S: Final = 2.0
_HELD_BYTES: Final = 8 << 20  # of postings before they are written: most books fit
_FIND: Final = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
_TEXTS_OF_BOOK: Final = "SELECT id, text FROM pieces WHERE id >= ? AND id < ?"
_TABLES: Final = """
    CREATE TABLE form (text TEXT NOT NULL);
    CREATE TABLE books (
        id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, why_not TEXT NOT NULL, pieces INTEGER NOT NULL
    );
    CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        spine_index INTEGER NOT NULL,
        start INTEGER NOT NULL,
        chapter TEXT NOT NULL,
        text BLOB NOT NULL
    );
    CREATE VIRTUAL TABLE words USING fts5(
        text, content='', columnsize=0, prefix='2 3', tokenize="ascii tokenchars '_'"
    );
"""


@dataclass(frozen=True, slots=True)
class KeptPiece:
    """Blocks of a book that follow each other, see `epub.text_pieces`."""

    spine_index: int
    start: int
    chapter: str
    text: str


def has_full_text(connection: sqlite3.Connection, module: str = "fts5") -> bool:
    """Whether this SQLite was built with a module for full-text search."""
    asked = "SELECT 1 FROM pragma_module_list WHERE name = ?"
    return connection.execute(asked, (module,)).fetchone() is not None


class TextIndexWriter:
    """The index, opened to be written; made if it is missing or was made in another way.

    `words_of` makes the words of a text, which are separated by spaces. Every method raises
    `StorageError` subclasses: `Corrupt` when the index has to be thrown away.
    """

    def __init__(self, path: Path, words_of: Callable[[str], str]) -> None:
        self._words_of = words_of
        make_folder(path.parent)
        with translated():
            self._connection = _opened(path)
            try:
                self._prepare()
            except sqlite3.Error:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        run = self._connection.execute
        if not has_full_text(self._connection):
            self._connection.close()
            raise NoFullText
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        run("PRAGMA cache_size=-16000")
        run(f"INSERT INTO words(words, rank) VALUES('hashsize', {_HELD_BYTES})")

    def books(self) -> list[IndexedBook]:
        with translated():
            return _books(self._connection)

    def put(self, book: IndexedBook, pieces: Iterable[KeptPiece]) -> None:
        """Take over a book and its text, in place of what was there. All of it, or nothing.

        What `pieces` raises is passed on.
        """
        with translated(), _transaction(self._connection) as connection:
            self._delete(book.id)
            count = 0
            for count, piece in enumerate(pieces, start=1):
                self._insert((book.id << _SHIFT) + count - 1, piece)
            connection.execute(
                "INSERT INTO books VALUES (?, ?, ?, ?)",
                (book.id, book.sha256, book.why_not or "", count),
            )

    def drop(self, book_id: BookId) -> None:
        """Forget a book and its text."""
        with translated(), _transaction(self._connection):
            self._delete(book_id)

    def close(self) -> None:
        with translated():
            self._connection.close()

    def _insert(self, piece_id: int, piece: KeptPiece) -> None:
        run = self._connection.execute
        text = zlib.compress(piece.text.encode("utf-8", "surrogatepass"))
        run(
            "INSERT INTO pieces VALUES (?, ?, ?, ?, ?)",
            (piece_id, piece.spine_index, piece.start, _storable(piece.chapter), text),
        )
        words = _storable(self._words_of(piece.text))
        run("INSERT INTO words(rowid, text) VALUES (?, ?)", (piece_id, words))

    def _delete(self, book_id: BookId) -> None:
        run = self._connection.execute
        bounds = book_id << _SHIFT, (book_id + 1) << _SHIFT
        for piece_id, text in run(_TEXTS_OF_BOOK, bounds).fetchall():
            run(
                "INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)",
                (piece_id, _storable(self._words_of(_unpacked(text)))),
            )
        run("DELETE FROM pieces WHERE id >= ? AND id < ?", bounds)
        run("DELETE FROM books WHERE id = ?", (book_id,))


class TextIndex:
    """The index as searching sees it, beside whoever writes it. A connection for each question.

    Methods raise `StorageError` subclasses, and `StorageError` itself when they are interrupted. An
    index that is not there, or was not made by this Kios, finds nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def books(self) -> list[IndexedBook]:
        """The books that the index has. Raises NoFullText where there can be no index."""
        with translated():
            with closing(sqlite3.connect(":memory:")) as anywhere:
                if not has_full_text(anywhere):
                    raise NoFullText
            if not self._path.exists():
                return []
            with closing(self._connected()) as connection:
                return _books(connection) if _has_form(connection) else []

    def question(self) -> "IndexQuestion | None":
        """None where there is no index."""
        with translated():
            return IndexQuestion(self._connected()) if self._path.exists() else None

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=ro",
            _READER_WAITS_S,
            check_same_thread=False,
            isolation_level=None,
            uri=True,
        )


class IndexQuestion:
    """One search: what is found, and then the texts of some of it. To be closed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def books_with(
        self, words: Sequence[str], *, goes_on: bool, most: int = MOST_PIECES
    ) -> tuple[list[BookHits], bool]:
        """The books in which `words` follow each other, and whether there may be more.

        With `goes_on` the last word may be longer. By the number of pieces, the book added last
        first among equals. Of more than `most` pieces those of the books added last count.
        """
        asked = _storable(" ".join(words)).replace('"', '""')
        with _answering():
            if not _has_form(self._connection):
                return [], False
            match = f'"{asked}"{"*" * goes_on}'
            rows = self._connection.execute(_FIND, (match, most + 1)).fetchall()
        by_book = groupby((row[0] for row in rows), lambda piece: piece >> _SHIFT)
        found = [BookHits(BookId(book), tuple(pieces)[::-1]) for book, pieces in by_book]
        is_cut = len(rows) > most
        if is_cut and len(found) > 1:
            found.pop()  # perhaps not all of its pieces
        return sorted(found, key=lambda hits: (-len(hits.pieces), -hits.book_id)), is_cut

    def piece(self, piece_id: int) -> KeptPiece | None:
        """None when it was removed meanwhile."""
        asked = "SELECT spine_index, start, chapter, text FROM pieces WHERE id = ?"
        with _answering():
            row = self._connection.execute(asked, (piece_id,)).fetchone()
        if row is None:
            return None
        spine_index, start, chapter, text = row
        return KeptPiece(spine_index, start, chapter, _unpacked(text))

    def interrupt(self) -> None:
        """Let what runs in another thread end soon. Without effect when it has ended."""
        with suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()


def remove_text_index(path: Path) -> None:
    """Deletes the index from the disk. Raises StorageError."""
    with translated():
        for file in _files(path):
            file.unlink(missing_ok=True)


def text_index_bytes(path: Path) -> int:
    """What the index takes on the disk; 0 without one."""
    size = 0
    for file in _files(path):
        try:
            size += file.stat().st_size
        except OSError:
            continue
    return size


def _files(path: Path) -> list[Path]:
    """The database is the last: what stands beside it means nothing without it."""
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal", "")]


def _opened(path: Path) -> sqlite3.Connection:
    """An index of this form. Raises sqlite3.Error, OSError, Corrupt."""
    if path.exists():
        connection = _connected(path)
        try:
            if _has_form(connection):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        for file in _files(path):
            file.unlink(missing_ok=True)
    path.touch(FILE_MODE)  # SQLite gives the same mode to what it makes beside it
    connection = _connected(path)
    try:
        if not has_full_text(connection):
            raise NoFullText
        connection.executescript(f"BEGIN; {_TABLES} COMMIT;")
        connection.execute("INSERT INTO form VALUES (?)", (_FORM,))
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, _WRITER_WAITS_S, isolation_level=None)


def _has_form(connection: sqlite3.Connection) -> bool:
    """Whether an index was made completely, and in the way of this Kios. Raises sqlite3.Error."""
    asked = "SELECT 1 FROM sqlite_master WHERE name = 'form'"
    if connection.execute(asked).fetchone() is None:
        return False
    return connection.execute("SELECT text FROM form").fetchall() == [(_FORM,)]


def _books(connection: sqlite3.Connection) -> list[IndexedBook]:
    rows = connection.execute("SELECT id, sha256, why_not FROM books").fetchall()
    known = {one.value for one in Unindexed}
    return [
        IndexedBook(BookId(book), sha256, Unindexed(why_not) if why_not in known else None)
        for book, sha256, why_not in rows
    ]


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _answering() -> Iterator[None]:
    """As `translated`; an interruption, too, is a `StorageError`."""
    try:
        with translated():
            yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise StorageError("interrupted") from error
        raise


def _storable(text: str) -> str:
    """A text without what SQLite doesn't take: half characters, and the end of a string in C."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def _unpacked(text: object) -> str:
    """Raises Corrupt."""
    try:
        return zlib.decompress(text).decode("utf-8", "surrogatepass")  # type: ignore[arg-type]
    except (zlib.error, TypeError, UnicodeDecodeError) as error:
        raise Corrupt("a piece of text in the index is damaged") from error
