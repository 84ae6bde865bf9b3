"""From container to publication: metadata, reading order, navigation, cover, defects, DRM."""

from pathlib import Path

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damage, Encrypted, Unreadable
from kios_desktop.domain.publication import Direction, Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.link_targets import LinkTarget, LinkTargets
from kios_desktop.epub.package import read_publication
from tests.books import PIXEL_PNG, BookDraft, page, write_zip

NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
    "<navPoint><navLabel><text>Part</text></navLabel><content src='chapter0001.xhtml'/>"
    "<navPoint><navLabel><text> Deep\n er </text></navLabel>"
    "<content src='chapter0002.xhtml#x'/></navPoint></navPoint></navMap>"
    "<pageList><pageTarget><navLabel><text>7</text></navLabel>"
    "<content src='chapter0001.xhtml#p7'/></pageTarget></pageList></ncx>"
)
NCX_ITEM = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'


def read(draft: BookDraft, folder: Path) -> Publication:
    with Container.open(draft.write(folder / "book.epub")) as container:
        return read_publication(container)


def test_metadata_of_epub_3_with_refinements(tmp_path: Path) -> None:
    publication = read(
        BookDraft(
            title="Main",
            metadata=(
                '<dc:title id="t2">Sub</dc:title>'
                '<meta refines="#t2" property="title-type">subtitle</meta>'
                '<dc:creator id="ed">Ed Editor</dc:creator>'
                '<meta refines="#ed" property="role">edt</meta>'
                '<meta property="belongs-to-collection" id="c">The Saga</meta>'
                '<meta refines="#c" property="collection-type">series</meta>'
                '<meta refines="#c" property="group-position">2.5</meta>'
                "<dc:publisher>House</dc:publisher><dc:subject>Fish</dc:subject>"
            ),
        ),
        tmp_path,
    )
    about = publication.metadata
    assert about.title == "Main: Sub"
    assert about.authors == ("Ann Author",)
    assert (about.series, about.series_index) == ("The Saga", 2.5)
    assert about.publisher == "House"
    assert about.identifier == "urn:uuid:12345678-1234-1234-1234-123456789abc"


def test_series_of_calibre(tmp_path: Path) -> None:
    meta = (
        '<meta name="calibre:series" content="Culture"/>'
        '<meta name="calibre:series_index" content="3"/>'
    )
    about = read(BookDraft(metadata=meta), tmp_path).metadata
    assert (about.series, about.series_index) == ("Culture", 3.0)


def test_file_name_stands_in_for_a_missing_title(tmp_path: Path) -> None:
    assert read(BookDraft(title=""), tmp_path).metadata.title == "book"


def test_unknown_idrefs_are_dropped_and_others_keep_their_cfi_step(tmp_path: Path) -> None:
    draft = BookDraft(
        spine='<itemref idref="nope"/>'
        '<itemref idref="c1" linear="no" properties="page-spread-left"/>'
    )
    order = read(draft, tmp_path).reading_order
    assert [link.cfi_step for link in order] == [2, 4, 8]
    assert [link.linear for link in order] == [True, True, False]
    assert "page-spread-left" in order[2].properties


def test_missing_files_stay_in_the_reading_order(tmp_path: Path) -> None:
    draft = BookDraft(files={"EPUB/chapter0001.xhtml": None})
    publication = read(draft, tmp_path)
    assert [link.exists for link in publication.reading_order] == [False, True]
    assert Defect(DefectKind.MISSING_FILES, 1) in publication.defects


def test_fragment_in_the_manifest_is_kept_apart(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest='<item id="f" href="chapter0002.xhtml#o76" media-type="application/xhtml+xml"/>',
        spine='<itemref idref="f"/>',
    )
    link = read(draft, tmp_path).reading_order[2]
    assert (link.href, link.fragment) == ("EPUB/chapter0002.xhtml", "o76")


def test_right_to_left_and_rendition_are_read(tmp_path: Path) -> None:
    draft = BookDraft(
        direction="rtl", metadata='<meta property="rendition:layout">pre-paginated</meta>'
    )
    publication = read(draft, tmp_path)
    assert publication.direction is Direction.RTL
    assert publication.rendition == {"layout": "pre-paginated"}


