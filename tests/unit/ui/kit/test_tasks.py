"""Tasks loses nothing and keeps only the newest of a name."""

import asyncio

from kios_desktop.ui.kit.tasks import Tasks


def unexpected(error: Exception) -> None:
    raise AssertionError(error)


async def test_a_newer_task_of_the_same_name_cancels_the_older() -> None:
    said: list[str] = []
    gate = asyncio.Event()

    async def say(word: str) -> None:
        await gate.wait()
        said.append(word)

    tasks = Tasks(on_error=unexpected)
    tasks.replace("search", say("old"))
    tasks.replace("search", say("new"))
    gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert said == ["new"]
    await tasks.aclose()


async def test_an_error_is_reported_and_a_cancellation_is_not() -> None:
    seen: list[Exception] = []
    tasks = Tasks(on_error=seen.append)

    async def fail() -> None:
        raise ValueError("bug")

    task = tasks.start(fail())
    assert task is not None
    tasks.cancel("nothing of that name")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [str(e) for e in seen] == ["bug"]


async def test_closing_waits_for_what_runs() -> None:
    ended = False

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.sleep(3600)
        finally:
            ended = True

    tasks = Tasks(on_error=unexpected)
    tasks.start(work())
    await asyncio.sleep(0)
    await tasks.aclose()
    assert ended


async def test_nothing_is_started_after_closing() -> None:
    tasks = Tasks(on_error=unexpected)
    await tasks.aclose()

    async def late() -> None:
        raise AssertionError("started")

    assert tasks.start(late()) is None
    tasks.replace("late", late())
