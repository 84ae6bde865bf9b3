"""Which files are meant by what is dropped on a window."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from kios_desktop.ui.shell.drop_frame import dropped_paths


def dropped(*urls: QUrl) -> list[Path]:
    mime = QMimeData()
    mime.setUrls(list(urls))
    return dropped_paths(mime)


def test_books_and_folders_of_this_computer_are_taken(tmp_path: Path) -> None:
    book = tmp_path / "Émile 100% \ufffd.epub"
    book.touch()
    taken = dropped(
        QUrl.fromLocalFile(str(book)),
        QUrl.fromLocalFile(str(tmp_path)),
        QUrl.fromLocalFile(str(tmp_path / "notes.txt")),
        QUrl("https://example.org/a.epub"),
    )
    assert taken == [book, tmp_path]
    assert taken[0].exists()


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text there")
def test_a_file_whose_name_is_no_text_is_found(tmp_path: Path) -> None:
    book = tmp_path / os.fsdecode(b"caf\xe9.epub")
    book.touch()
    [taken] = dropped(QUrl.fromEncoded(b"file://" + os.fsencode(tmp_path) + b"/caf%E9.epub"))
    assert taken == book and taken.exists()
