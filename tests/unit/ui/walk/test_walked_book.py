"""A book that is walked through: damage shows only as its chapters are read."""

import zipfile
from pathlib import Path

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.ui.walk.walked_book import WalkedBook
from tests.books import BookDraft


def half_lost(path: Path, chapter: str) -> Path:
    """A book with 400 bytes in the middle of a chapter overwritten."""
    words = "".join(f"<p>{n} {n * n} {n * 7919 % 10007} words</p>" for n in range(900))
    BookDraft(chapters=[words, words]).write(path)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(chapter)
    data = bytearray(path.read_bytes())
    middle = entry.header_offset + 30 + len(chapter) + entry.compress_size // 2
    data[middle : middle + 400] = b"\xaa" * 400
    path.write_bytes(data)
    return path


def test_a_damaged_chapter_is_told_of_when_it_was_read(tmp_path: Path) -> None:
    href = "EPUB/chapter0002.xhtml"
    with WalkedBook(half_lost(tmp_path / "a.epub", href)) as book:
        for one in book.hrefs:
            book.read(one)
        assert [book.is_damaged(spine) for spine in (0, 1)] == [False, True]
        assert book.defects == (Defect(DefectKind.DAMAGED_FILES, 1),)


def test_a_sound_book_has_no_damaged_chapter(tmp_path: Path) -> None:
    with WalkedBook(BookDraft().write(tmp_path / "a.epub")) as book:
        assert not book.is_damaged(0)
        assert book.defects == ()
