"""What a file is decides, and its label is a hint."""

from pathlib import Path

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Encrypted, Unreadable
from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import content_type
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.serving import Served, Serving, StandIn
from kios_desktop.epub.xpointer_places import XPointers
from tests.books import PIXEL_PNG, BookDraft, page

CHAPTER = page("<p>Words.</p>")
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
GIF = b"GIF89a" + bytes(20)
WEBP = b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20)
AVIF = b"\0\0\0\x1cftypavif" + bytes(20)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><text>Words.</text></svg>'
NOVEL = "<novel><chapter>Words.</chapter></novel>"


def opened(
    folder: Path, name: str, label: str, content: bytes | str, fallback: str = ""
) -> tuple[Publication, Link, Served]:
    """A book with this file, the link of that in the reading order, and what is shown for it."""
    chain = f' fallback="{fallback}"' if fallback else ""
    draft = BookDraft(
        manifest=f'<item id="x" href="{name}" media-type="{label}"{chain}/>',
        spine='<itemref idref="x"/>',
        files={f"EPUB/{name}": content},
    )
    with Container.open(draft.write(folder / "book.epub")) as container:
        publication = read_publication(container)
        link = publication.reading_order[-1]
        return publication, link, Serving(container, publication).resource(link.href)


LABELS = [
    "text/xml", "application/xml", "application/xhtml+xml; charset=utf-8", "APPLICATION/XHTML+XML",
    "", "html", "text/html;charset=UTF-8", "application/html", "application/xhtml", "text/xhtml",
    "text/x-oeb1-document", "application/html+xml", "application/x-dtbncx+xml", "image/jpeg",
    "text/plain", "application/octet-stream", "application/epub+zip", "text/css", "font/ttf",
    "image/svg+xml", "application/vnd.adobe-page-template+xml",
]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["c.xhtml", "c.htm", "c.htmlx", "c.xml", "c", "c.php", "c.xhtml.txt"]
)
@pytest.mark.parametrize("label", LABELS)
def test_a_chapter_reads_whatever_its_label_and_its_name(
    label: str, name: str, tmp_path: Path
) -> None:
    _, _, served = opened(tmp_path, name, label, CHAPTER)
    assert served.stand_in is None
    assert b"Words." in served.body


@pytest.mark.parametrize(
    ("name", "label", "content", "media_type"),
    [
        ("a.jpg", "image/jpg", JPEG, "image/jpeg"),
        ("a.jpg", "image/pjpeg", JPEG, "image/jpeg"),
        ("a.png", "application/xhtml+xml", PIXEL_PNG, "image/png"),
        ("a.gif", "text/xml", GIF, "image/gif"),
        ("a.webp", "application/octet-stream", WEBP, "image/webp"),
        ("a.avif", "text/html", AVIF, "image/avif"),
        ("a", "application/octet-stream", JPEG, "image/jpeg"),
        ("a.svg", "image/svg", DRAWING, "image/svg+xml"),
        ("a.svg", "text/xml", DRAWING, "image/svg+xml"),
        ("a.svg", "image/png", PIXEL_PNG, "image/png"),
        ("a.png", "image/svg+xml", PIXEL_PNG, "image/png"),
    ],
)
def test_a_picture_is_shown_whatever_its_label(
    name: str, label: str, content: bytes | str, media_type: str, tmp_path: Path
) -> None:
    _, link, served = opened(tmp_path, name, label, content)
    assert link.media_type == media_type
    assert served.stand_in is None
    assert (b"<img" in served.body) != (media_type == "image/svg+xml")


@pytest.mark.parametrize(
    ("name", "label", "content"),
    [
        ("a.json", "application/json", "{}"),
        ("a.xml", "application/xml", NOVEL),
        ("a.xml", "application/dtc+xml", NOVEL),
        ("a.txt", "text/plain", "Other words."),
        ("a.psd", "image/psd", b"8BPS" + bytes(20)),
        ("a.pdf", "application/pdf", b"%PDF-1.7"),
    ],
)
def test_what_is_foreign_yields_to_its_fallback(
    name: str, label: str, content: bytes | str, tmp_path: Path
) -> None:
    _, link, served = opened(tmp_path, name, label, content, fallback="c1")
    assert link.media_type in (label, "application/octet-stream")
    assert b"First words." in served.body


def test_what_is_foreign_and_alone_is_a_sentence(tmp_path: Path) -> None:
    for name, label, content in (
        ("a.xml", "application/xml", NOVEL),
        ("a.bin", "text/plain", bytes(range(256))),
    ):
        assert opened(tmp_path, name, label, content)[2].stand_in is StandIn.UNSUPPORTED


def test_plain_text_is_a_chapter(tmp_path: Path) -> None:
    _, _, served = opened(tmp_path, "a.txt", "text/plain", "Only words, 1 < 2 & so on. é")
    assert "Only words, 1 &lt; 2 &amp; so on. é" in served.body.decode()


@pytest.mark.parametrize(
    ("label", "name"), [("text/plain", "a.txt"), ("text/plain", "a"), ("", "a.txt")]
)
def test_plain_text_in_an_old_encoding_is_a_chapter(label: str, name: str, tmp_path: Path) -> None:
    content = "Ein Café für müde Gäste.".encode("latin-1")
    _, _, served = opened(tmp_path, name, label, content)
    assert "für müde Gäste" in served.body.decode()


