"""What every test gets."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kios_desktop.startup.application import Application


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio only: that is what the program uses."""
    return "asyncio"


@pytest.fixture(scope="session")
def qapp_cls() -> "type[Application]":
    """The application object that `qapp` makes: ours, as Kios has it."""
    from kios_desktop.startup.application import Application

    return Application
