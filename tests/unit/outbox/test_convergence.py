"""Two Kios and a web reader on one account: when all is quiet, all have the same."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kios_desktop.domain.account_items import ItemState
from kios_desktop.domain.accounts import BookLink, FoundBy, LinkState
from kios_desktop.domain.mark_colours import SENT_AS, nearest_colour
from kios_desktop.domain.marks import Mark, MarkColour, MarkKind
from kios_desktop.outbox import resolving
from tests.account_desk import ALL_ON, REMOTE, AccountDesk, account_desk
from tests.effort import examples
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import Clock
from tests.unit.outbox.test_account_storm import BOOK, make_template

SPOTS = 4
WHO = st.sampled_from(("one", "other"))
SPOT = st.integers(0, SPOTS - 1)
NOTE = st.sampled_from(("", "First", "Second", "Third"))
COLOUR = st.sampled_from(list(MarkColour))
ACT = st.one_of(
    st.tuples(st.just("highlight"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("bookmark"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("edit"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("delete"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("rate"), WHO, st.integers(1, 10), NOTE, COLOUR),
    st.tuples(st.just("sync"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("web edit"), WHO, SPOT, NOTE, COLOUR),
    st.tuples(st.just("web delete"), WHO, SPOT, NOTE, COLOUR),
)
ANSWER = st.sampled_from(("mine", "theirs", "both"))
VANISHED = st.sampled_from(("remove", "send again"))


Seen = dict[tuple[str, str], tuple[str, MarkColour | None]]
"""By kind and place: the note and the colour of each mark."""


class Pair:
    """Both devices, with the same book in their libraries."""

    def __init__(self, desks: dict[str, AccountDesk], server: BookloreServer) -> None:
        self.desks, self.server = desks, server

    async def act(self, what: str, who: str, spot: int, note: str, colour: MarkColour) -> None:
        desk = self.desks[who]
        desk.clock.pass_(1)
        marks = {_spot(mark): mark for mark in await desk.marks.of_book(BOOK)}
        match what:
            case "highlight" if ("highlight", spot) not in marks:
                await desk.highlight(BOOK, 10 * spot, 10 * spot + 8, note, colour)
            case "bookmark" if ("bookmark", spot) not in marks:
                await desk.bookmark(BOOK, 10 * spot + 9, note)
            case "edit" if ("highlight", spot) in marks:
                await desk.change(BOOK, marks["highlight", spot], note=note, colour=colour)
            case "delete" if ("highlight", spot) in marks:
                await desk.marks.delete([marks["highlight", spot].id])
            case "rate":
                await desk.books.rate(BOOK, spot)
            case "sync":
                await desk.sync.run([BOOK])
            case "web edit" if self.server.state.annotations:
                row = self.server.state.annotations[spot % len(self.server.state.annotations)]
                row |= {"note": note or None, "color": SENT_AS[colour]}
            case "web delete" if self.server.state.annotations:
                self.server.state.annotations.pop(spot % len(self.server.state.annotations))

    async def settle(self, answer: str, vanished: str) -> None:
        """Sync and answer what is asked, until nothing changes any more."""
        quiet = 0
        for _ in range(10):
            before = await self.everything()
            for desk in self.desks.values():
                desk.clock.pass_(10)
                await desk.sync.run([BOOK])
                assert desk.sync.status.error is None, desk.sync.status
                await self._answer(desk, answer, vanished)
                await desk.sync.run([BOOK])
            quiet = quiet + 1 if before == await self.everything() else 0
            if quiet == 2:  # what one has sent in the first, the other has got in the second
                return
        raise AssertionError("it never comes to rest")

    async def _answer(self, desk: AccountDesk, answer: str, vanished: str) -> None:
        for item in await desk.waiting():
            mark = await desk.mark(item.local_id)
            if item.state is ItemState.VANISHED and vanished == "remove":
                await desk.marks.delete([mark.id] if mark is not None else [])
                await desk.items.take([item], {}, ())
            elif item.state is ItemState.VANISHED:
                await desk.items.save([resolving.sent_again(item)])
            elif item.state is ItemState.DIFFERS and (answer == "mine" or mark is None):
                await desk.items.save([resolving.with_mine(item)])
            elif item.state is ItemState.DIFFERS and mark is not None:
                resolve = resolving.with_theirs if answer == "theirs" else resolving.with_both
                resolved, taken = resolve(item, mark)
                now = desk.clock.now()
                changed = replace(taken, mark=replace(taken.mark, changed_at=now))
                if answer == "theirs":
                    resolved = replace(resolved, version=_version(changed.mark))
                await desk.items.take((), {BOOK: [changed]}, [resolved])

    async def everything(self) -> dict[str, Any]:
        ratings = dict(self.server.state.ratings)
        found: dict[str, Any] = {"server": self.there(), "ratings": ratings}
        for name, desk in self.desks.items():
            found[name] = _seen(await desk.marks.of_book(BOOK))
            found[f"{name} rating"] = (await desk.book(BOOK)).rating
        return found

    def there(self) -> Seen:
        state = self.server.state
        lit: Seen = {
            ("highlight", row["cfi"]): (row["note"] or "", nearest_colour(row["color"]))
            for row in state.annotations
        }
        placed: Seen = {
            ("bookmark", row["cfi"]): (row["title"] or "", None) for row in state.bookmarks
        }
        assert len(lit) == len(state.annotations)
        assert len(placed) == len(state.bookmarks)
        return lit | placed


def _version(mark: Mark) -> int:
    from kios_desktop.domain.account_items import version_of

    return version_of(mark)


def _spot(mark: Mark) -> tuple[str, int]:
    place = mark.anchor.passage
    assert place is not None
    return mark.kind.value, place.start.ordinal // 10


def _seen(marks: list[Mark]) -> Seen:
    seen = {
        (mark.kind.value, mark.anchor.cfi): (
            mark.note,
            mark.colour if mark.kind is MarkKind.HIGHLIGHT else None,
        )
        for mark in marks
    }
    assert len(seen) == len(marks), "something is there twice"
    return seen


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair") / "profile"
    asyncio.run(make_template(folder))
    return folder


async def _live(
    template: Path, acts: list[tuple[str, str, int, str, MarkColour]], answer: str, vanished: str
) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = await stack.enter_async_context(BookloreServer("GR3"))
        desks: dict[str, AccountDesk] = {}
        for name, account_id in (("one", "a" * 32), ("other", "b" * 32)):
            shutil.copytree(template, folder / name)
            desk = await stack.enter_async_context(
                account_desk(folder / name, server, Clock(server), account_id)
            )
            link = BookLink(BOOK, LinkState.MATCHED, REMOTE, FoundBy.ID, "The Salt Road")
            await desk.accounts.save_link(account_id, link)
            await desk.switch_on(ALL_ON)
            desks[name] = desk
        pair = Pair(desks, server)
        for act in acts:
            await pair.act(*act)
        await pair.settle(answer, vanished)
        found = await pair.everything()
        assert found["one"] == found["server"] == found["other"], acts
        assert found["one rating"] == found["other rating"], acts


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(st.lists(ACT, min_size=1, max_size=14), ANSWER, VANISHED)
def test_all_have_the_same_in_the_end(
    template: Path,
    acts: list[tuple[str, str, int, str, MarkColour]],
    answer: str,
    vanished: str,
) -> None:
    asyncio.run(_live(template, acts, answer, vanished))
