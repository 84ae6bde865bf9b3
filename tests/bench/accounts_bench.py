"""How fast an account gets years of reading, and whether a window could go on meanwhile.

10,000 sessions and 5,000 highlights of one book, to a fake server in another process: all of it is
sent, and then the server's list is compared with what is here once more. The beats are those of the
loop that sends.
"""

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from kios_desktop.domain.accounts import AccountChoices, Topic, TopicChoice
from kios_desktop.domain.library import BookId
from kios_desktop.startup.garbage_collection import settle_garbage
from tests.account_desk import ALL_ON, AccountDesk, account_desk
from tests.bench.kobo_bench import Beats
from tests.bench.table import Figure, Table
from tests.fakes.booklore_state import usual_state
from tests.marks import highlight
from tests.protocols.booklore.accounts import Clock
from tests.sessions import session

SESSIONS: Final = 10_000
HIGHLIGHTS: Final = 5_000
LIMIT_MS: Final = 16
_BEGUN: Final = datetime(2016, 1, 1, 8, 0, tzinfo=UTC)


async def _fill(desk: AccountDesk) -> BookId:
    book_id = await desk.add_book()
    await desk.link(book_id)
    await desk.books.save_weights(book_id, [400_000, 400_000])
    await desk.sessions.save(
        [session(book_id, _BEGUN + timedelta(hours=7 * n)) for n in range(SESSIONS)]
    )
    sha256 = (await desk.book(book_id)).hashes.sha256
    text = "It was the best of times, it was the worst of times."
    await desk.marks.save(
        book_id,
        [
            highlight(90 * n, 90 * n + 60, text=text, note="" if n % 5 else text, sha256=sha256)
            for n in range(HIGHLIGHTS)
        ],
    )
    return book_id


async def _timed(desk: AccountDesk, choices: AccountChoices, book_id: BookId) -> tuple[float, Any]:
    """Seconds, and how late each beat of the loop was meanwhile."""
    await desk.switch_on(choices)
    settle_garbage()
    gc.disable()  # the app collects in turns of its own
    beats = Beats()
    beating = asyncio.create_task(beats.run())
    await asyncio.sleep(0.05)
    beats.late_s.clear()
    begun = time.perf_counter()
    await desk.sync.run([book_id])
    took_s = time.perf_counter() - begun
    beating.cancel()
    assert desk.sync.status.error is None, desk.sync.status
    return took_s, beats.late_s


async def _drained(table: Table, folder: Path, url: str) -> None:
    server: Any = SimpleNamespace(url=url, state=usual_state())
    async with account_desk(folder, server, Clock()) as desk:
        book_id = await _fill(desk)
        await desk.client.sign_in()  # the first request of a process makes what all others use
        only = {Topic.HIGHLIGHTS: TopicChoice()}
        for name, count, choices in (
            ("highlights sent one by one", HIGHLIGHTS, AccountChoices(only)),
            ("the same highlights compared", HIGHLIGHTS, AccountChoices(only)),
            ("sessions sent", SESSIONS, ALL_ON),
        ):
            took_s, late_s = await _timed(desk, choices, book_id)
            table.add(f"account: {count:,} {name}", Figure(count / took_s, "/s"))
            worst = 1000 * max(late_s)
            table.add("event loop, worst gap meanwhile", Figure(worst, "ms", limit=LIMIT_MS))
        counts = await desk.items.counts(desk.account_id)
        assert sum(sum(one.values()) for one in counts.values()) >= SESSIONS + HIGHLIGHTS


def measure(table: Table, _folder: Path) -> None:
    """Add all figures."""
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.booklore_server", "--variant", "PF"],
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["url"]
            asyncio.run(_drained(table, Path(name) / "profile", url))
        finally:
            server.kill()
