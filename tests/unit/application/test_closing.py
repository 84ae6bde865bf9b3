"""The end of Kios takes every step, whatever becomes of the others."""

import asyncio
import logging

import pytest

from kios_desktop.application.closing import Closing

pytestmark = pytest.mark.anyio


async def test_the_last_begun_ends_first_and_a_failure_skips_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended: list[str] = []

    def step(name: str) -> None:
        ended.append(name)

    async def slow(name: str) -> None:
        await asyncio.sleep(0)
        ended.append(name)

    async def failing() -> None:
        raise OSError("the disk is gone")

    def failing_at_once() -> None:
        raise RuntimeError("a mistake of ours")

    closing = Closing()
    closing.add("database", lambda: step("database"))
    closing.add("accounts", failing)
    closing.add("windows", failing_at_once)
    closing.add("sync", lambda: slow("sync"))
    with caplog.at_level(logging.ERROR):
        await closing.aclose()
    assert ended == ["sync", "database"]
    assert [record.getMessage() for record in caplog.records] == [
        "windows did not end well",
        "accounts did not end well",
    ]


async def test_what_does_not_end_is_left_when_its_time_is_over() -> None:
    ended: list[str] = []
    closing = Closing()
    closing.add("database", lambda: ended.append("database"))
    closing.add("downloads", lambda: asyncio.Event().wait(), within_s=0.05)
    await asyncio.wait_for(closing.aclose(), 5)
    assert ended == ["database"]


async def test_a_second_time_nothing_is_left_to_end() -> None:
    ended: list[str] = []
    closing = Closing()
    closing.add("database", lambda: ended.append("database"))
    await closing.aclose()
    await closing.aclose()
    assert ended == ["database"]


async def test_cancelled_in_the_middle_it_ends_the_rest() -> None:
    ended: list[str] = []
    closing = Closing()
    closing.add("database", lambda: ended.append("database"))
    closing.add("sync", lambda: asyncio.Event().wait(), within_s=60)
    task = asyncio.create_task(closing.aclose())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ended == ["database"]
