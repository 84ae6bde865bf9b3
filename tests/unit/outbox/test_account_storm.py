"""Kills before and after every request, and answers that are lost: nothing twice, nothing lost.

As a program for longer storms: `python -m tests.unit.outbox.test_account_storm --rounds 1000`.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.domain.account_items import ItemState
from kios_desktop.domain.accounts import AccountChoices, NotesTo
from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_colours import SENT_AS
from kios_desktop.domain.marks import Mark, MarkColour, MarkKind
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.outbox.ports import AccountRemote
from kios_desktop.outbox.session_sending import content_of
from tests.account_desk import ALL_ON, REMOTE, AccountDesk, account_desk
from tests.effort import size
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import Clock

WRITES = ("create", "update", "delete", "rate", "put_on_shelf", "save_sessions", "shelf_id")
ANY = ("lost", "killed", "busy", "broken", "half", "database down", "page")
OF_ROWS = ("race", "deadlock")
BOOK = BookId(1)
SPOTS = 12


class Killed(BaseException):
    """The process ends here."""


class MortalRemote:
    """Passes everything on, and dies at the `at`-th write: before the request, or after it."""

    def __init__(self, remote: AccountRemote, at: int, after: bool) -> None:
        self._remote, self._left, self._after = remote, at, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._remote, name)
        if name not in WRITES:
            return method

        async def mortal(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Killed
            result = await method(*args, **named)
            if self._left == 0:
                raise Killed
            return result

        return mortal


class Life:
    """One device with one book, at one server."""

    def __init__(self, rng: random.Random, folder: Path, server: BookloreServer) -> None:
        self.rng, self.folder, self.server = rng, folder, server
        self.clock = Clock(server)
        self.choices = AccountChoices(
            ALL_ON.sends, fetches=rng.random() < 0.5, notes_to=rng.choice(list(NotesTo))
        )
        self.sessions: list[ReadingSession] = []
        self.rating: int | None = None
        self.kills = 0

    @asynccontextmanager
    async def desk(self, *, mortal: bool) -> AsyncIterator[AccountDesk]:
        at, after = self.rng.randint(1, 12), self.rng.random() < 0.5

        def wrap(remote: AccountRemote) -> AccountRemote:
            return MortalRemote(remote, at, after) if mortal else remote

        async with account_desk(self.folder, self.server, self.clock, wrap=wrap) as desk:
            yield desk

    async def live(self) -> None:
        """A few runs, each of which may end with a kill or meet a fault."""
        for _ in range(self.rng.randint(2, 5)):
            try:
                async with self.desk(mortal=self.rng.random() < 0.5) as desk:
                    await desk.switch_on(self.choices)
                    await self._act(desk)
                    self._trouble()
                    await desk.sync.run()
                    await self._act(desk)
                    await desk.sync.run()
            except Killed:
                self.kills += 1
            self.clock.pass_(self.rng.choice((5, 400, 4000)))

    async def _act(self, desk: AccountDesk) -> None:
        rng = self.rng
        for _ in range(rng.randint(1, 4)):
            self.clock.pass_(rng.uniform(1, 60))
            marks = await desk.marks.of_book(BOOK)
            match rng.choice(
                ("highlight", "highlight", "bookmark", "edit", "delete", "read", "rate")
            ):
                case "highlight":
                    at = 10 * rng.randrange(SPOTS)
                    if not any(_is_at(mark, at) for mark in marks):
                        note = rng.choice(("", f"Note {rng.random()}"))
                        await desk.highlight(BOOK, at, at + 8, note, rng.choice(list(MarkColour)))
                case "bookmark":
                    at = 10 * rng.randrange(SPOTS) + 9
                    if not any(_is_at(mark, at) for mark in marks):
                        await desk.bookmark(BOOK, at, rng.choice(("", "A name")))
                case "edit" if marks:
                    note = rng.choice(("", f"Changed {rng.random()}"))
                    colour = rng.choice(list(MarkColour))
                    await desk.change(BOOK, rng.choice(marks), note=note, colour=colour)
                case "delete" if marks:
                    await desk.marks.delete([rng.choice(marks).id])
                case "read":
                    made = await desk.read(BOOK, 1, rng.randint(1, 50))
                    self.sessions += made
                case "rate":
                    self.rating = rng.choice((None, *range(1, 11)))
                    await desk.books.rate(BOOK, self.rating)

    def _trouble(self) -> None:
        rng = self.rng
        if rng.random() < 0.3:
            self.server.fail("ok")
        elif rng.random() < 0.4:
            where = rng.choice(("annotations", "book-notes", "bookmarks"))
            self.server.fail(rng.choice(OF_ROWS), f"/{where}", rng.randint(1, 2), rng.randint(0, 2))
        else:
            method = rng.choice(("", "POST", "PUT", "DELETE"))
            self.server.fail(rng.choice(ANY), method, rng.randint(1, 3), rng.randint(0, 6))

    async def settle(self) -> None:
        """All is well from now on: everything arrives."""
        self.server.fail("ok")
        async with self.desk(mortal=False) as desk:
            await desk.switch_on(self.choices)
            for _ in range(4):
                self.clock.pass_(7200)
                await desk.sync.run()
            assert desk.sync.status.error is None, desk.sync.status
            waiting = [(one.kind, one.state, one.fault, one.said) for one in await desk.waiting()]
            assert waiting == [], waiting
            await self._compare(desk)

    async def _compare(self, desk: AccountDesk) -> None:
        state, marks = self.server.state, await desk.marks.of_book(BOOK)
        on_page = self.choices.notes_to is NotesTo.PAGE
        lit = [mark for mark in marks if mark.kind is MarkKind.HIGHLIGHT]
        there = {row["cfi"]: (row["note"] or "", row["color"]) for row in state.annotations}
        assert len(there) == len(state.annotations)
        assert there == {
            mark.anchor.cfi: ("" if on_page else mark.note, SENT_AS[mark.colour]) for mark in lit
        }
        pages = Counter(row["content"] for row in state.book_notes)
        assert pages == Counter(mark.note for mark in lit if mark.note and on_page)
        placed = [mark for mark in marks if mark.kind is MarkKind.BOOKMARK]
        assert Counter((row["cfi"], row["title"] or "") for row in state.bookmarks) == Counter(
            (mark.anchor.cfi, mark.note) for mark in placed
        )
        sent = Counter((row["startTime"], row["endTime"]) for row in state.sessions)
        ours = [content_of(one, None) for one in self.sessions]
        form = "%Y-%m-%dT%H:%M:%SZ"
        assert sent == Counter(
            {(one.started_at.strftime(form), one.ended_at.strftime(form)) for one in ours}
        )
        assert state.ratings.get((2, REMOTE)) == self.rating
        items = await desk.of_book(BOOK)
        assert {item.state for item in items} <= {ItemState.DONE}


def _is_at(mark: Mark, ordinal: int) -> bool:
    return mark.passage is not None and mark.passage.start.ordinal == ordinal


async def make_template(folder: Path) -> None:
    """A profile with the book, linked."""
    async with BookloreServer() as server, account_desk(folder, server) as desk:
        assert await desk.add_book() == BOOK
        await desk.link(BOOK)
        await desk.books.save_weights(BOOK, [1000, 1000])


async def round_of(seed: int, template: Path) -> int:
    """One storm; how often the device was killed."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        shutil.copytree(template, profile)
        async with BookloreServer(rng.choice(("PF", "GR3", "BL2"))) as server:
            life = Life(rng, profile, server)
            await life.live()
            await life.settle()
            return life.kills


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("storm") / "profile"
    asyncio.run(make_template(folder))
    return folder


@pytest.mark.slow
async def test_whatever_happens_everything_is_there_once(template: Path) -> None:
    kills = 0
    for seed in range(size(200)):
        try:
            kills += await round_of(seed, template)
        except BaseException:
            sys.stderr.write(f"the storm {seed}\n")
            raise
    assert kills > 0


async def _main(first: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        await make_template(template)
        kills = 0
        for seed in range(first, first + rounds):
            try:
                kills += await round_of(seed, template)
            except BaseException:
                sys.stdout.write(f"the storm {seed}\n")
                raise
        sys.stdout.write(f"{rounds} storms, {kills} kills: nothing twice, nothing lost\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(_main(arguments.first, arguments.rounds))
