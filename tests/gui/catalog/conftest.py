"""What every test of the catalog's window leaves behind: nothing."""

from collections.abc import Iterator

import pytest

from tests.gui import catalog_screens as screens


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """A test that failed leaves its window to nobody."""
    yield
    screens.running.clear()
    while screens.windows:
        screens.windows.pop().deleteLater()
