"""What every test gets."""

from collections.abc import Generator
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A worker sends its reports as UTF-8, and some tests log file names that are no text."""
    report = yield
    report.sections = [(name, _as_utf_8(text)) for name, text in report.sections]
    if report.failed and (text := _as_utf_8(str(report.longrepr))) != str(report.longrepr):
        report.longrepr = text
    return report


def _as_utf_8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio only: that is what the program uses."""
    return "asyncio"


@pytest.fixture(scope="session")
def qapp_cls() -> "type[Application]":
    """The application object that `qapp` makes: ours, as Kios has it."""
    from kios_desktop.startup.application import Application

    return Application
