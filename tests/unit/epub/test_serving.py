"""What the page gets: repaired chapters with the same characters, styles, fonts, fallbacks."""

import hashlib
import re
from pathlib import Path

import pytest
from lxml import etree

from kios_desktop.domain.errors import Missing
from kios_desktop.epub import encoding, repair, xhtml_writer
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Served, Serving, StandIn, sentence_page
from kios_desktop.epub.source_tree import SourceTree
from tests.books import PIXEL_PNG, BookDraft, page

XHTML = "{http://www.w3.org/1999/xhtml}"


def serve(draft: BookDraft, folder: Path, *paths: str) -> list[Served]:
    with Container.open(draft.write(folder / "book.epub")) as container:
        serving = Serving(container, read_publication(container))
        return [serving.resource(path) for path in paths]


def characters(document: bytes) -> str:
    """The non-space characters of the body as a strict XML parser sees them."""
    deep = etree.XMLParser(huge_tree=True)  # so does Chromium
    body = etree.fromstring(document, deep).find(f"{XHTML}body")
    assert body is not None
    for inserted in body.findall(f".//*[@{xhtml_writer.INSERTED}]"):
        inserted.text = ""
    return re.sub("[ \t\r\n]+", "", "".join(map(str, body.itertext("*"))))


def stream(document: bytes) -> str:
    tree = SourceTree(encoding.decode(document))
    return re.sub("[ \t\r\n]+", "", "".join(tree.characters(text) for text in tree.texts))


@pytest.mark.parametrize(
    "document",
    [
        page("<p>all is well</p>"),
        page("<p>a&nbsp;b &mdash; c&eacute;</p>"),
        page("<p>fish & chips, 1 < 2</p>"),
        page("<p>one<p>two<br>three"),
        page("<p id='a' id='b' bad!attr=x>double</p>"),
        page("<p>control \x0b characters \x00</p>"),
        page("<p epub:type='x' foo:bar='y'>prefix</p>"),
        page("<p>&bogus; entity &#0; &#xD800;</p>"),
        page("<b><i>crossed</b></i>"),
        page("<p><![CDATA[ &nbsp; <b> ]]></p>"),
        "<html><body><p>no namespace</p></body></html>",
        "<HTML><BODY><P>shouting</P></BODY></HTML>",
        "<p>no html</p><p>at all</p>",
        "<html><head><title>t</title></head><p>no body</p></html>",
        '<!DOCTYPE html [<!ENTITY e "own">]>' + page("<p>&e;</p>").partition("?>")[2],
        page("<math><mfenced open='['><mi>a</mi><mi>b</mi></mfenced></math>"),
        page("<p>text</p>") + "trailing",
        "",
        "<html>" * 5_000 + "<p>deep</p>",
        "<p>" * 5_000 + "deep",
    ],
)
def test_repaired_chapter_is_xml_with_the_same_characters(document: str) -> None:
    data = document.encode("utf-8", "surrogatepass")
    assert characters(repair.content_document(data)) == stream(data)


@pytest.mark.parametrize(
    ("declared", "actual"),
    [("utf-8", "utf-8"), ("iso-8859-1", "iso-8859-1"), ("utf-8", "cp1252"), ("utf-16", "utf-16"),
     ("iso-8859-1", "utf-8"), ("nonsense", "utf-8"), ("shift_jis", "shift_jis")],
)  # fmt: skip
def test_any_encoding_is_served_as_utf8(declared: str, actual: str) -> None:
    text = "日本語" if actual == "shift_jis" else "naïve café"
    document = page(f"<p>{text}</p>").replace("utf-8", declared).encode(actual)
    assert characters(repair.content_document(document)) == text.replace(" ", "")


