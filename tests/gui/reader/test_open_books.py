"""What the reader windows announce to the rest of Kios."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from kios_desktop.ui.reader.open_books import OpenBooks

pytestmark = pytest.mark.gui


def test_books_that_change_together_are_announced_once(qtbot: QtBot) -> None:
    unused: Any = None
    readers = OpenBooks(*[unused] * 11)
    announced: list[int] = []
    readers.changed.connect(lambda: announced.append(1))
    for _ in range(3):
        readers._announce()
    assert announced == []
    qtbot.waitUntil(lambda: announced != [])
    qtbot.wait(20)
    assert announced == [1]
