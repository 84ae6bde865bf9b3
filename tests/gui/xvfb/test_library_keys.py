"""The library and Settings by keyboard alone, with key events from the X server."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from kios_desktop.ui.kit.shortcut_list import ShortcutList
from kios_desktop.ui.shell.first_run import OnboardingPage
from kios_desktop.ui.widgets.focus_ring import has_ring
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until
from tests.gui.xvfb.test_reader_keys import long_book
from tests.gui.xvfb.x import focus, press

pytestmark = [pytest.mark.gui, pytest.mark.xvfb]


async def test_the_first_run_begins_at_its_first_button_and_enter_presses_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        window = kios.app.parts.window
        await until(lambda: window.findChild(OnboardingPage).isVisible())  # type: ignore[union-attr]
        await focus(window)
        await settled()
        await press("Return")
        await until(lambda: "settings" in kios.app.parts.__dict__)
        settings = kios.app.parts.settings.show()
        form = settings.library_sync.form
        assert form is not None and form.isVisible()
        form.reject()


@pytest.mark.parametrize("key", ["F1", pytest.param("question", marks=pytest.mark.long)])
async def test_the_keys_are_listed_and_escape_closes_the_list(
    key: str, qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        settings = kios.app.parts.settings.show()
        for window in (book.window, kios.app.parts.window, settings):
            await focus(window)
            await settled()
            await press(key)
            await until(lambda window=window: window.findChild(ShortcutList) is not None)  # type: ignore[misc]
            shown: QWidget | None = window.findChild(ShortcutList)
            assert shown is not None
            await focus(shown)
            await press("Escape")
            await until(lambda window=window: window.findChild(ShortcutList) is None)  # type: ignore[misc]
        settings.close()


async def test_tab_shift_f10_and_escape_in_the_grid(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        await kios.add(long_book(tmp_path))
        window = kios.app.parts.window
        grid = window.library.grid
        kios.app.parts.library.presenter.refresh()
        await until(lambda: grid.model().rowCount() == 1 and grid.isVisible())
        await settled()
        await focus(window)
        for _ in range(20):
            if grid.hasFocus():
                break
            await press("Tab")
            await settled(0.05)
        assert grid.hasFocus() and has_ring(grid)
        assert grid.currentIndex().row() == 0
        await press("space")
        await until(lambda: grid.selectionModel().hasSelection())
        await press("shift+F10")
        await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        await press("Escape")
        await until(lambda: QApplication.activePopupWidget() is None)
        assert grid.selectionModel().hasSelection(), "the menu was what Escape closed"
        await press("Escape")
        await until(lambda: not grid.selectionModel().hasSelection())


async def test_the_scrubber_shows_that_it_has_the_focus(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        await focus(book.window)
        await settled()
        await press("F6")
        await until(lambda: book.window.footer.scrubber.hasFocus())
        assert has_ring(book.window.footer.scrubber)
