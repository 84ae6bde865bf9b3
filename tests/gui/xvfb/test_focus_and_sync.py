"""Looking away sends the place, once; coming back sends nothing."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.kios import Kios, settled
from tests.gui.waiting import until
from tests.gui.xvfb.test_reader_keys import long_book
from tests.gui.xvfb.x import OtherProgram, focus, press

pytestmark = [pytest.mark.gui, pytest.mark.xvfb]


async def test_another_program_in_front_makes_one_push(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        writes = kios.server.fake.writes
        await until(lambda: bool(kios.server.fake.requests))  # asked on opening
        await focus(book.window)
        await press("Right", "Right")
        await until(lambda: book.place.ordinal > 0)
        await settled()
        assert writes() == [], "a page turn touched the network"
        async with OtherProgram():
            await until(lambda: len(writes()) == 1)
            await settled(0.6)
            assert len(writes()) == 1
        await focus(book.window)
        await settled()
        assert len(writes()) == 1, "coming back sends nothing"
        async with OtherProgram():
            await settled(0.6)
            assert len(writes()) == 1, "nothing changed, so nothing is sent"
        await focus(book.window)
        await press("Right")
        await settled()
        async with OtherProgram():
            await until(lambda: len(writes()) == 2)


async def test_from_window_to_window_of_kios_is_not_looking_away(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        await focus(book.window)
        await press("Right")
        await until(lambda: book.place.ordinal > 0)
        await focus(kios.app.parts.window)
        await settled(0.6)
        assert kios.server.fake.writes() == []


async def test_minimising_makes_one_push(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        await focus(book.window)
        await press("Right")
        await until(lambda: book.place.ordinal > 0)
        book.window.showMinimized()  # no window manager here, so no button to press
        await until(lambda: len(kios.server.fake.writes()) == 1)
        await settled()
        assert len(kios.server.fake.writes()) == 1
