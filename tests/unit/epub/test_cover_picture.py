"""The cover as a picture: as it is, or the painting inside a vector picture."""

import base64
from pathlib import Path

import pytest

from kios_desktop.epub.container import Container
from kios_desktop.epub.cover_picture import cover_picture
from kios_desktop.epub.package import read_publication
from tests.books import PIXEL_PNG, BookDraft
from tests.corpus import CORPUS

DATA = f"data:image/png;base64,{base64.b64encode(PIXEL_PNG).decode()}"
VECTOR = (
    '<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>'
    '<item id="art" href="art.png" media-type="image/png"/>'
)


def picture_of(path: Path) -> tuple[str, bytes] | None:
    with Container.open(path) as container:
        return cover_picture(container, read_publication(container))


def vector(folder: Path, inside: str, declaration: str = "") -> Path:
    svg = (
        f'<?xml version="1.0"?>{declaration}<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 14 21">{inside}</svg>'
    )
    files: dict[str, bytes | str | None] = {"EPUB/cover.svg": svg, "EPUB/art.png": PIXEL_PNG}
    return BookDraft(manifest=VECTOR, files=files).write(folder / "book.epub")


def test_a_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    path = BookDraft(cover=PIXEL_PNG).write(tmp_path / "book.epub")
    assert picture_of(path) == ("png", PIXEL_PNG)
    assert picture_of(BookDraft().write(tmp_path / "bare.epub")) is None


@pytest.mark.parametrize(
    "inside",
    [
        f'<image width="14" xlink:href="{DATA}"/><path d="M0 0"/>',
        f'<g><image href="{DATA}"/></g>',
        '<image xlink:href="art.png"/>',
        f'<image href="gone.png"/><image href="data:image/png;base64,!"/><image href="{DATA}"/>',
    ],
    ids=["inside", "deeper", "beside", "the first that is one"],
)
def test_the_painting_of_a_vector_picture_is_taken(inside: str, tmp_path: Path) -> None:
    assert picture_of(vector(tmp_path, inside)) == ("png", PIXEL_PNG)


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="100%" height="100%"/>',
        '<image href="file:///etc/hostname"/><image href="http://127.0.0.1/x.png"/>',
        '<image href="../../../etc/hostname"/><image href="data:text/html;base64,PGI+"/>',
        "<image/>",
        "<image href=",
    ],
    ids=["drawn", "elsewhere", "outside", "empty", "broken"],
)
def test_a_vector_picture_without_one_is_no_cover(inside: str, tmp_path: Path) -> None:
    assert picture_of(vector(tmp_path, inside)) is None


def test_a_vector_picture_that_multiplies_itself_is_no_cover(tmp_path: Path) -> None:
    entities = "".join(
        f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9)
    )  # each ten times the one before
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "lol">{entities}]>'
    assert picture_of(vector(tmp_path, '<image href="&e9;"/>', bomb)) is None


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not there")
def test_a_standard_ebook_has_its_painting() -> None:
    found = picture_of(CORPUS / "books" / "se-sherlock.epub")
    assert found is not None
    assert found[0] == "jpg" and found[1].startswith(b"\xff\xd8")
