"""A chapter that would take gigabytes is refused in a sentence; the rest of the book reads."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kios_desktop.cli.positions import positions_main
from kios_desktop.domain.errors import DocumentTooLarge
from kios_desktop.epub import expansion, fallback, limits
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.serving import Serving, StandIn
from kios_desktop.epub.source_tree import MAX_DEPTH, Element, SourceTree
from kios_desktop.epub.xhtml_writer import SVG
from kios_desktop.ui.kit.error_texts import explain
from tests.books import BookDraft, page, write_zip

MANY = "<i>a</i><b/>" * 160_000  # 1.9 MB of 320,000 elements
LONG = "<p>word</p>" * 10 + "word " * (limits.MAX_BYTES // 5)
GROWTH_MB = 300


def book(folder: Path, body: str) -> Path:
    draft = BookDraft(chapters=[body, "<p>The second chapter.</p>"])
    return write_zip(folder / "large.epub", draft.entries(), stored=True)


def copies(levels: int, wide: int, of: str = "g", by: str = "<use href='#c{}'/>") -> str:
    """An SVG of a few hundred elements that stands for `wide` to the power of `levels`."""
    inner = "<rect width='9' height='9'/>"
    parts = [f"<{of} id='c0'>{inner}</{of}>"]
    parts += [f"<{of} id='c{n}'>{by.format(n - 1) * wide}</{of}>" for n in range(1, levels)]
    shown = by.format(levels - 1)
    return f'<svg xmlns="{SVG}"><defs>{"".join(parts)}</defs>{shown}</svg>'


LEVELS = range(1, 9)
TENFOLD = "".join(
    f'<!ENTITY e{n} \'<g id="e{n}">' + f'<use href="#e{n - 1}"/>' * 10 + "</g>'>" for n in LEVELS
)
ENTITIES = (
    f'<!DOCTYPE svg [{TENFOLD}]><svg xmlns="{SVG}"><g id="e0"/>'
    + "".join(f"&e{n};" for n in LEVELS)
    + "</svg>"
)
MULTIPLIED = (
    f"<!DOCTYPE svg [<!ENTITY a '{'<g/>' * 8}'><!ENTITY b '{'&a;' * 50}'>]>"
    f'<svg xmlns="{SVG}">{"&b;" * 700}{"<g/>" * 150_000}</svg>'
)
MERGED = (
    "<filter id='f'><feFlood result='r'/>"
    + "<feMerge result='r'><feMergeNode in='r'/><feMergeNode in='r'/></feMerge>" * 30
    + "</filter>"
)
BLENDED = (
    "<filter id='f'><feFlood result='r'/>" + "<feBlend in2='r' result='r'/>" * 30 + "</filter>"
)
FILLED = "<rect width='9' height='9' fill=\"url('#c{}')\"/>"


@pytest.mark.parametrize(
    "body",
    [
        MANY,
        LONG,
        "<p" + ' a="b"' * 1_100_000 + ">x</p>",
        "".join(f"<b title='{n}' id='i{n}' class='c'>x</b>" for n in range(290_000)),
        "<video/><h:AUDIO></h:AUDIO>" * 40_000,
        copies(24, 10),
        copies(9, 10, "svg:g", "<svg:use xlink:href='&#35;c{}'/>"),
        copies(9, 10, "pattern", FILLED),
        copies(9, 10, "mask", "<rect style='MASK: URL( #c{} )'/>"),
        f'<svg xmlns="{SVG}">{MERGED}</svg>',
        f'<svg xmlns="{SVG}">{BLENDED}</svg>',
    ],
    ids=[
        "many",
        "long",
        "attributes",
        "three each",
        "media",
        "copies",
        "svg:use",
        "patterns",
        "masks",
        "merges",
        "blends",
    ],
)
def test_a_chapter_over_a_limit_is_a_sentence_and_the_next_one_reads(
    tmp_path: Path, body: str
) -> None:
    with Container.open(book(tmp_path, body)) as container:
        serving = Serving(container, read_publication(container))
        first = serving.resource("EPUB/chapter0001.xhtml")
        second = serving.resource("EPUB/chapter0002.xhtml")
        assert first.stand_in is StandIn.TOO_LARGE
        assert "The second chapter." in second.body.decode()
        with pytest.raises(DocumentTooLarge):
            limits.read_document(container, "EPUB/chapter0001.xhtml")


@pytest.mark.parametrize(
    "body",
    [
        copies(5, 10),
        copies(400, 1),
        f'<svg xmlns="{SVG}"><g id="a"><use href="#a"/><use href="#b"/></g>'
        '<g id="b"><use href="#a"/></g><use href="#"/><use/><use href="#nowhere"/></svg>',
        f'<svg xmlns="{SVG}">' + '<use href="icons.svg#x"/>' * 200 + "</svg>",
        "<p>use &lt;use&gt; <code>use</code></p>" * 1000,
    ],
    ids=["few", "deep", "in a circle", "of another file", "only a word"],
)
def test_copies_that_are_few_are_shown(tmp_path: Path, body: str) -> None:
    with Container.open(book(tmp_path, body)) as container:
        assert limits.read_document(container, "EPUB/chapter0001.xhtml")


def test_copies_of_one_part_that_is_in_a_circle_are_counted_in_full() -> None:
    """What stops a circle must not make the same part small where there is none."""
    many = "<b/>" * 1000
    text = (
        f'<svg><g id="x"><use href="#y"/>{many}</g><g id="y"><use href="#x"/></g>'
        + '<use href="#y"/>' * 400
        + "</svg>"
    )
    assert expansion.is_over(text, 300_000)
    assert not expansion.is_over(text, 500_000)


def test_elements_are_counted_in_the_letters_that_are_read(tmp_path: Path) -> None:
    """In EBCDIC none of its marks is the byte that it is elsewhere."""
    data = b"<?xml version='1.0' encoding='cp037'?>" + page("<b/>" * 310_000).encode("cp037")
    draft = BookDraft(files={"EPUB/chapter0001.xhtml": data})
    path = write_zip(tmp_path / "b.epub", draft.entries())
    with Container.open(path) as container, pytest.raises(DocumentTooLarge):
        limits.read_document(container, "EPUB/chapter0001.xhtml")


def test_for_counting_and_places_it_has_no_characters(tmp_path: Path) -> None:
    with Container.open(book(tmp_path, MANY)) as container:
        places = Places(container, read_publication(container))
        assert places.measure() == (0, len("Thesecondchapter."))
        assert places.from_cfi("epubcfi(/6/4!/4/2/1:4)").place is not None


def test_by_size_it_is_no_part_of_the_book_before_the_characters_are_counted(
    tmp_path: Path,
) -> None:
    with Container.open(book(tmp_path, LONG)) as container:
        publication = read_publication(container)
        sizes = fallback.text_sizes(container, publication)
        assert sizes[0] == 0 and sizes[1] > 0
        place = Places(container, publication).from_fraction(0.5).place
        assert place is not None and place.spine_index == 1


def test_the_positions_command_goes_on(tmp_path: Path) -> None:
    answers = io.StringIO()
    asked = io.StringIO('{"spine_index": 0, "ordinal": 5}\n{"spine_index": 1, "ordinal": 5}\n')
    assert positions_main([str(book(tmp_path, MANY))], asked, answers) == 0
    first, second = (json.loads(line) for line in answers.getvalue().splitlines())
    assert (first["ordinal"], second["ordinal"]) == (0, 5)


def test_what_is_just_below_the_limits_is_served(tmp_path: Path) -> None:
    body = "<p>word<br/></p>" * 149_000
    with Container.open(book(tmp_path, body)) as container:
        served = Serving(container, read_publication(container)).resource("EPUB/chapter0001.xhtml")
        assert served.stand_in is None and len(served.body) > len(body)


@pytest.mark.parametrize(
    ("name", "kind", "inside"),
    [
        ("big.svg", "image/svg+xml", f'<svg xmlns="{SVG}">{"<g/>" * 400_000}</svg>'),
        ("copies.svg", "image/svg+xml", copies(24, 10)),
        ("entity.svg", "image/svg+xml", ENTITIES),
        ("multiplied.svg", "image/svg+xml", MULTIPLIED),
        ("big.css", "text/css", "p{} " * 5_000_000),
    ],
    ids=["picture", "copies", "entities", "multiplied", "style sheet"],
)
def test_pictures_and_style_sheets_have_the_same_limits(
    tmp_path: Path, name: str, kind: str, inside: str
) -> None:
    draft = BookDraft(manifest=f'<item id="x" href="{name}" media-type="{kind}"/>')
    draft.files = {f"EPUB/{name}": inside}
    path = write_zip(tmp_path / "b.epub", draft.entries(), stored=True)
    with Container.open(path) as container:
        serving = Serving(container, read_publication(container))
        with pytest.raises(DocumentTooLarge):
            serving.resource(f"EPUB/{name}")


def test_the_words_name_the_fault_and_the_remedy() -> None:
    message = explain(DocumentTooLarge("EPUB/chapter0001.xhtml"), "")
    assert "too large" in message.title
    assert "other parts can be read" in message.text


def depth(tree: SourceTree) -> int:
    deepest = 0
    stack: list[tuple[Element, int]] = [(tree.root, 0)]
    while stack:
        element, here = stack.pop()
        deepest = max(deepest, here)
        stack.extend((c, here + 1) for c in element.children if isinstance(c, Element))
    return deepest


def test_deep_nesting_is_cut_and_keeps_every_character() -> None:
    tree = SourceTree(page("<div>a" * 5_000 + "</div>" * 5_000 + "<p>end</p>"))
    assert depth(tree) == MAX_DEPTH + 1
    assert tree.total == 5_003
    last = tree.elements[-1]
    assert last.name == "p" and last.parent is tree.body


def grown_mb(path: Path, work: str) -> float:
    """How much the memory of a process of its own grows over opening the book."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from kios_desktop.epub.container import Container\n"
        "from kios_desktop.epub.package import read_publication\n"
        "from kios_desktop.epub.places import Places\n"
        "from kios_desktop.epub.serving import Serving\n"
        "container = Container.open(Path(sys.argv[1]))\n"
        "publication = read_publication(container)\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"before = peak(); {work}\n"
        "print((peak() - before) / (1 << (20 if sys.platform == 'darwin' else 10)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="asks the kernel for the peak")
@pytest.mark.parametrize(
    "body", ["<b/>" * 10_000_000, "<i>a</i><b/>" * 210_000], ids=["40 MB", "2.5 MB"]
)
@pytest.mark.parametrize(
    "work",
    [
        "Serving(container, publication).resource('EPUB/chapter0001.xhtml')",
        "Places(container, publication).measure()",
    ],
)
def test_memory_does_not_grow(tmp_path: Path, body: str, work: str) -> None:
    assert grown_mb(book(tmp_path, body), work) < GROWTH_MB
