"""Notification once per turn of the event loop, and of differences only."""

import asyncio

from kios_desktop.domain.watchers import Watchers


class Counter:
    """A number that announces each time it is set."""

    def __init__(self) -> None:
        self.watchers = Watchers()
        self.number = 0

    def set(self, number: int) -> None:
        self.number = number
        self.watchers.changed()


async def turn_of_the_loop() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_several_changes_within_one_turn_of_the_loop_are_shown_once() -> None:
    counter, shown = Counter(), list[int]()
    counter.watchers.watch(lambda: counter.number, shown.append)
    for number in (1, 2, 3):
        counter.set(number)
    assert shown == []
    await turn_of_the_loop()
    assert shown == [3]


async def test_nothing_is_shown_when_nothing_differs() -> None:
    counter, shown = Counter(), list[int]()
    counter.watchers.watch(lambda: counter.number // 10, shown.append)
    counter.set(5)
    await turn_of_the_loop()
    counter.set(0)
    await turn_of_the_loop()
    assert shown == []
    counter.set(10)
    await turn_of_the_loop()
    assert shown == [1]


async def test_an_ended_watch_shows_nothing_even_in_the_round_that_ended_it() -> None:
    counter, shown = Counter(), list[int]()
    counter.watchers.watch(lambda: counter.number, lambda _: stop())
    stop = counter.watchers.watch(lambda: counter.number, shown.append)
    counter.set(1)
    await turn_of_the_loop()
    stop()
    counter.set(2)
    await turn_of_the_loop()
    assert shown == []


async def test_a_change_while_changes_are_shown_is_shown_in_the_next_turn() -> None:
    counter, shown = Counter(), list[int]()

    def show(number: int) -> None:
        shown.append(number)
        if number < 3:
            counter.set(number + 1)

    counter.watchers.watch(lambda: counter.number, show)
    counter.set(1)
    for _ in range(4):
        await asyncio.sleep(0)
    assert shown == [1, 2, 3]


async def test_a_watcher_that_fails_keeps_no_other_from_its_notification() -> None:
    counter, shown = Counter(), list[int]()
    counter.watchers.watch(lambda: counter.number, lambda number: 1 // (number - 1))
    counter.watchers.watch(lambda: counter.number, shown.append)
    counter.set(1)
    await turn_of_the_loop()
    assert shown == [1]
