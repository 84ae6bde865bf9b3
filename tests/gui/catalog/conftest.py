"""Clears away the windows of the catalog's tests."""

from collections.abc import Iterator

import pytest

from tests.gui import catalog_screens as screens


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Delete the windows of a test that failed, which did not do so itself."""
    yield
    screens.running.clear()
    while screens.windows:
        screens.windows.pop().deleteLater()