@pytest.mark.parametrize(
    "start",
    ["<?xml version='1.0'?><?xml version='1.0'?>", "\ufeff\ufeff<?xml version='1.0'?>",
     " \n\ufeff", "<?xml version='1.0'?>\ufeff", "<?xml version='1.1'?>",
     "<!-- --><?xml version='1.0'?>", "<?xml version='1.0' encoding='ebcdic'?>",
     "<!DOCTYPE html [<!ELEMENT p ANY> %x; ]>", "\x00"],
)  # fmt: skip
def test_what_is_served_is_what_was_parsed(start: str) -> None:
    """A well-formed rest must not bring a start that no parser takes into the page."""
    document = page("<p>all is well</p>").partition("<!DOCTYPE html>\n")[2]
    assert characters(repair.content_document((start + document).encode())) == "alliswell"


def test_a_drawing_without_a_namespace_is_one(tmp_path: Path) -> None:
    for flaw in ("", "<br>"):
        document = page(f"<svg><circle r='1'/></svg><math><mi>x</mi></math>{flaw}")
        root = etree.fromstring(repair.content_document(document.encode()))
        assert root.find(f".//{{{xhtml_writer.SVG}}}circle") is not None
        assert root.find(f".//{{{xhtml_writer.MATHML}}}mi") is not None


@pytest.mark.parametrize("flaw", ["", "<br>"])
def test_no_page_leaves_itself_for_another(flaw: str) -> None:
    document = page(f"<p>Words.</p>{flaw}", head='<meta http-equiv="Refresh" content="0;url=x"/>')
    assert b"efresh" not in repair.content_document(document.encode())


def test_fences_are_written_out_and_marked() -> None:
    served = repair.content_document(
        page(
            "<math><mfenced open='[' separators=';'><mi>a</mi><mi>b</mi></mfenced></math>"
        ).encode()
    )
    assert b"mfenced" not in served
    inserted = etree.fromstring(served).findall(f".//*[@{xhtml_writer.INSERTED}]")
    assert [element.text for element in inserted] == ["[", ";", ")"]


@pytest.mark.parametrize("flaw", ["", "<br>"])
def test_style_sheet_in_the_body_keeps_its_text_and_gets_a_marked_copy(flaw: str) -> None:
    document = page(f"<style>p{{page-break-before:always}}</style><p>x</p>{flaw}").encode()
    served = repair.content_document(document)
    assert characters(served) == stream(document)
    (copy,) = etree.fromstring(served).findall(f".//*[@{xhtml_writer.INSERTED}]")
    assert copy.text == "p{break-before:column}"


def test_page_of_one_sentence_has_no_characters() -> None:
    assert characters(sentence_page("Something else stands here.").body) == ""


def test_missing_chapter_gets_a_page_that_says_so(tmp_path: Path) -> None:
    draft = BookDraft(files={"EPUB/chapter0001.xhtml": None})
    (served,) = serve(draft, tmp_path, "EPUB/chapter0001.xhtml")
    assert served.stand_in is StandIn.MISSING


def test_files_nobody_may_ask_for_are_missing(tmp_path: Path) -> None:
    for path in ("META-INF/container.xml", "mimetype", "../x", "nope.css", "", "EPUB"):
        with pytest.raises(Missing):
            serve(BookDraft(), tmp_path, path)


def test_svg_in_the_spine_is_a_page_with_its_text(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest='<item id="s" href="p.svg" media-type="image/svg+xml"/>',
        spine='<itemref idref="s"/>',
        files={"EPUB/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'><text>hi & ho</text></svg>"},
    )
    (served,) = serve(draft, tmp_path, "EPUB/p.svg")
    assert served.media_type == "application/xhtml+xml"
    assert characters(served.body) == "hi&ho"


def test_picture_in_the_spine_is_a_page_that_shows_it(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest='<item id="i" href="a b.png" media-type="image/png"/>',
        spine='<itemref idref="i"/>',
        files={"EPUB/a b.png": PIXEL_PNG},
    )
    first, picture = serve(draft, tmp_path, "EPUB/a b.png", ".kios/picture/EPUB/a b.png")
    source = etree.fromstring(first.body).find(f".//{XHTML}img")
    assert source is not None
    assert source.get("src") == "/.kios/picture/EPUB/a%20b.png"
    assert picture == Served(PIXEL_PNG, "image/png")


