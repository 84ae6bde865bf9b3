"""A book is taken apart into pieces of whole blocks, each in one chapter."""

from pathlib import Path

import pytest

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.search_text import BORDER
from kios_desktop.epub.text_finding import find_text
from kios_desktop.epub.text_pieces import LENGTH, TextPiece, text_pieces
from tests.books import BookDraft

NAV = (
    '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>N</title></head><body>'
    '<nav epub:type="toc"><ol><li><a href="chapter0001.xhtml">Dawn</a></li>'
    '<li><a href="chapter0001.xhtml#noon">Noon</a></li></ol></nav></body></html>'
)


def pieces_of(path: Path) -> list[TextPiece]:
    with Container.open(path) as container:
        return list(text_pieces(container, read_publication(container)))


def test_long_chapters_are_divided_between_blocks(tmp_path: Path) -> None:
    blocks = [f"Paragraph {n} " + "word " * 200 + "end." for n in range(60)]
    chapter = "".join(f"<p>{block}</p>" for block in blocks)
    pieces = pieces_of(BookDraft(chapters=(chapter, "<p>Short.</p>")).write(tmp_path / "a.epub"))
    first = [piece for piece in pieces if piece.spine_index == 0]
    assert len(first) > 3
    assert all(len(piece.text) <= LENGTH for piece in first)
    assert BORDER.join(piece.text for piece in first).split(BORDER) == blocks
    position = 0
    for piece in first:
        assert piece.start == position
        position += len(piece.text) + 1
    assert pieces[-1] == TextPiece(1, 0, "Chapter 2", "Short.")


def test_a_block_that_is_too_long_is_one_piece(tmp_path: Path) -> None:
    long = "word " * LENGTH + "end."
    draft = BookDraft(chapters=(f"<p>a</p><p>{long}</p><p>b</p>",))
    texts = [piece.text for piece in pieces_of(draft.write(tmp_path / "a.epub"))]
    assert [len(text) for text in texts] == [1, len(long), 1]


def test_a_piece_ends_where_a_chapter_does(tmp_path: Path) -> None:
    body = "<h1>Dawn</h1><p>Early.</p><h1 id='noon'>Noon</h1><p>Later.</p>"
    draft = BookDraft(chapters=(body,), files={"EPUB/nav.xhtml": NAV})
    pieces = pieces_of(draft.write(tmp_path / "a.epub"))
    assert [(piece.chapter, piece.text) for piece in pieces] == [
        ("Dawn", "Dawn\nEarly."),
        ("Noon", "Noon\nLater."),
    ]
    assert pieces[1].start == len("Dawn\nEarly.\n")


def test_a_file_that_is_no_book_raises(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(b"nothing")
    with pytest.raises(PublicationError):
        pieces_of(path)


CHAPTERS = (
    "<p>One fish.</p>",
    "<p>Two fish swam by.</p><p>Red <ruby>fish<rt>f</rt></ruby> ran.</p>",
)


def found_in(path: Path, spine_index: int, start: int, parts: tuple[str, str, str]) -> Place | None:
    with Container.open(path) as container:
        return find_text(container, read_publication(container), spine_index, start, parts)


def test_a_text_is_found_where_it_was(tmp_path: Path) -> None:
    path = BookDraft(chapters=CHAPTERS).write(tmp_path / "a.epub")
    start = len("Two fish swam by.\nRed ")
    place = found_in(path, 1, start, ("Red ", "fish", " ran."))
    assert place is not None
    with Container.open(path) as container:
        places = Places(container, read_publication(container))
        assert places.excerpt(place, 4) == "fish"


@pytest.mark.parametrize(
    ("parts", "ordinal"),
    [
        (("Two ", "fish", " swam by."), 3),
        (("Two ", "fish", " swam away."), 3),
        (("Few ", "fish", " swam by."), 3),
    ],
)
def test_in_another_file_it_is_found_by_what_is_around_it(
    tmp_path: Path, parts: tuple[str, str, str], ordinal: int
) -> None:
    path = BookDraft(chapters=CHAPTERS).write(tmp_path / "a.epub")
    assert found_in(path, 0, 700, parts) == Place(1, ordinal)


@pytest.mark.parametrize("spine_index", [0, 1, 99, -1])
def test_what_is_not_there_is_not_found(tmp_path: Path, spine_index: int) -> None:
    path = BookDraft(chapters=CHAPTERS).write(tmp_path / "a.epub")
    assert found_in(path, spine_index, 3, ("No ", "fish", " sings")) is None
    assert found_in(path, spine_index, 3, ("", "fish", "")) is None
