"""Hostile text: with twice as much of it, what reads it may take at most 2.5 times as long.

    python -m tests.bench.growth [--json FILE]

Every case is a piece of text that once made something look at everything for each of its pieces,
or might. Time of the processor, best of several runs; exits 1 past the limit.
"""

import argparse
import contextlib
import gc
import time
from collections.abc import Callable
from pathlib import Path

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.epub import entities, repair, styles, xml
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.hints import StyleHints
from kios_desktop.epub.kobo_span import Segments
from kios_desktop.epub.source_tree import SourceTree
from kios_desktop.protocols.opds import parse
from kios_desktop.protocols.opds import text as opds_text
from kios_desktop.ui.catalog.description import description_html
from tests.bench.table import Figure, Table
from tests.books import page

LIMIT = 2.5
RUNS = 5
START = 100_000  # characters, and twice as many, unless that is too short to be measured
SHORT_S = 0.01
MOST = 6_400_000

_URL = ServerUrl("https://host/opds")
_SPAN = "<span class='koboSpan' id='kobo.1.1'>"


def _segments(text: str) -> object:
    return Segments(SourceTree(page(text)))


def _engine(text: str) -> object:
    model = ContentModel(page(text).encode(), lambda _: "p.a{display:block} b i{float:left}")
    elements = model.engine_source.elements
    return [model.engine.children(element) for element in elements[-1:]]


def _hints(text: str) -> object:
    return StyleHints(SourceTree("<p/>"), [text])


def _chapter(text: str) -> object:
    return repair.content_document(text.encode())


def _xml(text: str) -> object:
    with contextlib.suppress(xml.Broken):
        return xml.parse(text.encode())
    return None


def _feed(text: str) -> object:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title>{text}</entry></feed>'
    with contextlib.suppress(Malformed):
        return list(parse(feed.encode(), _URL).entries)
    return None


CASES: dict[Callable[[str], object], tuple[str, ...]] = {
    styles.adapt: ("-epub-", "-epub-a ", "1", "1.", '\\"', "\\'", "/*", "break-before ", "1vw"),
    SourceTree: ("<", "<!a[", "<b><i>", "<style><!---->", "<a:style><", "</a>", "<a ", "<!--"),
    _chapter: ("<?xml-stylesheet ", "<html>", "<p style='", "<link ", "<mfenced>", "&#0"),
    _segments: ("<p><div>", "<p>a", _SPAN + "a", "a. ", "<![CDATA[a]]>"),
    _engine: ("<b><i>", "<pre>\t", "<p><div>"),
    _hints: ("a{display:b}", "a b ", "a,", "/*", "}"),
    _xml: ("<a>", "<!DOCTYPE[", "]", "&a", "<a "),
    entities.decode: ("&a", "&#1", "&lt;"),
    _feed: ("<id>x</id>", "<x", "<a:b ", "<link href='x'/>", "<content type='html'>&lt;a "),
    opds_text.plain: ("<a ", "<", "&lt;"),
    opds_text.as_html: ("<a ", "&lt;a ", "<p>"),
    description_html: ("<a ", "<ul><li>", "<p><div>", "<b></i>"),
}
# what stands at the end of the text: a mark that every piece before may look for
TAILS: dict[str, str] = {
    "<style><!---->": "</style>",
    "<?xml-stylesheet ": "text/css",
    "<!a[": ">",
}


def _seconds(work: Callable[[str], object], text: str) -> float:
    times: list[float] = []
    for _ in range(RUNS):
        started = time.process_time()
        work(text)
        times.append(time.process_time() - started)
    return min(times)


def growth(work: Callable[[str], object], piece: str) -> tuple[float, float]:
    """Seconds for a text and for one twice as long."""
    tail = TAILS.get(piece, "")
    length = START
    while True:
        once = _seconds(work, piece * (length // len(piece)) + tail)
        if once >= SHORT_S or length >= MOST:
            return once, _seconds(work, piece * (2 * length // len(piece)) + tail)
        length *= 4


def measure(table: Table, _folder: Path) -> None:
    """Add all figures."""
    gc.disable()  # the collector goes through all objects again and again
    try:
        for work, pieces in CASES.items():
            for piece in pieces:
                once, twice = growth(work, piece)
                name = f"growth: {work.__name__.strip('_')} of {piece!r}"
                limit = LIMIT if once >= SHORT_S else None  # too short for a ratio
                table.add(name, Figure(1000 * twice, "ms", 1000 * max(once, 1e-6), limit))
                gc.collect()
    finally:
        gc.enable()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    table = Table()
    measure(table, Path())
    if asked.json:
        table.write(asked.json)
    return int(any(figure.ok is False for figure in table.figures.values()))


if __name__ == "__main__":
    raise SystemExit(main())
