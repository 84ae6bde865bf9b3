"""“Match the window to the page”: a reader's chrome goes with its page, all else with the app."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from kios_desktop.domain.preferences import PageTheme, WindowTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.buttons import IconButton
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook

pytestmark = pytest.mark.gui


def corner(widget: QWidget, at: QPoint = QPoint(2, 2)) -> str:  # noqa: B008
    return widget.grab().toImage().pixelColor(at).name().upper()


async def change(kios: Kios, **values: object) -> None:
    """Change preferences; windows follow in the next turn of the event loop."""
    live = kios.app.parts.live
    live.change(replace(live.value, **values))
    await asyncio.sleep(0.01)


async def page_theme(kios: Kios, choice: PageTheme) -> None:
    await change(kios, reading=replace(kios.app.parts.live.value.reading, theme=choice))


async def opened(kios: Kios, folder: Path) -> OpenedBook:
    await change(kios, window_theme=WindowTheme.LIGHT)
    return await kios.open(await kios.add(write_book(folder / "b.epub", "<p>Some words.</p>")))


async def test_the_reader_goes_with_its_page_and_the_library_with_the_app(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await opened(kios, tmp_path)
        for choice, name in (
            (PageTheme.SEPIA, "sepia"),
            (PageTheme.GREY, "dark"),
            (PageTheme.PAPER, "light"),
            (PageTheme.BLACK, "dark"),
            (PageTheme.AUTO, "light"),
        ):
            await page_theme(kios, choice)
            assert theme.of(book.window.header.more).name == name
            assert theme.of(kios.app.parts.window).name == "light"
            assert corner(book.window.header) == theme.Theme(name).hex("window")


async def test_the_switch_turns_it_off(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await opened(kios, tmp_path)
        await page_theme(kios, PageTheme.DARK)
        await change(kios, match_page=False)
        assert theme.of(book.window).name == "light"
        assert book.window.styleSheet() == ""


async def test_the_automatic_page_follows_the_app_and_not_the_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await opened(kios, tmp_path)
        await page_theme(kios, PageTheme.DARK)
        await page_theme(kios, PageTheme.AUTO)
        light = theme.Theme("light").page(PageTheme.PAPER)
        assert book.window.theming.page_style().colors["bg"] == light.bg
        await change(kios, window_theme=WindowTheme.DARK)
        assert (
            book.window.theming.page_style().colors["bg"]
            == theme.Theme("dark").page(PageTheme.DARK).bg
        )
        assert theme.of(book.window).name == "dark"


async def test_high_contrast_is_never_given_up(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book = await opened(kios, tmp_path)
        await change(kios, window_theme=WindowTheme.HC_DARK)
        await page_theme(kios, PageTheme.SEPIA)
        assert theme.of(book.window).name == "hcDark"


def test_icons_and_dialogs_are_in_the_theme_of_their_window(qapp: QApplication) -> None:
    window = QWidget()
    plain, dressed = IconButton("list", "Contents"), IconButton("list", "Contents", parent=window)
    dialog = QDialog(window)
    inside = QPushButton(dialog)
    theme.set_window_theme(window, "dark")
    assert theme.of(inside).name == "dark"
    assert _strongest(dressed) == theme.Theme("dark").color("text")
    assert _strongest(plain) == theme.Theme("light").color("text")
    theme.set_window_theme(window, "light")
    assert theme.of(inside).name == "light"
    assert _strongest(dressed) == theme.Theme("light").color("text")
    window.close()


def _strongest(widget: IconButton) -> QColor:
    """The colour of the most opaque point: that of the icon's strokes."""
    widget.ensurePolished()
    image = widget.grab().toImage()
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return max((image.pixelColor(x, y) for x, y in points), key=QColor.alpha)
