"""The cover is what is said to be one, in whatever words; a syllable makes none."""

from pathlib import Path

import pytest

from kios_desktop.epub.container import Container
from kios_desktop.epub.cover_picture import cover_picture
from kios_desktop.epub.package import read_publication
from tests.books import PIXEL_PNG, BookDraft, page

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)


def item(name: str, kind: str = "image/png", more: str = "") -> str:
    return f'<item id="i-{name.rpartition("/")[2]}" href="{name}" media-type="{kind}" {more}/>'


def cover_of(folder: Path, draft: BookDraft, *pictures: str) -> str:
    """The path of the cover in a book with these pictures, from the package's folder."""
    draft.manifest += "".join(item(name) for name in pictures)
    draft.files = {**{f"EPUB/{name}": PIXEL_PNG for name in pictures}, **draft.files}
    with Container.open(draft.write(folder / "book.epub")) as container:
        return read_publication(container).cover_href.removeprefix("EPUB/")


def named(content: str) -> str:
    return f'<meta name="cover" content="{content}"/>'


@pytest.mark.parametrize(
    "content",
    ["i-front.png", "Images/front.png", "front.png", "./Images/front.png", "EPUB/Images/front.png",
     "/EPUB/Images/front.png", "../Images/front.png", "images/FRONT.png", "Images/fr%6Fnt.png"],
)  # fmt: skip
def test_metadata_name_the_cover_by_id_path_or_file_name(content: str, tmp_path: Path) -> None:
    draft = BookDraft(metadata=named(content))
    assert cover_of(tmp_path, draft, "Images/aaa.png", "Images/front.png") == "Images/front.png"


def test_metadata_may_name_a_page(tmp_path: Path) -> None:
    draft = BookDraft(metadata=named("c1"), chapters=['<img src="a.png" alt=""/>', "<p>x</p>"])
    assert cover_of(tmp_path, draft, "b.png", "a.png") == "a.png"


def test_a_file_name_that_two_files_have_names_neither(tmp_path: Path) -> None:
    draft = BookDraft(metadata=named("front.png"))
    assert cover_of(tmp_path, draft, "a/front.png", "b/front.png") == ""


@pytest.mark.parametrize("title", ["Cover", "Couverture", "Обложка", "表紙", ""])
@pytest.mark.parametrize("kind", ["cover", "other.ms-coverimage-standard"])
def test_guide_leads_to_the_cover_in_any_language(kind: str, title: str, tmp_path: Path) -> None:
    draft = BookDraft()
    package = draft.entries()["EPUB/package.opf"].decode()
    reference = f'<guide><reference type="{kind}" title="{title}" href="page.xhtml"/></guide>'
    package = package.replace("</package>", reference + "</package>")
    items = item("page.xhtml", "application/xhtml+xml") + item("a.png") + item("b.png")
    draft.files = {
        "EPUB/package.opf": package.replace("</manifest>", items + "</manifest>"),
        "EPUB/page.xhtml": page('<div><img src="b.png" alt=""/></div>'),
    }
    assert cover_of(tmp_path, draft, "a.png", "b.png") == "b.png"


def test_landmarks_lead_to_the_cover_in_any_language(tmp_path: Path) -> None:
    nav = page(
        '<nav epub:type="toc"><ol><li><a href="chapter0001.xhtml">1</a></li></ol></nav>'
        '<nav epub:type="landmarks"><ol><li><a epub:type="toc" href="nav.xhtml">A</a></li>'
        '<li><a epub:type="cover" href="chapter0002.xhtml">表紙</a></li></ol></nav>'
    )
    draft = BookDraft(
        chapters=["<p>x</p>", '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>']
    )
    draft.files = {"EPUB/nav.xhtml": nav}
    assert cover_of(tmp_path, draft, "a.png", "b.png") == "b.png"


@pytest.mark.parametrize(
    "name",
    ["backcover", "back-cover", "BackCover", "cover_back", "discovery-map", "undercover", "recover",
     "hardcovers-1", "rear cover", "inside-cover", "coverage", "cover-spine"],
)  # fmt: skip
def test_a_syllable_makes_no_cover(name: str, tmp_path: Path) -> None:
    assert cover_of(tmp_path, BookDraft(), f"{name}.png") == ""
    assert cover_of(tmp_path, BookDraft(), f"{name}.png", "a/frontcover.png") == "a/frontcover.png"


@pytest.mark.parametrize(
    "name",
    ["cover", "Cover1", "my-cover", "bookCover", "cover_image", "frontcover", "978-cover-2"],
)
def test_a_picture_that_is_called_cover_is_one(name: str, tmp_path: Path) -> None:
    assert cover_of(tmp_path, BookDraft(), "map.png", f"x/{name}.png") == f"x/{name}.png"


def test_a_thumbnail_comes_last(tmp_path: Path) -> None:
    names = ("cover-thumb.png", "cover.png")
    assert cover_of(tmp_path, BookDraft(), *names) == "cover.png"
    assert cover_of(tmp_path, BookDraft(), "cover-thumb.png") == "cover-thumb.png"


def test_the_first_page_counts_where_it_has_one_picture(tmp_path: Path) -> None:
    one = BookDraft(chapters=['<p><img src="a.png" alt=""/><img src="a.png" alt=""/></p>'])
    two = BookDraft(chapters=['<p><img src="a.png" alt=""/><img src="b.png" alt=""/></p>'])
    long = BookDraft(chapters=[f'<p><img src="a.png" alt=""/>{"word " * 99}</p>'])
    assert cover_of(tmp_path, one, "a.png", "b.png") == "a.png"
    assert cover_of(tmp_path, two, "a.png", "b.png") == ""
    assert cover_of(tmp_path, long, "a.png", "b.png") == ""


def test_what_is_no_picture_is_no_cover(tmp_path: Path) -> None:
    """It may be encrypted, or of a type that is not shown."""
    draft = BookDraft(manifest=item("x.png", more='properties="cover-image"'))
    draft.manifest += item("y.tif", "image/tiff") + item(
        "gone.png", more='properties="cover-image"'
    )
    draft.metadata = named("i-y.tif")
    draft.files = {"EPUB/x.png": b"x" * 64, "EPUB/y.tif": b"II*\0"}
    assert cover_of(tmp_path, draft, "cover.png") == "cover.png"


def test_a_picture_is_kept_as_what_it_is(tmp_path: Path) -> None:
    draft = BookDraft(cover=JPEG)  # under the name and type of a PNG
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        assert cover_picture(container, read_publication(container)) == ("jpg", JPEG)
