"""kill -9 at random moments of reading and syncing: python -m tests.e2e.kill --rounds 100

Meanwhile books are added and copies of the database made. After every kill the database must open
and hold the last place that was on screen, or the one before it; nothing half written may stay, and
every file of a book must be in the library or offered to be; at the end the waiting place goes out
to the server by itself.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.cleanup import Cleanup
from kios_desktop.domain.library import BookId, Query, Sort
from kios_desktop.domain.locator import Place
from kios_desktop.paths import profile_paths
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.positions import Positions
from tests.bench.books import war_and_peace
from tests.books import BookDraft
from tests.e2e.reader import Reader
from tests.fakes.kosync_server import KosyncServer

LONGEST_S = 2.5  # of reading, before the kill


async def kills(
    rounds: int,
    folder: Path,
    seed: int = 1,
    pause_s: float = 0.1,
    seen_after: Counter[str] | None = None,
) -> list[str]:
    """What was lost, in words; empty when nothing was. `pause_s` is between two page turns.

    `seen_after` counts what the kills left, for the next start to see to.
    """
    left = Counter[str]() if seen_after is None else seen_after
    rng = random.Random(seed)
    profile, book = folder / "profile", war_and_peace(folder)
    lost: list[str] = []
    async with KosyncServer("official") as server:
        username, password = server.fake.login
        options = {"server": server.url, "username": username, "password": password}
        for number in range(rounds):
            reader = await Reader.start(profile, **options)
            await reader.do("open", str(book))
            reader.send("read_on", pause_s, str(_sources(folder / f"sources{number}", number)))
            await reader.places_for(rng.uniform(0.02, LONGEST_S))
            await reader.kill()
            seen = [Place(*place) for place in reader.places]
            left["half files"] += len(_halves(profile))
            kept = await last_place(profile) or seen[0]  # nothing is kept of mere opening
            lost += [f"round {number}: {line}" for line in await left_behind(profile, left)]
            if kept < seen[-2:][0]:  # the last one may be on the disk before it was told of
                lost.append(f"round {number}: {kept} is kept, {seen[-3:]} was on screen")
        waits = await last_place(profile)
        reader = await Reader.start(profile, **options)
        lost += await _sent_by_itself(server, waits)
        await reader.quit()
    return lost


async def last_place(profile: Path) -> Place | None:
    """What the database holds after a kill; opening it checks its integrity."""
    path = profile_paths(profile).database
    database = await Database.open(path)
    try:
        ids: list[BookId] = await Books(database).ids(Query(sort=Sort.RECENTLY_READ))
        positions = Positions(database, LastTurns(path.with_name("last-turns")))
        await positions.recover()
        position = await positions.last(ids[0])
        return position.locator.place if position else None
    finally:
        await database.aclose()


async def left_behind(profile: Path, left: Counter[str]) -> list[str]:
    """What the next start does not clear away of what the kill left, in words."""
    paths = profile_paths(profile)
    database = await Database.open(paths.database)
    try:
        books = KeptBooks(database, paths.library)
        tidying = Cleanup(paths, books, time.time())
        await tidying.run()
        known = {paths.library / b.file for b in await books.load(await books.ids(Query()))}
        offered = set(await tidying.orphans.find())
    finally:
        await database.aclose()
    left["books that are offered"] = len(offered)
    there = await asyncio.to_thread(lambda: set(paths.library.glob("books/*/*.epub")))
    wrong = [f"half a file stays: {path.name}" for path in _halves(profile)]
    wrong += [f"no file of a book: {path.name}" for path in known - there]
    wrong += [f"nobody knows a file: {path.name}" for path in there - known - offered]
    if database.recovered_from is not None:
        wrong.append("the database was damaged")
    return wrong


def _halves(profile: Path) -> list[Path]:
    files = [path for path in profile.rglob("*") if path.is_file()]
    return [path for path in files if ".part" in path.name or path.name.endswith("-journal")]


def _sources(folder: Path, number: int) -> Path:
    """Books that are not in the library yet."""
    folder.mkdir()
    for one in range(12):
        noise = "".join(f"{n * 2654435761 % 2**32:08x} " for n in range(20_000 * (one % 3)))
        draft = BookDraft(title=f"Book {number}.{one}", chapters=[f"<p>{noise}</p>"])
        draft.write(folder / f"{one}.epub")
    return folder


async def _sent_by_itself(server: KosyncServer, kept: Place | None) -> list[str]:
    here = f"DocFragment[{kept.spine_index + 1}]" if kept else "nowhere"
    held = ""
    try:
        async with asyncio.timeout(20):
            while here not in held:
                await asyncio.sleep(0.1)
                held = next(iter(server.fake.records.values())).progress or ""
    except TimeoutError:
        return [f"the server holds {held}, here is {kept}: it was not sent by itself"]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two page turns")
    words = parser.parse_args()
    rounds = words.rounds
    with tempfile.TemporaryDirectory() as folder:
        left = Counter[str]()
        lost = asyncio.run(kills(rounds, Path(folder), pause_s=words.pause, seen_after=left))
    told = ", ".join(f"{count} {what}" for what, count in left.items())
    sys.stdout.write("\n".join([*lost, f"{rounds} kills, {len(lost)} losses ({told})"]) + "\n")
    return int(bool(lost))


if __name__ == "__main__":
    raise SystemExit(main())
