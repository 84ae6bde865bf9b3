"""Settings closed before what it asked for has come: nothing breaks, nothing is left behind."""

import asyncio
import logging
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.settings.window import SettingsWindow
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def test_closed_while_it_loads_it_goes_quietly(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def shown() -> list[SettingsWindow]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, SettingsWindow)]

    async with Kios(qapp, tmp_path) as kios:
        for turns in range(4):
            kios.app.settings.show("sync")
            for _ in range(turns):
                await asyncio.sleep(0)
            kios.app.settings.close()
            assert not any(window.isVisible() for window in shown())
            await until(lambda: not shown())
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
