"""How fast a Kobo shelf comes in, and whether a window could go on meanwhile.

    python -m tests.bench.kobo_bench [--json FILE]

10,000 entitlements in pages of 100, as Calibre-Web sends them: read, applied with their tokens to a
database on disk, one transaction a page. The beats are those of the event loop the pages are read
on; the server's share is left out. Exits 1 past a limit.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import KoboBook, ShelfQuery
from kios_desktop.protocols.kobo.client import SyncPage
from kios_desktop.protocols.kobo.records import read_changes
from kios_desktop.sources.kobo_shelf_sync import ShelfSync
from kios_desktop.storage.database import Database
from kios_desktop.storage.kobo_shelf import KoboShelf
from tests.bench.table import Figure, Table
from tests.fakes.kobo_server import KoboServer

BOOKS: Final = 10_000
PER_PAGE: Final = 100
BASE: Final = ServerUrl("http://library.example:8083/kobo/0f1e2d3c4b5a69788796a5b4c3d2e1f0")
BEAT_S: Final = 0.002
LIMIT_PER_S: Final = 2_000
LIMIT_MS: Final = 16


class Recorded:
    """A server whose answers are here already, as bytes."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages

    async def initialization(self) -> None:
        """It is always there."""

    async def sync(self, token: str) -> SyncPage:
        """Read as the client reads it: in a thread, because it is long."""
        number = int(token or 0)
        body = self._pages[number]
        document = await asyncio.to_thread(msgspec.json.decode, body)
        changes = await asyncio.to_thread(read_changes, document, BASE)
        return SyncPage(changes, str(number + 1), number + 1 < len(self._pages), body)

    async def metadata(self, _book_id: str) -> KoboBook | None:
        return None


class Beats:
    """A timer that notes when it comes late."""

    def __init__(self) -> None:
        self.late_s: list[float] = []

    async def run(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            self.late_s.append(max(0.0, time.perf_counter() - begun - BEAT_S))


def pages() -> list[bytes]:
    server = KoboServer()
    items = [server.entitlement(server.offer(number)) for number in range(BOOKS)]
    return [
        msgspec.json.encode(items[start : start + PER_PAGE]) for start in range(0, BOOKS, PER_PAGE)
    ]


async def applied(recorded: list[bytes], folder: Path) -> tuple[float, list[float], int]:
    """(seconds, how late each beat was, books that are there)."""
    database = await Database.open(folder / "library.db")
    shelf = KoboShelf(database, "1" * 32, BASE)
    beats = Beats()
    beating = asyncio.create_task(beats.run())
    await asyncio.sleep(0.05)
    beats.late_s.clear()
    begun = time.perf_counter()
    await ShelfSync(Recorded(recorded), shelf).update()
    took_s = time.perf_counter() - begun
    beating.cancel()
    _, total = await shelf.books(ShelfQuery(), 0, 1)
    await database.aclose()
    return took_s, beats.late_s, total


def measure(table: Table, _folder: Path) -> None:
    """Add all figures."""
    recorded = pages()
    with tempfile.TemporaryDirectory() as name:
        took_s, late_s, total = asyncio.run(applied(recorded, Path(name)))
    assert total == BOOKS
    begun = time.perf_counter()
    for body in recorded:
        msgspec.json.decode(body)
    decoded_s = time.perf_counter() - begun
    rate = Figure(
        BOOKS / took_s,
        "books/s",
        BOOKS / decoded_s,
        LIMIT_PER_S,
        at_least=True,
        of_value=True,
        note="beside decoding the JSON alone",
    )
    table.add(f"{BOOKS} entitlements read and applied", rate)
    p99 = 1000 * statistics.quantiles(late_s, n=100)[98]
    table.add("event loop meanwhile, late at p99", Figure(p99, "ms", None, LIMIT_MS))
    table.add("event loop meanwhile, late at most", Figure(1000 * max(late_s), "ms"))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    table = Table()
    measure(table, Path())
    if asked.json is not None:
        table.write(asked.json)
    return int(any(figure.ok is False for figure in table.figures.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
