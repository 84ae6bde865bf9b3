"""A process that is killed while it sends: everything is on the server once in the end."""

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.account_desk import account_desk
from tests.effort import size
from tests.fakes.booklore_server import BookloreServer

KILLS = 24
SESSIONS, HIGHLIGHTS = 40, 12


async def sent(folder: Path, url: str, hours: int, killed_after: int | None) -> str:
    """Let the process send; killed after so many requests, or "" where it ended before."""
    SERVERS[url].pass_(5)  # two sign-ins of one second are refused
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.account_worker",
        str(folder),
        url,
        str(hours),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    if killed_after is not None:
        await SERVERS[url].had(killed_after, process)
        if process.returncode is None:
            process.kill()
    out, _ = await process.communicate()
    return out.decode().strip()


class Watched(BookloreServer):
    """Tells when it has got so many requests."""

    async def had(self, count: int, process: asyncio.subprocess.Process) -> None:
        wanted = len(self.asked) + count
        while len(self.asked) < wanted and process.returncode is None:
            await asyncio.sleep(0.0005)
            if process.stdout is not None and process.stdout.at_eof():
                return


SERVERS: dict[str, Watched] = {}


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["PF", "GR3"])
async def test_a_kill_loses_nothing_and_doubles_nothing(variant: str, tmp_path: Path) -> None:
    rng = random.Random(19)
    async with Watched(variant) as server:
        SERVERS[server.url] = server
        async with account_desk(tmp_path, server) as desk:
            book_id = await desk.add_book()
            await desk.link(book_id)
            await desk.switch_on()
            await desk.books.save_weights(book_id, [1000, 1000])
            made = await desk.read(book_id, SESSIONS)
            for n in range(HIGHLIGHTS):
                await desk.highlight(book_id, 10 * n, 10 * n + 8, f"Note {n}")
        for hours in range(size(KILLS)):
            await sent(tmp_path, server.url, hours, rng.randint(14, 40))
        assert await sent(tmp_path, server.url, 100, None) == "None"
        state = server.state
        assert Counter(row["note"] for row in state.annotations) == Counter(
            f"Note {n}" for n in range(HIGHLIGHTS)
        )
        starts = Counter(row["startTime"] for row in state.sessions)
        assert starts == Counter(one.started_at.strftime("%Y-%m-%dT%H:%M:%SZ") for one in made)
        assert len(state.on_shelves) == 1
