"""How fast catalogs are read, each figure beside lxml.etree.fromstring of the same bytes.

    python -m tests.bench.opds_bench [--json FILE]

A list of thousands in one document is what Calibre-Web answers a search with. Of such a list only
the entries that are looked at are read; what it costs to look at every one is shown as well. Best
of several runs; exits 1 past a limit.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lxml import etree

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import Links, parse
from tests.bench.positions_bench import best
from tests.bench.table import Figure, Table
from tests.fakes import opds_feeds as made

ENTRIES = 2_000
LIMIT = 3.0
RUNS = 15
URL = ServerUrl("https://host/opds/search?query=a")
DESCRIPTION = "It was a dark and stormy night; the rain fell in torrents. " * 10


def feeds() -> dict[str, bytes]:
    """Name → a document of many entries as the server writes it."""
    long = f"<p>{DESCRIPTION}</p>"
    return {
        "calibre": made.calibre([made.calibre_entry(n, long) for n in range(ENTRIES)]),
        "Calibre-Web": made.calibre_web(
            [made.calibre_web_entry(n, DESCRIPTION) for n in range(ENTRIES)]
        ),
    }


def beside(ours: Callable[[], object], body: bytes, limit: float | None = None) -> Figure:
    """Milliseconds of ours beside lxml's."""
    reference = best(lambda: etree.fromstring(body), RUNS)
    return Figure(1000 * best(ours, RUNS), "ms", 1000 * reference, limit, note="beside lxml.etree")


def seen(body: bytes) -> object:
    """Every entry is looked at."""
    return [entry.title for entry in parse(body, URL).entries]


def links() -> Figure:
    resolver, hrefs = Links(URL), [f"/opds/download/{n}/epub/" for n in range(1_000)]
    return Figure(1000 * best(lambda: [resolver.resolve(href) for href in hrefs], RUNS), "µs")


def measure(table: Table, _folder: Path) -> None:
    """Add all figures."""
    for name, body in feeds().items():
        assert len(parse(body, URL).entries) == ENTRIES
        parsed = beside(partial(parse, body, URL), body, LIMIT)
        table.add(f"{name} feed of {ENTRIES} entries parsed", parsed)
        table.add(f"{name} feed, every entry looked at", beside(partial(seen, body), body))
    table.add("one address resolved", links())


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    table = Table()
    measure(table, Path())
    if asked.json is not None:
        table.write(asked.json)
    judged = [figure.ok for figure in table.figures.values()]
    return 0 if False not in judged else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
