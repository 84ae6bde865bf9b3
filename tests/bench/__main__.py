"""`tasks.py bench`: prints the table, and with `--json FILE` writes it too."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    accounts_bench,
    catalog_bench,
    growth,
    inside,
    kobo_bench,
    library_search_bench,
    opds_bench,
    outside,
    positions_bench,
    search_bench,
)
from tests.bench.table import Table

PARTS: dict[str, Callable[[Table, Path], None]] = {
    "outside": outside.measure,
    "inside": inside.measure,
    "positions": positions_bench.measure,
    "search": search_bench.measure,
    "library-search": library_search_bench.measure,
    "opds": opds_bench.measure,
    "catalog": catalog_bench.measure,
    "kobo": kobo_bench.measure,
    "accounts": accounts_bench.measure,
    "growth": growth.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tasks.py bench")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=PARTS, action="append")
    asked = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only or PARTS:
            PARTS[name](table, Path(folder))
    if asked.json:
        table.write(asked.json)
    return int(any(figure.ok is False for figure in table.figures.values()))


if __name__ == "__main__":
    raise SystemExit(main())
