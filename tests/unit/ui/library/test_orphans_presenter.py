"""The offer of books that the library does not know."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kios_desktop.domain.errors import ReadOnly, StorageError
from kios_desktop.domain.library import BookId, Imported, ImportOutcome, ImportReport
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.orphans_presenter import OrphansPresenter

A, B = Path("a.epub"), Path("b.epub")


class Rig:
    """Two files; the second can't be read."""

    def __init__(self) -> None:
        self.there = [A, B]
        self.error: StorageError | None = None
        self.shown: list[int] = []
        self.problems: list[Message | None] = []
        self.said: list[str] = []
        self.ready = asyncio.Event()
        self.bugs: list[Exception] = []
        self._tasks = Tasks(self.bugs.append)
        self.presenter = OrphansPresenter(
            self, self, self._tasks, self.import_files, self.ready.wait
        )

    async def find(self) -> list[Path]:
        if self.error is not None:
            raise self.error
        return list(self.there)

    async def remove(self, files: Sequence[Path]) -> None:
        if self.error is not None:
            raise self.error
        self.there = [path for path in self.there if path not in files]

    async def added(self, report: ImportReport) -> None:
        pass

    async def import_files(self, paths: Sequence[Path]) -> ImportReport:
        self.there = [path for path in self.there if path != A]
        done = Imported(str(A), ImportOutcome.ADDED, BookId(1), "A")
        return ImportReport((done, Imported(str(B), ImportOutcome.FAILED, error=ReadOnly())))

    def show_orphans(self, count: int) -> None:
        self.shown.append(count)

    def show_problem(self, message: Message | None) -> None:
        self.problems.append(message)

    def say(self, text: str) -> None:
        self.said.append(text)

    async def rest(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        assert self.bugs == []


async def offered() -> Rig:
    rig = Rig()
    rig.presenter.search()
    rig.ready.set()
    await rig.rest()
    return rig


async def test_nothing_is_asked_before_kios_has_time_for_it() -> None:
    rig = Rig()
    rig.presenter.search()
    await rig.rest()
    assert rig.shown == []
    rig.ready.set()
    await rig.rest()
    assert rig.shown == [2]


async def test_what_could_not_be_added_is_offered_again() -> None:
    rig = await offered()
    rig.presenter.add()
    await rig.rest()
    assert rig.shown == [2, 0, 1]
    assert rig.presenter.count == 1


async def test_what_is_removed_is_said() -> None:
    rig = await offered()
    rig.presenter.remove()
    await rig.rest()
    assert rig.there == []
    assert (rig.shown, rig.said) == ([2, 0], ["Removed 2 files"])


async def test_not_now_takes_the_offer_away() -> None:
    rig = await offered()
    rig.presenter.not_now()
    assert rig.shown == [2, 0]
    assert rig.there == [A, B]


async def test_a_disk_that_refuses_is_said() -> None:
    rig = await offered()
    rig.error = ReadOnly()
    rig.presenter.remove()
    await rig.rest()
    assert rig.problems[-1] is not None
    assert rig.said == []