PIECES = (
    "section", "article", "ul", "ol", "table", "blockquote", "pre", "dl", "a", "i", "main", "nav",
)  # fmt: skip


@pytest.mark.parametrize("name", PIECES)
def test_a_chapter_may_be_any_piece_of_a_page(name: str, tmp_path: Path) -> None:
    _, _, served = opened(tmp_path, "c.xml", "text/xml", f"<{name}>Words.</{name}>")
    assert b"Words." in served.body


def test_pieces_that_are_not_only_of_pages_yield_to_a_fallback(tmp_path: Path) -> None:
    content = "<section>Words.</section>"
    _, _, served = opened(tmp_path, "c.xml", "text/xml", content, fallback="c1")
    assert b"First words." in served.body


@pytest.mark.parametrize("before", ["<!-- {} -->", "<?note {} ?>", "{}"])
@pytest.mark.parametrize("mark", [" ", "licence "])
def test_a_chapter_may_begin_late(before: str, mark: str, tmp_path: Path) -> None:
    content = before.format(mark * (3000 if mark == " " else 900)) + page("<p>Words.</p>")[39:]
    _, link, _ = opened(tmp_path, "x.htmlx", "text/xml", content)
    is_comment = before != "{}" or mark == " "
    assert (link.media_type == "application/xhtml+xml") is is_comment


def test_wrong_labels_are_counted_and_odd_ones_are_not(tmp_path: Path) -> None:
    wrong, _, _ = opened(tmp_path, "c.xhtml", "application/epub+zip", CHAPTER)
    assert Defect(DefectKind.MISLABELLED_FILES, 1) in wrong.defects
    for label in ("", "text/html", "application/octet-stream", "application/xhtml+xml;x=y"):
        odd, _, _ = opened(tmp_path, "c.xhtml", label, CHAPTER)
        assert odd.defects == ()


def test_a_chapter_by_its_content_has_places(tmp_path: Path) -> None:
    draft = BookDraft()
    package = draft.entries()["EPUB/package.opf"].decode()
    draft.files = {"EPUB/package.opf": package.replace("application/xhtml+xml", "text/xml")}
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        models = ContentModels(container, publication)
        assert models.total(0) == len("OneFirstwords.")
        old = XPointers(publication, models).read_old_numbering("/body/DocFragment[1]/body/p")
        assert old is None  # KOReader goes by the label


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b'<?xml version="1.0"?>\n<!-- <svg> --><html>', "application/xhtml+xml"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html>\n<HTML>", "application/xhtml+xml"),
        ('<?xml version="1.0" encoding="utf-16"?><html>'.encode("utf-16"), "application/xhtml+xml"),
        (b'<!DOCTYPE svg [<!ENTITY a "]>">]><svg>', "image/svg+xml"),
        (b'<h:html xmlns:h="http://www.w3.org/1999/xhtml">', "application/xhtml+xml"),
        (b"<p>just a piece</p>", "application/xhtml+xml"),
        (b'<p xmlns="urn:other">x</p>', ""),
        (b"<novel><p>x</p></novel>", ""),
        (b"<ncx/>", ""),
        (b"words <html>", ""),
        (b"", ""),
        (b"<!DOCTYPE " + b"[<" * 1000, ""),
        (b"<!-- " * 400, ""),
    ],
)
def test_what_a_file_is(head: bytes, media_type: str) -> None:
    assert content_type.of(head) == media_type


def test_the_package_is_found_whatever_its_label(tmp_path: Path) -> None:
    draft = BookDraft()
    written = draft.entries()["META-INF/container.xml"].decode()
    draft.files = {
        "META-INF/container.xml": written.replace("application/oebps-package+xml", "text/plain")
    }
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        assert read_publication(container).defects == ()


def test_where_the_spine_leads_nowhere_all_chapters_are_read(tmp_path: Path) -> None:
    draft = BookDraft()
    package = draft.entries()["EPUB/package.opf"].decode()
    draft.files = {"EPUB/package.opf": package.replace('idref="', 'idref="no-')}
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
    assert [link.id for link in publication.reading_order] == ["c1", "c2"]
    assert Defect(DefectKind.DEAD_READING_ORDER, 2) in publication.defects


# -- what is left of a protection, and what is one

NOISE = bytes((n * 89 + n * n * 7 + 131) & 0xFF | 0x80 for n in range(600))
RIGHTS = {"META-INF/rights.xml": "<rights xmlns='http://ns.adobe.com/adept'/>"}
SINF = {"META-INF/sinf.xml": "<sinf/>"}
LCP = {"META-INF/license.lcpl": "{}"}
BOTH = ("EPUB/chapter0001.xhtml", "EPUB/chapter0002.xhtml")
AES = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
IDPF = "http://www.idpf.org/2008/embedding"


