"""One web engine for all tests of the reader: making one takes a quarter of a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.gui.reader.engine import process_events

READER = Path(__file__).parents[3] / "resources" / "reader"


@pytest.fixture(scope="session")
def profile(qapp: QApplication) -> Iterator[BookProfile]:
    made = BookProfile(READER, qapp)
    yield made
    process_events()
    made.close()
