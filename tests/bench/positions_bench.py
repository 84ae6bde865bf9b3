"""How fast positions are, each figure beside lxml.html.fromstring on the same bytes.

    python -m tests.bench.positions_bench [--json FILE]

Books come from the corpus beside the project. Best of several runs; exits 1 past a limit.
"""

import argparse
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
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
from tests.corpus import CORPUS, truth

MANY_ITEMS = "idpf-mahabharata"
LARGE = "se-moby-dick"
PLAIN = "se-alice"
RUNS = 5
CHAPTER_BYTES = 500 * 1024


@dataclass(frozen=True)
class Figure:
    """One line: seconds of ours and of the reference, and how long ours may take."""

    name: str
    value_s: float
    reference_s: float
    limit_s: float


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


def conversions() -> list[Figure]:
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
    return [
        Figure(name, statistics.median(best(job, 3) for job in work), reference, 0.0002)
        for name, work in jobs.items()
    ]


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
    return Figure("first conversion of 2,014 items", best(convert), best(reference), 0.030)


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
    return Figure(
        f"a chapter of {len(data) // 1024} KB", ours, best(lambda: html.fromstring(data)), 0.150
    )


def whole_book() -> Figure:
    container, publication = opened(LARGE)
    hrefs = [link.href for link in publication.reading_order]
    ours = best(lambda: Places(container, publication).measure(), 3)
    return Figure("weights of Moby-Dick", ours, best(parse_with_lxml(container, hrefs), 3), 1.5)


def memory() -> float:
    """Megabytes a 500 KB chapter keeps, with its texts worked out."""
    container, publication = opened(LARGE)
    models = ContentModels(container, publication)
    tracemalloc.start()
    model = models.at(20)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / max(1, model.size_bytes if model else 1)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    if not CORPUS.is_dir():
        sys.stderr.write(f"the corpus is not at {CORPUS}\n")
        return 2
    figures = [*conversions(), first_conversion(), long_chapter(), whole_book()]
    results: dict[str, dict[str, object]] = {}
    for figure in figures:
        ok = figure.value_s <= figure.limit_s
        ratio = figure.value_s / figure.reference_s
        sys.stdout.write(
            f"{figure.name:34} {figure.value_s * 1000:9.3f} ms   {ratio:8.3f} × lxml.html   "
            f"(at most {figure.limit_s * 1000:g} ms) {'ok' if ok else 'MISSED'}\n"
        )
        results[figure.name] = {
            "value": figure.value_s,
            "unit": "s",
            "reference": figure.reference_s,
            "ratio": ratio,
            "limit": figure.limit_s,
            "ok": ok,
        }
    sys.stdout.write(f"a parsed chapter keeps {memory():.1f} × its source in memory\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps(results, indent=2), encoding="utf-8")
    return 0 if all(result["ok"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
