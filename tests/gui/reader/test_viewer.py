"""The viewer in a reader window, by real clicks and keys."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.preferences import PageTheme
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.viewer import saving
from kios_desktop.ui.reader.viewer.overlay import ViewerOverlay
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import evaluate
from tests.gui.reader.test_viewer_page import WORDS, book, png
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

FIGURE = (
    '<figure><img src="a.png" alt="A map"/><figcaption>The bay at low water</figcaption></figure>'
)
LEFT = Qt.MouseButton.LeftButton
PICTURES = MappingProxyType({"a.png": png(1600, 900), "b.png": png(300, 200)})
NONE = Qt.KeyboardModifier.NoModifier


@asynccontextmanager
async def reading(
    qapp: QApplication, folder: Path, body: str, files: Mapping[str, bytes] = PICTURES
) -> AsyncIterator[OpenedBook]:
    path = book(folder, body, files)
    async with Kios(qapp, folder) as kios:
        yield await kios.open(await kios.add(path))


async def rect_of(opened: OpenedBook, selector: str) -> tuple[float, float, float, float]:
    """Left, top, width and height of an element, px of the view."""
    script = (
        f"((e, f) => [e.x + f.offsetLeft, e.y + f.offsetTop, e.width, e.height])("
        f"kios.current.doc.querySelector('{selector}').getBoundingClientRect(), kios.current.frame)"
    )
    found = await evaluate(opened.window._page, script)
    return found[0], found[1], found[2], found[3]


def inner(opened: OpenedBook) -> QWidget:
    widget = opened.window.view.focusProxy()
    assert isinstance(widget, QWidget)
    return widget


async def click(opened: OpenedBook, selector: str, button: Qt.MouseButton = LEFT) -> None:
    left, top, width, height = await rect_of(opened, selector)
    at = QPoint(round(left + width / 2), round(top + height / 2))
    QTest.mouseClick(inner(opened), button, NONE, at)


async def overlay_of(opened: OpenedBook) -> ViewerOverlay:
    viewer = opened.window.viewer
    await until(lambda: viewer.overlay is not None and viewer.overlay.placement is not None)
    assert viewer.overlay is not None
    return viewer.overlay


async def test_a_click_on_a_picture_opens_it_and_escape_closes_it_alone(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, FIGURE + WORDS) as opened:
        window, before, screens = opened.window, opened.place, opened.screens
        await click(opened, "img")
        overlay = await overlay_of(opened)
        assert overlay.accessibleName() == "Picture: A map"
        assert overlay.caption.text() == "The bay at low water"
        assert window.header.isHidden()
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        assert not window.viewer.is_open
        assert window.header.isHidden(), "Esc closed the viewer and showed the bars"
        await settled()
        assert (opened.place, opened.screens) == (before, screens)
        focus = window.focusWidget()
        assert focus is window.view or window.view.isAncestorOf(focus)


async def test_a_link_around_a_picture_wins_and_its_menu_opens_the_picture(
    qapp: QApplication, tmp_path: Path
) -> None:
    body = '<p><a href="chapter0002.xhtml"><img src="a.png"/></a></p>' + WORDS
    async with reading(qapp, tmp_path, body) as opened:
        window = opened.window
        await click(opened, "img", Qt.MouseButton.RightButton)
        await until(lambda: QApplication.activePopupWidget() is not None)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        assert [action.text() for action in popup.actions() if action.text()] == [
            "Open picture",
            "Copy picture",
            "Save picture…",
        ]
        popup.actions()[2].trigger()
        await until(lambda: QGuiApplication.clipboard().image().width() == 1600)
        popup.actions()[0].trigger()
        popup.close()
        overlay = await overlay_of(opened)
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        await click(opened, "img")
        await until(lambda: opened.place.spine_index == 1)
        assert not window.viewer.is_open


async def test_keys_zoom_move_and_step(qapp: QApplication, tmp_path: Path) -> None:
    body = FIGURE + WORDS + '<p><img src="b.png" alt="A boat"/></p>'
    async with reading(qapp, tmp_path, body) as opened:
        await click(opened, "img")
        overlay = await overlay_of(opened)
        fitted = overlay.placement
        assert fitted is not None and fitted.is_fitted and not fitted.moves
        for _ in range(12):
            QTest.keyClick(overlay, Qt.Key.Key_Plus)
        zoomed = overlay.placement
        assert zoomed is not None and zoomed.scale >= 8 and zoomed.moves
        QTest.keyClick(overlay, Qt.Key.Key_Right)
        assert overlay.placement is not None and overlay.placement.x < zoomed.x
        QTest.keyClick(overlay, Qt.Key.Key_0)
        assert overlay.placement == fitted
        QTest.keyClick(overlay, Qt.Key.Key_Right)
        await until(lambda: overlay.accessibleName() == "Picture 2 of 2: A boat")
        await until(lambda: overlay.placement is not None)
        assert not overlay.bar.second.isEnabled()
        assert opened.window.viewer.is_open


async def test_wheel_drag_and_double_click(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path, FIGURE + WORDS) as opened:
        await click(opened, "img")
        overlay = await overlay_of(opened)
        fitted = overlay.placement
        middle = overlay.rect().center()
        QTest.mouseDClick(overlay, LEFT, NONE, middle)
        assert overlay.placement is not None and overlay.placement.scale == 1
        before = overlay.placement.x
        QTest.mousePress(overlay, LEFT, NONE, middle)
        QTest.mouseMove(overlay, middle + QPoint(60, 0))
        QTest.mouseRelease(overlay, LEFT, NONE, middle + QPoint(60, 0))
        assert overlay.placement.x == pytest.approx(before + 60, abs=1)
        wheel = QWheelEvent(
            QPointF(middle),
            QPointF(overlay.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(overlay, wheel)
        assert overlay.placement.scale == pytest.approx(1.25)
        QTest.mouseDClick(overlay, LEFT, NONE, middle)
        assert overlay.placement == fitted


async def test_a_click_in_a_table_of_text_still_toggles_the_bars_and_its_menu_opens_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    body = "<table style='width: 100%'><tr><td id='cell'>One</td><td>Two</td></tr></table>" + WORDS
    async with reading(qapp, tmp_path, body) as opened:
        window = opened.window
        shown = window.header.isHidden()
        await click(opened, "table")
        await until(lambda: window.header.isHidden() != shown)
        assert not window.viewer.is_open
        window.actions_by_name["viewer"].trigger()
        overlay = await overlay_of(opened)
        assert overlay.accessibleName() == "Table"
        overlay.bar.copy.click()
        clipboard = QGuiApplication.clipboard()
        await until(lambda: clipboard.text() == "One\tTwo")
        assert "<table" in clipboard.mimeData().html()


async def test_a_picture_is_copied_and_saved_as_it_is_in_the_book(
    qapp: QApplication, tmp_path: Path
) -> None:
    original = png(1600, 900)
    async with reading(qapp, tmp_path, FIGURE, {"a.png": original}) as opened:
        await click(opened, "img")
        overlay = await overlay_of(opened)
        QTest.keyClick(overlay, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        clipboard = QGuiApplication.clipboard()
        await until(lambda: clipboard.image().width() == 1600)
        overlay.bar.save.click()
        await until(lambda: opened.window.findChild(QFileDialog) is not None)
        dialog = opened.window.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.selectedFiles()[0].endswith("a.png")
        dialog.fileSelected.emit(str(tmp_path / "out.png"))
        dialog.close()
        await until(lambda: (tmp_path / "out.png").exists())
        assert (tmp_path / "out.png").read_bytes() == original
        assert opened.window.viewer.is_open


async def test_a_picture_that_the_disk_refuses_is_a_sentence_and_leaves_no_part(
    tmp_path: Path,
) -> None:
    taken = tmp_path / "taken.png"
    taken.mkdir()
    with pytest.raises(StorageError) as refused:
        await saving.save(taken, b"x")
    assert saving.refusal(refused.value).startswith("The picture was not saved:")
    assert os.listdir(tmp_path) == ["taken.png"]  # noqa: PTH208
    with pytest.raises(StorageError):
        await saving.save(tmp_path / "gone" / "out.png", b"x")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such files")
async def test_only_files_are_replaced_and_links_stay(tmp_path: Path) -> None:
    target, link, pipe = (tmp_path / name for name in ("target.png", "link.png", "pipe.png"))
    target.write_bytes(b"old")
    link.symlink_to(target)
    await saving.save(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    os.mkfifo(pipe)
    with pytest.raises(saving.NotAFile) as refused:
        await saving.save(pipe, b"new")
    assert saving.refusal(refused.value).endswith("no file. Choose another name.")
    assert pipe.is_fifo()


async def test_a_cover_is_opened_in_its_middle_and_turned_at_its_sides(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, '<img src="a.png"/>', {"a.png": png(3000, 2000)}) as opened:
        window = opened.window
        width, height = window.view.width(), window.view.height()
        QTest.mouseClick(inner(opened), LEFT, NONE, QPoint(width // 2, height // 2))
        overlay = await overlay_of(opened)
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        await window.pages.reported()  # a click may overtake the word to close
        QTest.mouseClick(inner(opened), LEFT, NONE, QPoint(width * 9 // 10, height // 2))
        await until(lambda: opened.place.spine_index == 1)
        assert not window.viewer.is_open


async def test_a_damaged_picture_is_a_sentence_and_a_page_of_text_another(
    qapp: QApplication, tmp_path: Path
) -> None:
    body = '<p><img src="a.png" width="200" height="200"/></p>'
    async with reading(qapp, tmp_path, body, {"a.png": b"\x89PNG\r\n\x1a\nno"}) as opened:
        window = opened.window
        window.actions_by_name["viewer"].trigger()
        await until(lambda: window.viewer.is_open)
        overlay = window.viewer.overlay
        assert overlay is not None
        assert overlay.caption.text().startswith("This picture can’t be shown.")
        assert not overlay.bar.larger.isEnabled()
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        await opened.turn()
        window.actions_by_name["viewer"].trigger()
        await until(lambda: window.overlays.shown(OverlayKind.TOAST) is not None)
        assert not window.viewer.is_open


async def test_the_viewer_closes_when_the_page_goes_elsewhere_and_fits_small_windows(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, FIGURE + WORDS) as opened:
        window = opened.window
        await click(opened, "img")
        overlay = await overlay_of(opened)
        window.resize(480, 400)
        await until(lambda: overlay.width() == window.view.width() == 480)
        shown = overlay.placement
        assert shown is not None and shown.is_fitted
        assert overlay.bar.close_it.geometry().right() <= 480
        await opened.go_to_line(1)
        await until(lambda: not window.viewer.is_open)


async def test_in_a_book_from_right_to_left_the_next_picture_is_at_the_left(
    qapp: QApplication, tmp_path: Path
) -> None:
    body = '<p><img src="a.png" alt="A"/></p><p><img src="b.png" alt="B"/></p>'
    path = book(tmp_path, body, PICTURES, direction="rtl")
    async with Kios(qapp, tmp_path) as kios:
        opened = await kios.open(await kios.add(path))
        opened.window.actions_by_name["viewer"].trigger()
        overlay = await overlay_of(opened)
        assert overlay.bar.first.accessibleName() == "Next"
        QTest.keyClick(overlay, Qt.Key.Key_Left)
        await until(lambda: overlay.accessibleName() == "Picture 2 of 2: B")
        overlay.bar.second.click()
        await until(lambda: overlay.accessibleName() == "Picture 1 of 2: A")


async def test_a_drawing_is_copied_as_it_is_seen_and_saved_as_svg(
    qapp: QApplication, tmp_path: Path
) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="300" height="150">'
        '<rect width="200" height="100" fill="#ff0000"/></svg>'
    )
    async with reading(qapp, tmp_path, drawing + WORDS, {}) as opened:
        await click(opened, "svg")
        overlay = await overlay_of(opened)
        await settled()
        QGuiApplication.clipboard().clear()
        overlay.bar.copy.click()
        image = QGuiApplication.clipboard().image()
        assert image.width() > 300
        assert image.pixelColor(image.rect().center()).name() == "#ff0000"
        overlay.bar.save.click()
        await until(lambda: opened.window.findChild(QFileDialog) is not None)
        dialog = opened.window.findChild(QFileDialog)
        assert dialog is not None
        dialog.fileSelected.emit(str(tmp_path / "out.svg"))
        dialog.close()
        await until(lambda: (tmp_path / "out.svg").exists())
        assert (tmp_path / "out.svg").read_text().startswith("<svg")


async def test_escape_and_a_turn_end_the_opening_too(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path, FIGURE + WORDS) as opened:
        viewer, header = opened.window.viewer, opened.window.header
        covered = "document.querySelectorAll('#viewer').length"
        shown_before = header.isVisible()
        viewer.open("page")
        QTest.keyClick(inner(opened), Qt.Key.Key_Escape)
        await until(lambda: not viewer._is_opening)
        await settled()
        assert await evaluate(opened.window._page, covered) == 0
        assert not viewer.is_open
        assert header.isVisible() == shown_before, "Esc did two things"
        viewer.open("page")
        await opened.turn()
        await settled()
        assert await evaluate(opened.window._page, covered) == 0
        assert not viewer.is_open


async def test_nothing_of_the_page_lies_over_the_viewer(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path, FIGURE + WORDS) as opened:
        window = opened.window
        window.display.show_pill("Chapter 1")
        assert window.pill.isVisible()
        await click(opened, "img")
        overlay = await overlay_of(opened)
        assert window.pill.isHidden()
        window.display.show_pill("Chapter 2")
        assert window.pill.isHidden()
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        assert window.pill.isVisible()


async def test_an_open_table_follows_the_theme(qapp: QApplication, tmp_path: Path) -> None:
    body = "<table><tr><td>One</td><td>Two</td></tr></table>" + WORDS
    async with reading(qapp, tmp_path, body) as opened:
        window = opened.window
        window.viewer.open("page")
        overlay = await overlay_of(opened)
        window._choices.set("theme", PageTheme.BLACK)
        found = "[{0}.style.background, {0}.style.visibility]".format(
            "document.querySelector('#viewer iframe')"
        )
        black = ["rgb(0, 0, 0)", "visible"]
        async with asyncio.timeout(5):
            while await evaluate(window._page, found) != black:
                await settled(0.05)
        assert window.viewer.overlay is overlay


async def test_a_table_that_can_not_be_opened_is_not_called_a_picture(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, "<table><tr><td>One</td></tr></table>") as opened:
        viewer, page = opened.window.viewer, opened.window._page
        await evaluate(
            page, "(kios.current.mends.original = () => { throw new Error('planted'); }, 0)"
        )
        viewer.open("page")
        await until(lambda: viewer.is_open)
        assert viewer.overlay is not None
        assert viewer.overlay.caption.text().startswith("This can’t be opened.")
        QTest.keyClick(viewer.overlay, Qt.Key.Key_Escape)
        await settled()
        assert await evaluate(page, "document.querySelectorAll('#viewer').length") == 0
