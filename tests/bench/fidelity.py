"""How exact the positions are, per book and in total, on the corpus beside the project.

    python -m tests.bench.fidelity [--json FILE] [--books NAME…]

Ground truth: KOReader's own engine, the compiled kepubify, foliate-js' CFI module
(shared/corpus/README.md). Prints a table; exits 1 when a limit is missed.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import xpointer
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.engine_tree import Node, StoredText
from kios_desktop.epub.fallback import spine_indexes
from kios_desktop.epub.grid import Grid, float32
from kios_desktop.epub.kobo_span import Segments
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element, SourceTree
from tests.bench.table import Figure, Table
from tests.corpus import CORPUS, book_names, truth

VECTORS = Path(__file__).parent.parent / "unit" / "epub" / "kobospan-vectors.json"
WHOLE_BOOKS = (
    "idpf-georgia-cfi",
    "idpf-hefty-water",
    "idpf-regime-anticancer-arabic",
    "idpf-wasteland",
)
FORMULA_BOOKS = ("idpf-linear-algebra", "w3c-cnt-mathml-support", "torture")
FORMULA_BYTES = 150_000  # of a chapter
FIRST_INDEX = re.compile(r"\[1\](?=[/.]|$)")


@dataclass(frozen=True)
class Measure:
    """One line of the table: what, the least acceptable share, and whether a count must be 0."""

    name: str
    limit: float
    note: str = ""


MEASURES = (
    Measure("xpointer to ordinal", 0.999),
    Measure("ordinal to xpointer", 0.995, "same node and offset as the engine’s own, [1] aside"),
    Measure("xpointers that resolve", 1.0, "of all written, in our model of the engine"),
    Measure("xpointers in formulas", 1.0, "the block around, or the character before"),
    Measure("CFI to ordinal", 1.0),
    Measure("ordinal to CFI", 1.0),
    Measure("koboSpan to ordinal", 1.0),
    Measure("ordinal to koboSpan", 1.0, "segments with characters"),
    Measure("koboSpan vectors", 1.0),
    Measure("round trip by xpointer", 1.0, "every non-space character of four books"),
    Measure("round trip by CFI", 1.0),
    Measure("round trip by locator", 1.0),
    Measure("round trip by koboSpan", 1.0, "same segment"),
    Measure("Komga’s grid accepts", 1.0),
)


class Tally:
    """Hits and tries by measure and book, and the first misses."""

    def __init__(self) -> None:
        self.tries: Counter[tuple[str, str]] = Counter()
        self.hits: Counter[tuple[str, str]] = Counter()
        self.misses: list[str] = []

    def add(self, measure: str, book: str, hit: bool, miss: object = "") -> None:
        self.tries[measure, book] += 1
        self.hits[measure, book] += hit
        if not hit and len(self.misses) < 40:
            self.misses.append(f"{measure}, {book}: {miss}")


class Book:
    """One opened book and its truths."""

    def __init__(self, name: str, container: Container, publication: Publication) -> None:
        self.name, self.publication = name, publication
        self.places = Places(container, publication)
        self.models = ContentModels(container, publication)
        self.container = container


def xpointers(book: Book, tally: Tally) -> None:
    for record in truth("xpointer", book.name):
        text, ordinal = record["xpointer"], record["nonspace_before"]
        place = Place(record["spine_index"], ordinal)
        found = book.places.from_xpointer(text)
        svg = text.endswith("/autoboxing/svg.0")
        exact = found.precision is (Precision.ITEM if svg else Precision.EXACT)
        tally.add("xpointer to ordinal", book.name, exact and found.place == place, text)
        written = book.places.xpointer(place)
        tally.add("xpointers that resolve", book.name, resolves(book, written), written)
        if "text()" in text and record["nonspace_total"]:
            same = same_point(book, text, written)
            tally.add("ordinal to xpointer", book.name, same, f"{text} as {written}")


def resolves(book: Book, text: str) -> bool:
    """Whether every step of a pointer is there in the virtual tree."""
    pointer = xpointer.parse(text)
    if pointer is None or len(text) > xpointer.MAX_CHARACTERS:
        return False
    model = book.models.at(pointer.fragment - 1)
    if not pointer.steps or model is None or model.is_svg:
        return 0 < pointer.fragment <= len(book.publication.reading_order)
    return xpointer.resolve(model.engine, model.engine_source.body, pointer).exact


def same_point(book: Book, theirs: str, ours: str) -> bool:
    """Same node and offset; a place at white space is that of the next other character."""
    one, two = xpointer.parse(theirs), xpointer.parse(ours)
    if one is None or two is None or one.offset is None or two.offset is None:
        return theirs == ours
    if (
        FIRST_INDEX.sub("", theirs.rpartition(".")[0])
        != FIRST_INDEX.sub("", ours.rpartition(".")[0].replace("/DocFragment[1]/", "/DocFragment/"))
        and one.steps != two.steps
    ):
        return False
    node = stored_text(book, one)
    return node is not None and not node.content[one.offset : two.offset].strip(" \t\r\n")


def stored_text(book: Book, pointer: xpointer.XPointer) -> StoredText | None:
    model = book.models.at(pointer.fragment - 1)
    if model is None:
        return None
    node: Node | None = model.engine_source.body
    for step in pointer.steps:
        node = xpointer.child(model.engine, node, step) if node is not None else None
    return node if isinstance(node, StoredText) else None


def cfis(book: Book, tally: Tally) -> None:
    for record in truth("cfi", book.name):
        text, ordinal = record["cfi"], record["nonspace_before"]
        found = book.places.from_cfi(text)
        hit = (
            found.place is not None
            and found.place.ordinal == ordinal
            and book.publication.reading_order[found.place.spine_index].href == record["href"]
        )
        tally.add("CFI to ordinal", book.name, hit, text)
        if found.place is not None:
            written = book.places.cfi(found.place)
            tally.add("ordinal to CFI", book.name, written == text, f"{text} as {written}")


def kobo_spans(book: Book, tally: Tally) -> None:
    for record in truth("kobospan", book.name):
        value, href, ordinal = record["kobo_span"], record["href"], record["nonspace_before"]
        found = book.places.from_kobo_span(value, href)
        outside = book.places.outside(value, href) if found.place is None else None
        got = found.place.ordinal if found.place else outside.ordinal if outside else None
        tally.add("koboSpan to ordinal", book.name, got == ordinal, f"{value} in {href}")
        if found.place is not None and record["text"].strip(" \t\r\n"):
            written = book.places.kobo_span(found.place)
            tally.add("ordinal to koboSpan", book.name, written == value, f"{value} as {written}")


def round_trips(book: Book, tally: Tally) -> None:
    for place in all_places(book):
        at = f"{place.spine_index}, {place.ordinal}"
        pointer = book.places.xpointer(place)
        model = book.models.at(place.spine_index)
        if model is None or not in_foreign(model, place.ordinal):
            back = book.places.from_xpointer(pointer).place
            tally.add("round trip by xpointer", book.name, back == place, f"{at}: {pointer}")
        back = book.places.from_cfi(book.places.cfi(place)).place
        tally.add("round trip by CFI", book.name, back == place, at)
        span = book.places.kobo_span(place)
        link = book.publication.reading_order[place.spine_index]
        first = spine_indexes(book.publication)[link.href]
        again = book.places.from_kobo_span(span, link.href).place
        same = again is not None and book.places.kobo_span(again) == span
        tally.add("round trip by koboSpan", book.name, same, f"{at}: {span}")
        if first == place.spine_index:
            locator = json.loads(json.dumps(book.places.readium_locator(place)))
            back = book.places.from_locator(locator).place
            tally.add("round trip by locator", book.name, back == place, at)


def in_foreign(model: ContentModel, ordinal: int) -> bool:
    """Whether a place is inside a formula or drawing, which xpointers only come close to."""
    text = model.text_at(ordinal)
    return text is not None and any(e.name in ("math", "svg") for e in _around(text.parent))


def formulas(book: Book, tally: Tally) -> None:
    """Places in MathML, which the engine rewrites: some of each chapter."""
    for spine_index in range(len(book.publication.reading_order)):
        if book.models.size_bytes(spine_index) > FORMULA_BYTES:
            continue
        model = book.models.at(spine_index)
        if model is None or "<math" not in model.tree.source:
            continue
        for ordinal in range(0, model.total, 1 + model.total // 60):
            text = model.text_at(ordinal)
            block = text and next((e for e in _around(text.parent) if e.name == "math"), None)
            if block is None:
                continue
            written = book.places.xpointer(Place(spine_index, ordinal))
            found = book.places.from_xpointer(written).place
            near = found is not None and found.ordinal <= block.ordinal
            good = near and "/math" not in written and resolves(book, written)
            tally.add("xpointers in formulas", book.name, good, written)


def _around(element: Element | None) -> Iterator[Element]:
    while element is not None:
        yield element
        element = element.parent


def all_places(book: Book) -> Iterator[Place]:
    for spine_index in range(len(book.publication.reading_order)):
        model = book.models.at(spine_index)
        if model is not None and model.tree.has_body:
            for ordinal in range(model.total):
                yield Place(spine_index, ordinal)


def grid(book: Book, tally: Tally) -> None:
    """Komga’s rule, simulated: an exact 32-bit match, or a position on either side."""
    order = book.publication.reading_order
    sizes = [book.container.size(x.href) if x.exists else 0 for x in order]
    lattice = Grid(sizes)
    for spine_index, size in enumerate(sizes):
        count = max(1, -(-size // 1024))
        slots = {float32(k / count) for k in range(count)}
        for step in range(0, 101, 10):
            sent = lattice.snap(spine_index, step / 100).progression
            tally.add("Komga’s grid accepts", book.name, sent in slots, (size, step))


def vectors(tally: Tally) -> None:
    for case in json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]:
        found = [
            {"id": s.name, "text": s.text} if s.text else {"id": s.name, "image": True}
            for s in Segments(SourceTree(case["xhtml"])).all
        ]
        tally.add("koboSpan vectors", "vectors", found == case["kepubify"], case["name"])


def measured(names: list[str]) -> Tally:
    tally = Tally()
    vectors(tally)
    for name in names:
        try:
            container = Container.open(CORPUS / "books" / f"{name}.epub")
            publication = read_publication(container)
        except PublicationError:
            continue
        with container:
            book = Book(name, container, publication)
            xpointers(book, tally)
            cfis(book, tally)
            kobo_spans(book, tally)
            grid(book, tally)
            if name in FORMULA_BOOKS:
                formulas(book, tally)
            if name in WHOLE_BOOKS:
                round_trips(book, tally)
    return tally


def report(tally: Tally, table: Table) -> None:
    """Every measure per book, then all of them in total, which is what the limits are about."""
    books = sorted({book for _, book in tally.tries})
    for measure in MEASURES:
        for book in books:
            if tally.tries[measure.name, book]:
                hits, tries = tally.hits[measure.name, book], tally.tries[measure.name, book]
                table.add(f"{measure.name}, {book}", share(hits, tries))
    for measure in MEASURES:
        hits = sum(n for (name, _), n in tally.hits.items() if name == measure.name)
        tries = sum(n for (name, _), n in tally.tries.items() if name == measure.name)
        table.add(measure.name, share(hits, tries, measure))
    for miss in tally.misses:
        sys.stdout.write(f"missed: {miss}\n")


def share(hits: int, tries: int, measure: Measure | None = None) -> Figure:
    """Hits of tries in percent; held against the measure's limit when there is one."""
    value = 100 * hits / tries if tries else 0.0
    note = f"{hits} of {tries}"
    if measure is None:
        return Figure(value, "%", note=note)
    note = f"{note}; {measure.note}" if measure.note else note
    return Figure(value, "%", limit=100 * measure.limit, at_least=True, note=note)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--books", nargs="*")
    asked = parser.parse_args(argv)
    if not CORPUS.is_dir():
        sys.stderr.write(f"the corpus is not at {CORPUS}\n")
        return 2
    table = Table()
    report(measured(asked.books or book_names()), table)
    if asked.json is not None:
        table.write(asked.json)
    return int(any(figure.ok is False for figure in table.figures.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