def encrypted(*paths: str, algorithm: str = AES) -> dict[str, str]:
    entries = "".join(
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData>'
        f'<e:CipherReference URI="{path}"/></e:CipherData></e:EncryptedData>'
        for path in paths
    )
    start = '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
    return {"META-INF/encryption.xml": f"{start}{entries}</encryption>"}


def protected(folder: Path, files: dict[str, bytes | str]) -> Publication:
    draft = BookDraft(
        manifest='<item id="i" href="i.png" media-type="image/png"/>'
        '<item id="f" href="f.ttf" media-type="font/ttf"/>',
        files={"EPUB/i.png": PIXEL_PNG, "EPUB/f.ttf": NOISE, **files},
    )
    with Container.open(draft.write(folder / "book.epub")) as container:
        return read_publication(container)


@pytest.mark.parametrize("rights", [{}, RIGHTS, SINF, LCP], ids=["none", "adept", "sinf", "lcp"])
@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 0),
        (encrypted("EPUB/f.ttf", algorithm=IDPF), 0),
        ({**encrypted("EPUB/i.png"), "EPUB/i.png": NOISE}, 1),
        ({**encrypted("EPUB/i.png"), "EPUB/i.png": b"x" * 64}, 1),
        (encrypted("EPUB/i.png", "EPUB/nothing.png"), 0),
        (encrypted("EPUB/chapter0001.xhtml", "EPUB/chapter0002.xhtml"), 0),
    ],
    ids=["nothing", "a font", "a picture", "a text picture", "clear picture", "clear chapters"],
)
def test_what_is_left_of_a_protection_refuses_nothing(
    files: dict[str, bytes | str], count: int, rights: dict[str, str], tmp_path: Path
) -> None:
    publication = protected(tmp_path, {**files, **rights})
    assert len(publication.reading_order) == 2
    listed = (Defect(DefectKind.ENCRYPTED_FILES, count),) if count else ()
    assert publication.defects == listed


@pytest.mark.parametrize(
    ("files", "scheme"),
    [
        ({**encrypted(*BOTH), **RIGHTS}, "Adobe ADEPT"),
        ({**encrypted(*BOTH), **LCP}, "Readium LCP"),
        ({**encrypted(*BOTH, "EPUB/i.png"), **SINF}, "Apple FairPlay"),
        (encrypted(*BOTH), ""),
        ({"META-INF/rights.xml": "<rights>kobo</rights>"}, "Kobo"),
    ],
)
def test_encrypted_chapters_refuse_the_book_by_name(
    files: dict[str, str], scheme: str, tmp_path: Path
) -> None:
    with pytest.raises(Encrypted) as raised:
        protected(tmp_path, {**files, **dict.fromkeys(BOTH, NOISE)})
    assert raised.value.scheme == scheme


@pytest.mark.parametrize("rights", [{}, RIGHTS, SINF, LCP], ids=["none", "adept", "sinf", "lcp"])
def test_the_clear_chapters_of_a_book_open(rights: dict[str, str], tmp_path: Path) -> None:
    draft = BookDraft(
        files={**encrypted(BOTH[1]), **rights, BOTH[1]: NOISE},
    )
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        serving = Serving(container, publication)
        assert serving.resource(BOTH[0]).stand_in is None
        assert serving.resource(BOTH[1]).stand_in is StandIn.PROTECTED
        assert ContentModels(container, publication).total(1) == 0
    assert publication.defects == (Defect(DefectKind.ENCRYPTED_FILES, 1),)


def test_a_book_is_refused_when_most_chapters_are_encrypted(tmp_path: Path) -> None:
    names = [f"EPUB/chapter000{n}.xhtml" for n in range(1, 4)]
    draft = BookDraft(
        chapters=["<p>Words.</p>"] * 3,
        files={**encrypted(*names), **dict.fromkeys(names[1:], NOISE)},
    )
    path = draft.write(tmp_path / "book.epub")
    with Container.open(path) as container, pytest.raises(Encrypted):
        read_publication(container)


@pytest.mark.parametrize(
    "chapter",
    [
        "<section><p>café</p></section>".encode("latin-1"),
        page(f"<!-- {'é, ' * 900} --><p>café</p>").encode("latin-1"),
        (f"<!-- {'é, ' * 900} -->" + page("<p>café</p>")).encode("latin-1"),
    ],
    ids=["a piece", "a comment inside", "a comment before"],
)
def test_a_licence_left_behind_makes_no_text_protected(chapter: bytes, tmp_path: Path) -> None:
    draft = BookDraft(files={**RIGHTS, BOTH[0]: chapter, BOTH[1]: chapter})
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        assert Serving(container, publication).resource(BOTH[0]).stand_in is None
    assert publication.defects == ()


def test_a_damaged_chapter_beside_a_licence_is_not_protected(tmp_path: Path) -> None:
    path = BookDraft(files=RIGHTS).write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    start = data.index(b"chapter0002.xhtml") + len("chapter0002.xhtml")
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    with Container.open(path) as container:
        publication = read_publication(container)
        served = Serving(container, publication).resource(BOTH[1])
    assert served.stand_in is StandIn.UNREADABLE


def test_a_book_of_nothing_is_still_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        protected(tmp_path, {"EPUB/package.opf": "<package><manifest/><spine/></package>"})