def test_navigation_document_is_read_with_its_levels(tmp_path: Path) -> None:
    nav = page(
        '<nav epub:type="toc"><ol><li><a href="chapter0001.xhtml">One <b>bold</b></a>'
        '<ol><li><a href="chapter0001.xhtml#s%C3%A4">Sec</a></li></ol></li>'
        "<li><span>Heading</span><ol><li><a href='chapter0002.xhtml'>Two</a></li></ol></li>"
        "</ol></nav>"
        '<nav epub:type="page-list"><ol><li><a href="chapter0001.xhtml#p1">1</a></li></ol></nav>'
        '<nav epub:type="landmarks"><ol><li><a href="chapter0001.xhtml">Start</a></li></ol></nav>'
    )
    publication = read(BookDraft(files={"EPUB/nav.xhtml": nav}), tmp_path)
    flat = [(depth, e.title, e.href, e.fragment) for depth, e in publication.flat_toc()]
    assert flat == [
        (0, "One bold", "EPUB/chapter0001.xhtml", ""),
        (1, "Sec", "EPUB/chapter0001.xhtml", "sä"),
        (0, "Heading", "", ""),
        (1, "Two", "EPUB/chapter0002.xhtml", ""),
    ]
    assert [e.title for e in publication.page_list] == ["1"]
    assert [e.title for e in publication.landmarks] == ["Start"]


def test_ncx_replaces_a_broken_navigation_document(tmp_path: Path) -> None:
    draft = BookDraft(manifest=NCX_ITEM, files={"EPUB/nav.xhtml": "", "EPUB/toc.ncx": NCX})
    publication = read(draft, tmp_path)
    assert [(d, e.title, e.fragment) for d, e in publication.flat_toc()] == [
        (0, "Part", ""),
        (1, "Deep er", "x"),
    ]
    assert publication.page_list[0].fragment == "p7"
    assert Defect(DefectKind.UNREADABLE_NAVIGATION) in publication.defects


def test_named_entities_in_an_ncx_are_understood(tmp_path: Path) -> None:
    ncx = NCX.replace("Part", "Caf&eacute; &amp; Bar &bogus;")
    draft = BookDraft(with_toc=False, manifest=NCX_ITEM, files={"EPUB/toc.ncx": ncx})
    assert read(draft, tmp_path).toc[0].title == "Café & Bar &bogus;"


def test_book_without_any_table_of_contents_has_a_defect(tmp_path: Path) -> None:
    publication = read(BookDraft(with_toc=False), tmp_path)
    assert publication.toc == ()
    assert Defect(DefectKind.NO_CONTENTS) in publication.defects


def test_table_of_contents_nested_without_end_is_cut(tmp_path: Path) -> None:
    deep = '<ol><li><a href="chapter0001.xhtml">x</a>' * 200 + "</li></ol>" * 200
    nav = page(f'<nav epub:type="toc">{deep}</nav>')
    publication = read(BookDraft(files={"EPUB/nav.xhtml": nav}), tmp_path)
    assert 1 < len(list(publication.flat_toc())) < 200


@pytest.mark.parametrize(
    "draft",
    [
        BookDraft(cover=PIXEL_PNG),
        BookDraft(
            metadata='<meta name="cover" content="pic"/>',
            manifest='<item id="pic" href="x.png" media-type="image/png"/>',
            files={"EPUB/x.png": PIXEL_PNG},
        ),
        BookDraft(
            manifest='<item id="i" href="img/My-Cover.png" media-type="image/png"/>',
            files={"EPUB/img/My-Cover.png": PIXEL_PNG},
        ),
        BookDraft(
            chapters=['<div><img src="front.png" alt=""/></div>'],
            manifest='<item id="i" href="front.png" media-type="image/png"/>',
            files={"EPUB/front.png": PIXEL_PNG},
        ),
    ],
    ids=["property", "meta name", "file name", "cover page"],
)
def test_cover_is_found(draft: BookDraft, tmp_path: Path) -> None:
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        assert container.read(publication.cover_href) == PIXEL_PNG


def test_container_xml_may_be_missing(tmp_path: Path) -> None:
    publication = read(BookDraft(files={"META-INF/container.xml": None}), tmp_path)
    assert len(publication.reading_order) == 2
    assert Defect(DefectKind.NO_CONTAINER) in publication.defects