def test_fallback_chain_is_followed(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest=(
            '<item id="j" href="x.json" media-type="application/json" fallback="k"/>'
            '<item id="k" href="x.psd" media-type="image/psd" fallback="c1"/>'
        ),
        spine='<itemref idref="j"/>',
        files={"EPUB/x.json": "{}", "EPUB/x.psd": "psd"},
    )
    (served,) = serve(draft, tmp_path, "EPUB/x.json")
    assert b"First words." in served.body


def test_fallback_circle_ends(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest=(
            '<item id="j" href="x.json" media-type="application/json" fallback="k"/>'
            '<item id="k" href="y.json" media-type="application/json" fallback="j"/>'
        ),
        spine='<itemref idref="j"/>',
        files={"EPUB/x.json": "{}", "EPUB/y.json": "{}"},
    )
    (served,) = serve(draft, tmp_path, "EPUB/x.json")
    assert served.stand_in is StandIn.UNSUPPORTED


@pytest.mark.parametrize("algorithm", ["idpf", "adobe"])
def test_obfuscated_font_is_served_clear(algorithm: str, tmp_path: Path) -> None:
    clear = bytes(range(256)) * 8
    draft = BookDraft(manifest='<item id="f" href="f.ttf" media-type="font/ttf"/>')
    if algorithm == "idpf":
        key, length = hashlib.sha1(draft.identifier.encode()).digest(), 1040
        uri = "http://www.idpf.org/2008/embedding"
    else:
        key, length = bytes.fromhex("12345678123412341234123456789abc"), 1024
        uri = "http://ns.adobe.com/pdf/enc#RC"
    hidden = bytes(b ^ key[i % len(key)] if i < length else b for i, b in enumerate(clear))
    draft.files = {
        "EPUB/f.ttf": hidden,
        "META-INF/encryption.xml": (
            '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
            f'<e:EncryptionMethod Algorithm="{uri}"/><e:CipherData>'
            '<e:CipherReference URI="EPUB/f.ttf"/></e:CipherData></e:EncryptedData></encryption>'
        ),
    }
    (served,) = serve(draft, tmp_path, "EPUB/f.ttf")
    assert served == Served(clear, "font/ttf")


def test_styles_are_adapted_wherever_they_are(tmp_path: Path) -> None:
    draft = BookDraft(
        css="p { page-break-before: always }",
        chapters=['<p style="-epub-hyphens: auto">x</p>'],
    )
    chapter, sheet = serve(draft, tmp_path, "EPUB/chapter0001.xhtml", "EPUB/style.css")
    assert b'style="hyphens: auto"' in chapter.body
    assert sheet.body == b"p { break-before: column }"
    assert sheet.media_type.startswith("text/css")


@pytest.mark.parametrize("broken", ["", "<p>not closed"])
def test_a_link_that_is_no_style_sheet_leads_nowhere(broken: str) -> None:
    """Chromium connects for `preconnect` whatever policy and interceptor say."""
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title>'
        '<link rel="preconnect" href="http://there.example/"/>'
        "<link href='http://there.example/' rel='x > &#112;reload'/>"
        '<link rel="alternate stylesheet" href="night.css"/>'
        f'<link rel="StyleSheet" href="day.css"/></head><body><p>Words.</p>{broken}</body></html>'
    )
    served = repair.content_document(page.encode()).decode()
    assert not re.search(r'\shref="?\'?http', served)
    assert re.findall(r'\shref="(\w+\.css)"', served) == ["night.css", "day.css"]


class Faulty(Container):
    """Fails in a way that nobody foresaw."""

    def read(self, name: str) -> bytes:
        raise RuntimeError(name)


def test_after_an_unforeseen_fault_a_chapter_is_a_sentence_and_the_fault_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    with Container.open(path) as container:
        publication = read_publication(container)
    with Faulty.open(path) as container:
        served = Serving(container, publication).resource("EPUB/chapter0001.xhtml")
    assert served.stand_in is StandIn.UNFORESEEN
    assert caplog.records[0].exc_info is not None
