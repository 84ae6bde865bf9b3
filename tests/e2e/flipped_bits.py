"""Bits of the database flip: python -m tests.e2e.flipped_bits --runs 60 --seed 1

Each run flips a few bits of a filled database, in what it tells or anywhere, and opens it the way
Kios does, half of the time with a backup. It may be refused or replaced, in our own words. Once it
is open, whatever Kios asks of it is answered or refused in our own words, one bad record stops no
other, and damage that was met is gone after the next start.
"""

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.domain.errors import StorageError
from kios_desktop.storage import backup
from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory
from tests.profiles import EVERYTHING, Found, Stores, make_database

MOST_BITS = 6
HEADER = 100  # bytes
TELLING = (b"mile", b"epub", b"urn:", b'{"', b"Zo", b"kobo", b"reading", b"secret", b"2026")


@dataclass(frozen=True)
class Run:
    """How one run ended, and what was wrong with that."""

    number: int
    ended: str
    wrong: tuple[str, ...]


async def flips(runs: int, folder: Path, seed: int = 1) -> list[Run]:
    """All runs, in order. `folder` is for their files."""
    whole = folder / "whole" / "library.db"
    passwords = await make_database(whole)
    content = whole.read_bytes()
    return [
        await _one(number, folder / "run", whole, _flipped(content, rng), rng, passwords)
        for number in range(runs)
        for rng in [random.Random(f"{seed} {number}")]
    ]


def _flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    where = rng.choice(("cells", "cells", "anywhere", "anywhere", "header"))
    for _ in range(rng.randint(1, MOST_BITS)):
        at = rng.randrange(len(content))
        if where == "cells":
            word = rng.choice(TELLING)
            found = content.find(word, at)
            at = max(found, 0) + rng.randrange(-2, len(word) + 6)
        elif where == "header":
            at = rng.randrange(HEADER)
        changed[at % len(content)] ^= 1 << rng.randrange(8)
    return bytes(changed)


async def _one(
    number: int,
    folder: Path,
    whole: Path,
    content: bytes,
    rng: random.Random,
    passwords: InMemory,
) -> Run:
    shutil.rmtree(folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir)
    path = folder / "library.db"
    if rng.random() < 0.5:
        backup.make(whole, folder / "backups", datetime.now(UTC))
    path.write_bytes(content)
    wrong: list[str] = []
    try:
        found, written, ended = await _life(path, passwords)
    except StorageError as error:
        return Run(number, f"refused: {type(error).__name__}", ())
    except Exception as error:  # noqa: BLE001 (that is what is looked for)
        return Run(number, "did not open", (f"opening: {error!r}",))
    wrong += [f"reading: {error!r}" for error in found.escaped]
    wrong += [f"writing: {error!r}" for error in written.escaped]
    gone = {k: n for k, n in found.lost().items() if n > max(2 * MOST_BITS, EVERYTHING[k] // 2)}
    met = [*found.errors, *written.errors]
    if gone and not found.errors and ended != "salvaged":
        wrong.append(f"one bad record stopped others: {gone}")
    if met:
        ended += f", met {Counter(type(error).__name__ for error in met)}"
        wrong += await _after(path, passwords)
    return Run(number, ended, tuple(wrong))


async def _life(path: Path, passwords: InMemory) -> tuple[Found, Found, str]:
    database = await Database.open(path)
    try:
        stores = Stores(database, passwords)
        found = await stores.read()
        written = await stores.write()
    finally:
        await database.aclose()
    ended = "put back" if database.recovered_from is not None else "opened"
    if database.salvaged:
        ended = "salvaged"
    return found, written, ended


async def _after(path: Path, passwords: InMemory) -> list[str]:
    """What is wrong with the start after one that met damage."""
    try:
        found, written, _ended = await _life(path, passwords)
    except StorageError:
        return []  # it is said, and not met again and again
    return [f"met again: {error!r}" for error in (*found.errors, *written.errors)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(flips(words.runs, Path(folder), words.seed))
    wrong = [run for run in done if run.wrong]
    lines = [f"run {run.number} ({run.ended}): {line}" for run in wrong for line in run.wrong]
    lines += [f"{count:4} {ended}" for ended, count in Counter(r.ended for r in done).most_common()]
    lines.append(f"{len(done)} runs with seed {words.seed}, {len(wrong)} went wrong")
    sys.stdout.write("\n".join(lines) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