def test_first_of_several_packages_is_taken(tmp_path: Path) -> None:
    draft = BookDraft()
    container = draft.entries()["META-INF/container.xml"].decode()
    second = (
        '<rootfile full-path="other.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    )
    draft.files = {
        "META-INF/container.xml": container.replace("</rootfiles>", second),
        "other.opf": "<package/>",
    }
    assert read(draft, tmp_path).package_href == "EPUB/package.opf"


def test_package_without_namespace_and_with_wrong_case_is_read(tmp_path: Path) -> None:
    opf = (
        "<package version='2.0'><metadata><title>Old</title></metadata>"
        "<manifest><item id='a' href='CHAPTER0001.XHTML' media-type='text/html'/></manifest>"
        "<spine><itemref idref='a'/></spine></package>"
    )
    publication = read(BookDraft(files={"EPUB/package.opf": opf}), tmp_path)
    assert publication.metadata.title == "Old"
    assert publication.reading_order[0].href == "EPUB/chapter0001.xhtml"


def test_package_in_utf16_with_leading_space_is_read(tmp_path: Path) -> None:
    draft = BookDraft(title="Ünï")
    opf = draft.entries()["EPUB/package.opf"].decode().replace("utf-8", "utf-16")
    draft.files = {"EPUB/package.opf": opf.encode("utf-16")}
    assert read(draft, tmp_path).metadata.title == "Ünï"


def test_entities_of_a_document_type_read_no_file_and_do_not_grow_without_end(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read")
    draft = BookDraft(title="XX")
    opf = draft.entries()["EPUB/package.opf"].decode()
    levels = "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE package [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY own "words">'
        f'<!ENTITY b0 "bbbbbbbbbb">{levels}]>'
    )
    opf = opf.replace("?>", "?>" + bomb, 1).replace("XX", "x &a; &own; &b11;")
    draft.files = {"EPUB/package.opf": opf}
    title = read(draft, tmp_path).metadata.title
    assert "do not read" not in title
    assert title.startswith("x") and "words" in title
    assert "bbb" not in title


@pytest.mark.parametrize(
    ("files", "scheme"),
    [
        ({"META-INF/rights.xml": "<rights xmlns='http://ns.adobe.com/adept'/>"}, "Adobe ADEPT"),
        ({"META-INF/rights.xml": "<rights>barnesandnoble.com</rights>"}, "Barnes & Noble"),
        ({"META-INF/sinf.xml": "<sinf/>"}, "Apple FairPlay"),
        ({"META-INF/license.lcpl": "{}"}, "Readium LCP"),
        ({}, ""),
    ],
)
def test_drm_is_named(files: dict[str, str], scheme: str, tmp_path: Path) -> None:
    encryption = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        '<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>'
        '<e:CipherData><e:CipherReference URI="EPUB/chapter0001.xhtml"/></e:CipherData>'
        "</e:EncryptedData></encryption>"
    )
    noise = bytes(range(128, 256)) * 4
    draft = BookDraft(
        chapters=["<p>Words.</p>"],
        files={"META-INF/encryption.xml": encryption, "EPUB/chapter0001.xhtml": noise, **files},
    )
    with pytest.raises(Encrypted) as raised:
        read(draft, tmp_path)
    assert raised.value.scheme == scheme


def test_obfuscated_fonts_are_no_drm(tmp_path: Path) -> None:
    encryption = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        '<e:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
        '<e:CipherData><e:CipherReference URI="EPUB/f.ttf"/></e:CipherData>'
        "</e:EncryptedData></encryption>"
    )
    draft = BookDraft(files={"META-INF/encryption.xml": encryption})
    assert len(read(draft, tmp_path).reading_order) == 2


