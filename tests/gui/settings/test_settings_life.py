"""Settings closed before what it asked for has come: nothing breaks, nothing is left behind."""

import asyncio
import logging
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.secret import Secret
from kios_desktop.ui.settings.ports import SyncForm
from kios_desktop.ui.settings.window import SettingsWindow
from tests.fakes.kosync_profiles import KosyncFake, Request
from tests.fakes.loopback import Asked, Loopback, Says
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def test_closed_while_it_loads_it_goes_quietly(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def shown() -> list[SettingsWindow]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, SettingsWindow)]

    async with Kios(qapp, tmp_path) as kios:
        for turns in range(4):
            kios.app.parts.settings.show("sync")
            for _ in range(turns):
                await asyncio.sleep(0)
            kios.app.parts.settings.close()
            assert not any(window.isVisible() for window in shown())
            await until(lambda: not shown())
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("saves", [False, True], ids=["test", "save"])
async def test_a_test_ends_with_the_window_and_what_is_saved_does_not(
    qapp: QApplication, tmp_path: Path, saves: bool
) -> None:
    fake, goes_on = KosyncFake("official"), asyncio.Event()

    async def answer(asked: Asked) -> Says:
        await goes_on.wait()
        said = fake.answer(Request(asked.method, asked.path, asked.headers, asked.body))
        return Says(said.status, said.body, {"Content-Type": said.content_type, **said.headers})

    async with Loopback(answer) as server, Kios(qapp, tmp_path, connect=False) as kios:
        name, password = fake.login
        typed = SyncForm("koreader-sync-server", server.origin, name, Secret(password))
        kios.app.parts.settings.set_up_sync(typed)
        form = kios.app.parts.settings.show("sync").sync.form
        await until(lambda: form.url.text() == server.origin)
        (form.save if saves else form.test).click()
        await until(lambda: len(server.asked) == 1)
        kios.app.parts.settings.close()
        goes_on.set()
        if saves:
            async with asyncio.timeout(10):
                while not await kios.app.parts.sources.all():
                    await asyncio.sleep(0.01)
        else:
            await settled()
            assert len(server.asked) == 1
