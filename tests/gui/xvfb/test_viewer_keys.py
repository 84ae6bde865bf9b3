"""The viewer by keyboard alone, with key events from the X server."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.viewer.overlay import ViewerOverlay
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.test_viewer_page import WORDS, book, png
from tests.gui.waiting import until
from tests.gui.xvfb.x import focus, press

pytestmark = [pytest.mark.gui, pytest.mark.xvfb]

PICTURES = {"a.png": png(1600, 900), "b.png": png(300, 200)}
BODY = f'<p><img src="a.png" alt="A map"/></p>{WORDS}<p><img src="b.png" alt="A boat"/></p>'


async def opened_viewer(kios: Kios, folder: Path) -> tuple[OpenedBook, ViewerOverlay]:
    opened = await kios.open(await kios.add(book(folder, BODY, PICTURES)))
    window = opened.window
    await focus(window)
    await until(lambda: has_focus(window.view))
    await press("ctrl+shift+o")
    await until(lambda: window.viewer.overlay is not None)
    overlay = window.viewer.overlay
    assert overlay is not None
    await until(lambda: overlay.placement is not None)
    return opened, overlay


def has_focus(region: QWidget | None) -> bool:
    widget = QApplication.focusWidget()
    if widget is None or region is None:
        return False
    return region is widget or region.isAncestorOf(widget)


async def test_all_of_it_by_keys_and_the_page_stays(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        opened, overlay = await opened_viewer(kios, tmp_path)
        before, size = opened.place, opened.window._choices.in_force.size_px
        assert overlay.hasFocus()
        await press("plus", "ctrl+plus", "ctrl+equal")
        await until(lambda: overlay.placement is not None and overlay.placement.scale > 1)
        await press("Right", "Down", "Prior", "0")
        await until(lambda: overlay.placement is not None and overlay.placement.is_fitted)
        await press("Right")
        await until(lambda: overlay.accessibleName() == "Picture 2 of 2: A boat")
        await press("Left")
        await until(lambda: overlay.accessibleName() == "Picture 1 of 2: A map")
        await press("Escape")
        await until(lambda: has_focus(opened.window.view))
        await settled()
        assert opened.place == before
        assert opened.screens == 0
        assert opened.window._choices.in_force.size_px == size, "the text grew below the viewer"


async def test_tab_goes_round_in_the_viewer(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        opened, overlay = await opened_viewer(kios, tmp_path)
        for button in overlay.bar.buttons():
            await press("Tab")
            await until(lambda button=button: button.hasFocus())  # type: ignore[misc]
        await press("Tab")
        await until(overlay.hasFocus)
        await press("shift+Tab")
        await until(overlay.bar.close_it.hasFocus)
        await press("Return")
        await until(lambda: has_focus(opened.window.view))
        assert not opened.window.viewer.is_open


async def test_escape_closes_popover_viewer_and_question_in_this_order(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book_id = await kios.add(book(tmp_path, BODY, PICTURES))
        await kios.put_elsewhere(book_id, "/body/DocFragment[2]/body", 0.9)
        opened = await kios.open(book_id)
        window = opened.window
        await until(lambda: window.question.sentence != "")
        await focus(window)
        await until(lambda: has_focus(window.view))
        await press("ctrl+shift+o")
        await until(lambda: window.viewer.is_open)
        await press("ctrl+shift+a")
        await until(lambda: window.overlays.shown(OverlayKind.POPOVER) is not None)
        await press("Escape")
        await until(lambda: window.overlays.shown(OverlayKind.POPOVER) is None)
        assert window.viewer.is_open
        await until(lambda: has_focus(window.viewer.overlay))
        await press("Escape")
        await until(lambda: not window.viewer.is_open)
        assert window.question.sentence != ""
        await press("Escape")
        await until(lambda: window.question.sentence == "")
