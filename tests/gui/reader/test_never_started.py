"""A page that never begins to load is given up for another one."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.engine.page import BookPage, BookProfile
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

READER = Path(__file__).parents[3] / "resources" / "reader"


class Deaf(BookPage):
    """Never begins to load, as it happens on a busy machine."""

    def reload_shell(self) -> None:
        self._load_timer.start()


class Unlucky(BookProfile):
    """Its first page is deaf."""

    def __init__(self) -> None:
        super().__init__(READER)
        self.made: list[BookPage] = []

    def new_page(self) -> BookPage:
        page = super().new_page() if self.made else Deaf(self._profile, self.scheme, self._script)
        self.made.append(page)
        return page


async def test_the_page_that_is_taken_begins_to_load(qapp: QApplication) -> None:
    profile = Unlucky()
    page = await profile.take_page()
    assert page is profile.made[-1] and len(profile.made) == 2
    await until(lambda: page.is_ready, 8)
    await ended(profile)


async def test_a_page_kept_ready_is_replaced(qapp: QApplication) -> None:
    profile = Unlucky()
    profile.warm_up()
    await until(lambda: len(profile.made) == 2, 8)
    await until(lambda: profile.made[1].is_ready, 8)
    assert await profile.take_page() is profile.made[1]
    assert len(profile.made) == 2
    await ended(profile)


async def ended(profile: Unlucky) -> None:
    profile.made[-1].end()
    await asyncio.sleep(0.1)
    profile.close()
    await asyncio.sleep(0.1)
    profile.deleteLater()
