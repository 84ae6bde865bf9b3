"""Everything that needs a real server, as a table: python -m tests.peers [--json FILE]

A row is what one server was shown to do, with the test that showed it.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.peers.servers import lacking

FOLDER = Path(__file__).parent


class Table:
    """A pytest plugin that turns results into rows."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        marker = item.get_closest_marker("shows")
        if marker is not None and (report.when == "call" or report.failed):
            for capability in marker.args:
                name = f"{server_of(item)}: {capability}"
                self.rows[name] = {
                    "value": 1 if report.passed else 0,
                    "unit": "shown" if report.passed else "FAILED",
                    "reference": item.nodeid.rpartition("/")[2],
                    "ratio": None,
                    "limit": 1,
                    "ok": report.passed,
                }
        return report


def server_of(item: pytest.Item) -> str:
    """The server of a test, with its way of signing in."""
    names = getattr(item, "fixturenames", ())
    if "content_server" in names:
        return f"calibre, {item.name.rpartition('[')[2].rstrip(']')}"
    return "Calibre-Web, Kobo sync" if "kobo" in item.nodeid else "Calibre-Web"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("words", nargs="*", help="passed on to pytest")
    asked = parser.parse_args()
    if missing := lacking():
        print(f"{missing} is not installed; packaging/tasks.py peers installs it.")
        return 2
    table, begun = Table(), time.monotonic()
    code = pytest.main(["-q", "-m", "peers", str(FOLDER), *asked.words], plugins=[table])
    print()
    for name, row in sorted(table.rows.items()):
        print(f"{name:45} {row['unit']:8} {row['reference']}")
    print(f"{len(table.rows)} rows in {time.monotonic() - begun:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(table.rows, indent=1))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
