"""A web engine that grows too much over one chapter is noticed; nothing is looked at for ever."""

import os
import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.engine.memory_watch import (
    CALM_CHECKS,
    MOST,
    MOST_GROWTH,
    MemoryWatch,
    resident_bytes,
)

MB = 1024 * 1024


class Watched:
    """A process whose memory is what a test says."""

    def __init__(self, parent: QObject, bytes_: int | None) -> None:
        self.bytes: int | None = bytes_
        self.said = 0
        self.watch = MemoryWatch(lambda: 1, parent, lambda _pid: self.bytes)
        self.watch.over.connect(self._note)

    def _note(self) -> None:
        self.said += 1

    def has(self, bytes_: int | None) -> int:
        """How often it was said that this is too much, so far."""
        self.bytes = bytes_
        if self.watch._timer.isActive():
            self.watch.check()
        return self.said


def test_growth_is_told_once(qapp: QApplication) -> None:
    one = Watched(qapp, 500 * MB)
    one.watch.begin()
    assert one.has(500 * MB + MOST_GROWTH) == 0
    assert one.has(501 * MB + MOST_GROWTH) == 1
    assert not one.watch._timer.isActive()


def test_it_counts_from_the_chapter_before_or_from_what_was_given_back(qapp: QApplication) -> None:
    one = Watched(qapp, 100 * MB)
    one.watch.begin()
    assert one.has(MOST_GROWTH) == 0
    one.watch.begin()
    assert one.has(MOST_GROWTH + 200 * MB) == 0
    one.has(50 * MB)
    assert one.has(MOST_GROWTH + 51 * MB) == 1


def test_chapters_that_take_a_lot_each_are_too_much_together(qapp: QApplication) -> None:
    one = Watched(qapp, 100 * MB)
    for taken in range(100 * MB, MOST, MOST_GROWTH // 2):
        one.bytes = taken
        one.watch.begin()
        assert one.has(taken) == 0
    assert one.has(MOST + MB) == 1


def test_one_that_does_not_grow_is_left_in_peace(qapp: QApplication) -> None:
    one = Watched(qapp, 100 * MB)
    one.watch.begin()
    for _ in range(CALM_CHECKS - 1):
        one.has(101 * MB)
    assert one.watch._timer.isActive()
    one.has(120 * MB)
    for _ in range(CALM_CHECKS):
        assert one.watch._timer.isActive()
        one.has(121 * MB)
    assert not one.watch._timer.isActive() and one.said == 0


def test_one_that_ended_or_that_nobody_knows_of_is_not_looked_at(qapp: QApplication) -> None:
    unknown = Watched(qapp, None)
    unknown.watch.begin()
    assert not unknown.watch._timer.isActive()
    ended = Watched(qapp, 100 * MB)
    ended.watch.begin()
    ended.has(None)
    assert not ended.watch._timer.isActive() and ended.said == 0


def test_linux_says_what_a_process_has() -> None:
    own = resident_bytes(os.getpid())
    assert resident_bytes(0) is None
    assert resident_bytes(2**22 + 1) is None
    if sys.platform.startswith("linux"):
        assert own is not None and 10 * MB < own < 10_000 * MB
    else:
        assert own is None