@pytest.mark.parametrize(
    ("entries", "damage", "detail"),
    [
        ({"word/document.xml": b"<x/>"}, Damage.OTHER_TYPE, "DOCX"),
        ({"1.jpg": b"x", "2.jpg": b"y"}, Damage.OTHER_TYPE, "CBZ"),
        ({"mimetype": b"application/epub+zip"}, Damage.NO_CHAPTERS, "package document"),
        ({"content.opf": b"<package><spine/></package>"}, Damage.NO_CHAPTERS, "reading order"),
        ({"content.opf": b""}, Damage.NO_CHAPTERS, "package document"),
    ],
)
def test_zip_that_is_no_book_says_what_is_wrong(
    entries: dict[str, bytes], damage: Damage, detail: str, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "book.epub", entries)
    with Container.open(path) as container, pytest.raises(Unreadable) as raised:
        read_publication(container)
    assert (raised.value.damage, raised.value.detail) == (damage, detail)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('idref="c1"', 'idref="C1"'),
        ('idref="c1"', 'idref="chapter0001.xhtml"'),
        ('<itemref idref="c2"/>', '</spine><spine><itemref idref="c2"/>'),
    ],
    ids=["another case", "the file's name", "two lists"],
)
def test_the_reading_order_is_as_it_is_meant(written: str, meant: str, tmp_path: Path) -> None:
    draft = BookDraft()
    package = draft.entries()["EPUB/package.opf"].decode()
    draft.files = {"EPUB/package.opf": package.replace(written, meant)}
    publication = read(draft, tmp_path)
    assert [link.id for link in publication.reading_order] == ["c1", "c2"]
    assert publication.defects == ()


def test_prefixes_that_are_not_declared_hide_nothing(tmp_path: Path) -> None:
    draft = BookDraft(title="Emma")
    package = draft.entries()["EPUB/package.opf"].decode()
    package = package.replace(' xmlns="http://www.idpf.org/2007/opf"', "")
    package = package.replace(' xmlns:dc="http://purl.org/dc/elements/1.1/"', "")
    for name in ("package", "metadata", "manifest", "spine", "itemref", "item "):
        package = package.replace(f"<{name}", f"<opf:{name}").replace(f"</{name}", f"</opf:{name}")
    draft.files = {"EPUB/package.opf": package}
    publication = read(draft, tmp_path)
    assert publication.metadata.title == "Emma"
    assert len(publication.reading_order) == len(publication.toc) == 2


@pytest.mark.parametrize("first", ["<package/>", "", "no XML", "<package><manifest/></package>"])
@pytest.mark.parametrize("is_named", [True, False])
def test_the_next_package_is_read_if_one_has_nothing(
    first: str, is_named: bool, tmp_path: Path
) -> None:
    draft = BookDraft()
    container = draft.entries()["META-INF/container.xml"].decode()
    rootfile = container[container.index("<rootfile ") : container.index("</rootfiles>")]
    other = rootfile.replace("EPUB/package.opf", "EPUB/a.opf")
    container = container.replace(rootfile, other + rootfile if is_named else other)
    draft.files = {"META-INF/container.xml": container, "EPUB/a.opf": first}
    publication = read(draft, tmp_path)
    assert publication.package_href == "EPUB/package.opf"
    assert publication.defects == (Defect(DefectKind.ILL_FORMED_PACKAGE),)


@pytest.mark.parametrize("before", ["\n\n junk ", "junk", "HTTP/1.1 200 OK\r\n\r\n"])
def test_words_before_the_package_are_passed_over(before: str, tmp_path: Path) -> None:
    draft = BookDraft()
    draft.files = {"EPUB/package.opf": before + draft.entries()["EPUB/package.opf"].decode()}
    publication = read(draft, tmp_path)
    assert len(publication.reading_order) == 2
    assert publication.defects == (Defect(DefectKind.ILL_FORMED_PACKAGE),)


@pytest.mark.parametrize("name", ["who?.xhtml", "ch#2.xhtml", "a?b#c.xhtml"])
def test_a_file_whose_name_has_marks_of_an_address_is_found(name: str, tmp_path: Path) -> None:
    draft = BookDraft()
    entries = draft.entries()
    old, new = b"chapter0002.xhtml", name.encode()
    draft.files = {
        "EPUB/chapter0002.xhtml": None,
        f"EPUB/{name}": entries["EPUB/chapter0002.xhtml"],
        "EPUB/package.opf": entries["EPUB/package.opf"].replace(
            b"chapter0002.xhtml", name.encode()
        ),
        "EPUB/nav.xhtml": entries["EPUB/nav.xhtml"].replace(old, new),
    }
    publication = read(draft, tmp_path)
    assert publication.defects == ()
    assert (publication.reading_order[1].href, publication.reading_order[1].exists) == (
        f"EPUB/{name}",
        True,
    )
    assert (publication.toc[1].href, publication.toc[1].fragment) == (f"EPUB/{name}", "")
    assert LinkTargets(publication).of_link(name, 0) == LinkTarget(1)
