"""How fast positions are, each figure beside lxml.html.fromstring on the same bytes.

    python -m tests.bench.positions_bench [--json FILE]

Books come from the corpus beside the project. Best of several runs; exits 1 past a limit.
"""

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lxml import html

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.resources import ContentModels
from tests.bench.table import Figure, Table
from tests.corpus import CORPUS, truth

MANY_ITEMS = "idpf-mahabharata"
LARGE = "se-moby-dick"
PLAIN = "se-alice"
RUNS = 5
CHAPTER_BYTES = 500 * 1024


def took(value_s: float, reference_s: float, limit_s: float) -> Figure:
    """One line: seconds of ours and of lxml, and how long ours may take."""
    value, reference, limit = (1000 * seconds for seconds in (value_s, reference_s, limit_s))
    return Figure(value, "ms", reference, limit, note="beside lxml.html", of_value=True)


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    times: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def opened(name: str) -> tuple[Container, Publication]:
    container = Container.open(CORPUS / "books" / f"{name}.epub")
    return container, read_publication(container)


def parse_with_lxml(container: Container, hrefs: list[str]) -> Callable[[], object]:
    documents = [container.read(href) for href in hrefs]
    return lambda: [html.fromstring(data) for data in documents]


def conversions() -> dict[str, Figure]:
    """Median of one conversion with its chapter parsed."""
    container, publication = opened(PLAIN)
    places = Places(container, publication)
    places.measure()
    records = truth("xpointer", PLAIN)
    spots = [Place(r["spine_index"], r["nonspace_before"]) for r in records]
    pointers = [r["xpointer"] for r in records]
    cfis = [places.cfi(spot) for spot in spots]
    spans = [(places.kobo_span(s), places.locator(s).href) for s in spots]
    jobs: dict[str, list[Callable[[], object]]] = {
        "xpointer in": [partial(places.from_xpointer, p) for p in pointers],
        "xpointer out": [partial(places.xpointer, s) for s in spots],
        "CFI in": [partial(places.from_cfi, c) for c in cfis],
        "CFI out": [partial(places.cfi, s) for s in spots],
        "koboSpan in": [partial(places.from_kobo_span, *x) for x in spans],
        "koboSpan out": [partial(places.kobo_span, s) for s in spots],
        "fraction in": [partial(places.from_fraction, n / 200) for n in range(200)],
        "locator with quote": [partial(places.locator, s) for s in spots],
    }
    chapter = publication.reading_order[spots[len(spots) // 2].spine_index].href
    reference = best(parse_with_lxml(container, [chapter]))
    return {
        name: took(statistics.median(best(job, 3) for job in work), reference, 0.0002)
        for name, work in jobs.items()
    }


def first_conversion() -> Figure:
    """In a book that was just opened; only one of its 2,014 chapters may be parsed."""
    container, publication = opened(MANY_ITEMS)
    record = truth("xpointer", MANY_ITEMS)[40]
    place = Place(record["spine_index"], record["nonspace_before"])

    def convert() -> None:
        places = Places(container, publication)
        assert places.from_xpointer(record["xpointer"]).place == place
        places.xpointer(place)
        places.locator(place)

    reference = parse_with_lxml(container, [record["href"]])
    return took(best(convert, 15), best(reference), 0.030)


def long_chapter() -> Figure:
    """One chapter of 500 KB, made of a real one."""
    container, publication = opened(LARGE)
    longest = max(publication.reading_order, key=lambda x: container.size(x.href))
    head, _, rest = container.read(longest.href).partition(b"<body")
    body, _, _ = (b"<body" + rest).rpartition(b"</body>")
    opening, _, inside = body.partition(b">")
    repeated = inside * (CHAPTER_BYTES // len(inside) + 1)
    data = head + opening + b">" + repeated + b"</body></html>"
    ours = best(lambda: ContentModel(data, lambda _: ""))
    return took(ours, best(lambda: html.fromstring(data)), 0.150)


def whole_book() -> Figure:
    container, publication = opened(LARGE)
    hrefs = [link.href for link in publication.reading_order]
    ours = best(lambda: Places(container, publication).measure(), 3)
    return took(ours, best(parse_with_lxml(container, hrefs), 3), 1.5)


def memory() -> float:
    """How many times its source a parsed chapter keeps in memory."""
    container, publication = opened(LARGE)
    models = ContentModels(container, publication)
    tracemalloc.start()
    model = models.at(20)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / max(1, model.size_bytes if model else 1)


def measure(table: Table, _folder: Path) -> None:
    """Add all figures; nothing when the corpus is not there."""
    if not CORPUS.is_dir():
        sys.stderr.write(f"positions are not measured: the corpus is not at {CORPUS}\n")
        return
    for name, figure in conversions().items():
        table.add(f"{name}, chapter parsed", figure)
    table.add("first conversion in a book of 2,014 items", first_conversion())
    table.add("chapter of 500 KB modelled", long_chapter())
    table.add("weights of Moby-Dick", whole_book())
    table.add("parsed chapter in memory", Figure(memory(), "× source"))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    table = Table()
    measure(table, Path())
    if asked.json is not None:
        table.write(asked.json)
    judged = [figure.ok for figure in table.figures.values()]
    return 0 if judged and False not in judged else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
