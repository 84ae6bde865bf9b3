"""A refusal is believed only where the bytes bear it out."""

from pathlib import Path

import pytest

from kios_desktop.ui.walk.doubt import has_documents, is_document, is_picture
from tests.books import PIXEL_PNG, BookDraft, page


@pytest.mark.parametrize(
    "data",
    [
        page("<p>x</p>").encode(),
        b"<!DOCTYPE html><HTML><p>x",
        b"\xef\xbb\xbf<html xmlns='http://www.w3.org/1999/xhtml'/>",
        page("<p>x</p>").encode("utf-16"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><h:html xmlns:h='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_documents_are_known_by_their_beginning(data: bytes) -> None:
    assert is_document(data)


@pytest.mark.parametrize("data", [b"", b"{}", b"<playlist/>", b"%PDF-1.7", b"\0\1\2", PIXEL_PNG])
def test_other_files_are_no_documents(data: bytes) -> None:
    assert not is_document(data)


def test_pictures_are_known_by_their_beginning() -> None:
    shown = [PIXEL_PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\1\2\3\4WEBPVP8 ", b"<svg />"]
    assert all(map(is_picture, shown))
    assert not any(map(is_picture, [b"II*\0", b"%PDF-1.7", b"", b"\0\0\0\x18ftypmp42"]))


def test_readable_chapters_show_that_a_book_is_not_encrypted(tmp_path: Path) -> None:
    assert has_documents(BookDraft().write(tmp_path / "a.epub"))
    draft = BookDraft()
    noise = bytes(range(256)) * 8
    draft.files = {f"EPUB/chapter000{n}.xhtml": noise for n in (1, 2)} | {"EPUB/nav.xhtml": noise}
    assert not has_documents(draft.write(tmp_path / "b.epub"))
    (tmp_path / "c.epub").write_bytes(b"no zip")
    assert not has_documents(tmp_path / "c.epub")
