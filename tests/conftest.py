"""What every test gets."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import effort

if TYPE_CHECKING:
    from kios_desktop.startup.application import Application


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are collected: what they do depends on which of them are wanted."""
    effort.is_quick = "not long" in config.option.markexpr
    settings.register_profile(
        "kios",
        max_examples=effort.examples(100),
        deadline=None,  # how long an example takes says more of the machine than of us
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("kios")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio only: that is what the program uses."""
    return "asyncio"


@pytest.fixture(scope="session")
def qapp_cls() -> "type[Application]":
    """The application object that `qapp` makes: ours, as Kios has it."""
    from kios_desktop.startup.application import Application

    return Application
