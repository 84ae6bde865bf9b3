"""A downloaded book is refused for what its way did to it, and not for how it was packed."""

import zipfile
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Damaged
from kios_desktop.library.downloads import integrity
from tests.books import BookDraft


def test_a_file_packed_in_a_way_nobody_reads_is_no_fault_of_the_way(tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("EPUB/extra.bin", b"words " * 100, compress_type=zipfile.ZIP_LZMA)
    integrity.check(path)


def test_a_byte_that_changed_on_the_way_is_found(tmp_path: Path) -> None:
    path = BookDraft(chapters=["<p>" + "words " * 900 + "</p>"]).write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        chapter = book.getinfo("EPUB/chapter0001.xhtml")
    data[chapter.header_offset + 30 + len(chapter.filename) + chapter.compress_size // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(Damaged):
        integrity.check(path)
