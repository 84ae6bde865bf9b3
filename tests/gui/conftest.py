"""Tests with Qt: offscreen unless told otherwise, on one loop for Qt and asyncio."""

import asyncio
import gc
import inspect
import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.ui.reader.engine.scheme import register_scheme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium can't sandbox as root
register_scheme()  # Chromium wants to know it before there is an application

LIMIT_S = 30


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests on the Qt event loop, within a limit."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    app = pyfuncitem.funcargs["qapp"]
    assert isinstance(app, QApplication)
    args = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    with asyncio.Runner(loop_factory=lambda: new_event_loop(app)) as runner:
        runner.run(asyncio.wait_for(pyfuncitem.obj(**args), LIMIT_S))
    return True


@pytest.fixture
def anyio_backend() -> None:
    """No anyio: async GUI tests run on the loop of `pytest_pyfunc_call`."""


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Garbage is collected in this thread, between tests.

    A worker thread that happens to trigger the collector would otherwise delete windows of tests
    that are over, and Qt does not survive that.
    """
    gc.disable()
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def windows_deleted(qapp: QApplication) -> Iterator[None]:
    """Delete the windows that a test leaves.

    Python keeps a closed window alive as long as a connected lambda refers to it, and every change
    of the theme styles each widget that is alive: without this a test takes longer, the more tests
    ran before it.
    """
    before = set(QApplication.topLevelWidgets())
    yield
    for window in QApplication.topLevelWidgets():
        if window not in before:
            window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> Iterator[None]:
    """Every test starts in the light theme, without animations."""
    from kios_desktop.ui.kit import theme

    first = not qapp.styleSheet()
    if first:
        qapp.setStyle("Fusion")
    theme.reduce_motion(True)
    if first or theme.current().name != "light":  # styling every widget again takes time
        theme.apply_theme(qapp, "light")
    yield
    theme.reduce_motion(False)
