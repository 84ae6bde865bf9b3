"""Whole screens by keyboard: Enter presses, Esc takes one thing back, focus can be seen."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.shortcut_list import ShortcutList
from kios_desktop.ui.library.model import BOOK_ROLE
from kios_desktop.ui.library.view import LibraryView
from kios_desktop.ui.reader.bars import BackPill, ReaderFooter
from kios_desktop.ui.shell.first_run import OnboardingPage
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.focus_ring import install_focus_ring, show_ring
from tests.fakes_ui import sample_books
from tests.gui import screens
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until
from tests.gui.xvfb.test_reader_keys import long_book

pytestmark = pytest.mark.gui


def trigger(window: QWidget, keys: str) -> None:
    """What these keys do while `window` has the focus, as Qt knows it."""
    wanted = QKeySequence(keys)
    shortcuts = [one for one in window.findChildren(QShortcut) if one.key() == wanted]
    actions = [one for one in window.actions() if wanted in one.shortcuts()]
    assert len(shortcuts) + len(actions) == 1, f"{keys}: {shortcuts} {actions}"
    (shortcuts[0].activated.emit if shortcuts else actions[0].trigger)()


def differ(one: QImage, other: QImage) -> int:
    """How many pixels of two pictures of one size are not the same."""
    assert one.size() == other.size()
    return sum(
        one.pixel(x, y) != other.pixel(x, y)
        for x in range(one.width())
        for y in range(one.height())
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_buttons_of_the_first_run(key: Qt.Key, qtbot: QtBot) -> None:
    page = OnboardingPage()
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    asked: list[str] = []
    page.server_requested.connect(lambda: asked.append("server"))
    page.files_requested.connect(lambda: asked.append("files"))
    page.guide_requested.connect(lambda: asked.append("guide"))
    page.skipped.connect(lambda: asked.append("skip"))
    for one in page.findChildren(QPushButton):
        QTest.keyClick(one, key)
    assert sorted(asked) == ["files", "guide", "server", "skip"]


def test_a_held_enter_presses_once(qtbot: QtBot) -> None:
    one = button("Open")
    qtbot.addWidget(one)
    pressed: list[bool] = []
    one.clicked.connect(lambda: pressed.append(True))
    QTest.keyClick(one, Qt.Key.Key_Return)
    one.setEnabled(False)
    QTest.keyClick(one, Qt.Key.Key_Return)
    assert pressed == [True]


@pytest.mark.parametrize("kind", ["default", "primary", "dangerFilled", "danger", "quiet", "link"])
@pytest.mark.parametrize("dress", ["light", "dark", "hcLight"])
def test_focus_can_be_seen_on_every_kind_of_button(
    kind: str, dress: str, qtbot: QtBot, qapp: QApplication
) -> None:
    install_focus_ring(qapp)
    theme.apply_theme(qapp, dress)
    window = QWidget()
    window.setObjectName("page")
    row = QHBoxLayout(window)
    one, other = button("Save", kind), button("Other")
    row.addWidget(one)
    row.addWidget(other)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    other.setFocus()
    without = one.grab().toImage()
    one.setFocus()
    show_ring(one)
    ringed = one.grab().toImage()
    assert differ(without, ringed) > 100
    # what differs stands out from what it lies on
    changed = [
        (without.pixelColor(x, y), ringed.pixelColor(x, y))
        for x in range(ringed.width())
        for y in range(ringed.height())
        if without.pixel(x, y) != ringed.pixel(x, y)
    ]
    strong = sum(
        abs(a.lightness() - b.lightness()) > 60 or abs(a.hue() - b.hue()) > 60 for a, b in changed
    )
    assert strong > 80


async def shown() -> tuple[MainWindow, LibraryView]:
    window, _presenter = screens.window(sample_books())
    window.show()
    window.activateWindow()
    model = window.library.grid.model()
    await until(lambda: model.index(0, 0).data(BOOK_ROLE) is not None)
    return window, window.library


async def end(window: MainWindow) -> None:
    window.close_now()
    await screens.close_all()


async def test_escape_in_the_grid_takes_the_selection_back_and_types_nothing(
    qapp: QApplication,
) -> None:
    window, library = await shown()
    grid = library.grid
    typed: list[str] = []
    grid.typed_ahead.connect(typed.append)
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(3, 0))
    assert grid.selectionModel().hasSelection()
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert not grid.selectionModel().hasSelection()
    assert grid.currentIndex().row() == 3, "the keyboard goes on from there"
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert typed == []
    await end(window)


async def test_escape_goes_down_the_ladder_one_step_at_a_time(qapp: QApplication) -> None:
    window, library = await shown()
    grid, search = library.grid, library.header.search
    every = grid.model().rowCount()
    window.showFullScreen()
    window.actions_.search.trigger()
    QTest.keyClicks(search, "dracula")
    await until(lambda: grid.model().rowCount() == 1)
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(0, 0))
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert not grid.selectionModel().hasSelection() and search.text() == "dracula"
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert search.text() == "" and window.isFullScreen()
    await until(lambda: grid.model().rowCount() == every)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    await end(window)


async def test_focus_can_be_seen_in_the_grid_beside_the_selection(qapp: QApplication) -> None:
    install_focus_ring(qapp)
    window, library = await shown()
    grid = library.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    row = grid.currentIndex().row()
    tile = grid.tile(row)

    def seen() -> QImage:
        return grid.grab(tile).toImage()

    focused = seen()
    library.header.search.setFocus()
    assert differ(focused, seen()) > 200, "selected, and elsewhere is the focus"
    grid.setFocus()
    show_ring(grid)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    only_focus = seen()
    library.header.search.setFocus()
    assert differ(only_focus, seen()) > 200, "without a selection too"
    await end(window)


async def test_a_list_that_comes_anew_leaves_the_focus_where_it_was(qapp: QApplication) -> None:
    window, library = await shown()
    await until(lambda: bool(library.continue_reading.cards))
    first = library.continue_reading.cards[0]
    first.setFocus()
    library.continue_reading.set_books([card.book for card in library.continue_reading.cards])
    assert library.continue_reading.cards[0] is not first
    assert library.continue_reading.cards[0].hasFocus()
    library.continue_reading.set_books([first.book], {first.book.id: "pride (1)"})
    assert "pride (1)" in library.continue_reading.cards[0].accessibleName()
    await end(window)


def test_a_click_in_the_footer_leaves_the_keys_to_the_page(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(1400, 300)
    page = button("Page", parent=window)
    footer, pill = ReaderFooter(window), BackPill(window)
    pill.show_label("Back to Chapter 4")
    footer.setGeometry(0, 200, 1400, 56)
    pill.move(0, 100)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    page.setFocus()
    for bar in (footer, pill):
        for one in bar.findChildren(QAbstractButton):
            QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
            assert page.hasFocus(), one.text()
            assert one.focusPolicy() & Qt.FocusPolicy.TabFocus


async def test_the_shortcuts_of_kios_are_listed_over_every_kind_of_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book = await kios.open(await kios.add(long_book(tmp_path)))
        settings = kios.app.parts.settings.show()
        for window in (kios.app.parts.window, book.window, settings):
            for key in ("F1", "?"):
                trigger(window, key)
                shown = window.findChild(ShortcutList)
                assert shown is not None and shown.isVisible()
                said = [one.accessibleName() for one in shown.findChildren(QWidget)]
                assert "Add source…: Ctrl+Shift+N" in said
                assert "Next page: PgDown, Space, Down" in said
                assert "Menu of the book: Shift+F10" in said
                shown.reject()
                await until(lambda window=window: window.findChild(ShortcutList) is None)  # type: ignore[misc]
        settings.close()


async def test_settings_and_a_book_answer_the_keys_of_kios_as_a_whole(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        app = kios.app
        book = await kios.open(await kios.add(long_book(tmp_path)))
        await until(lambda: app.parts.window.actions_.downloads.isEnabled())
        settings = app.parts.settings.show()
        trigger(settings, "Ctrl+Shift+N")
        form = settings.library_sync.form
        assert form is not None and form.isVisible()
        app.parts.settings.add_source()
        assert settings.library_sync.form is form, "a form that is open is not replaced"
        form.reject()
        await until(lambda: settings.library_sync.form is None)
        assert settings.isVisible(), "it was there before the form"
        trigger(settings, "Ctrl+J")
        assert app.parts.window.actions_.downloads.isChecked()
        app.parts.window.actions_.downloads.setChecked(False)
        settings.close()
        trigger(book.window, "Ctrl+Shift+N")
        settings = app.parts.settings.show()
        assert settings.library_sync.form is not None
        settings.library_sync.form.reject()
        settings = app.parts.settings.show()
        trigger(settings, "Ctrl+Q")
        assert app.quitting


async def test_shift_f10_opens_the_menu_of_the_book(qapp: QApplication) -> None:
    window, library = await shown()
    asked: list[object] = []
    library.grid.menu_requested.disconnect()
    library.grid.menu_requested.connect(lambda book, _at: asked.append(book.title))
    library.grid.setFocus()
    library.grid.setCurrentIndex(library.grid.model().index(1, 0))
    trigger(window, "Shift+F10")
    assert asked == ["Moby-Dick; or, the Whale"]
    library.continue_reading.menu_requested.disconnect()
    library.continue_reading.menu_requested.connect(lambda book, _at: asked.append(book.title))
    library.continue_reading.cards[0].setFocus()
    trigger(window, "Shift+F10")
    assert asked[1:] == ["Pride and Prejudice"]
    await end(window)


async def test_a_half_typed_source_is_not_thrown_away_by_escape(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        settings = kios.app.parts.settings.show("library-sync")
        kios.app.parts.settings.add_source()
        form = settings.library_sync.form
        assert form is not None
        QTest.keyClicks(form.url.edit, "https://books.example.org")
        QTest.keyClick(form, Qt.Key.Key_Escape)
        asking = form.findChild(AskDialog)
        assert form.isVisible() and asking is not None
        asking.reject()
        await until(lambda form=form: form.findChild(AskDialog) is None)  # type: ignore[misc]
        assert form.isVisible() and form.url.text() == "https://books.example.org"
        QTest.keyClick(form, Qt.Key.Key_Escape)
        asking = form.findChild(AskDialog)
        assert asking is not None
        asking.accept()
        await until(lambda: settings.library_sync.form is None)
        kios.app.parts.settings.add_source()
        form = settings.library_sync.form
        assert form is not None
        QTest.keyClick(form, Qt.Key.Key_Escape)
        await until(lambda: settings.library_sync.form is None)  # nothing typed, nothing asked
        settings.close()


async def test_a_half_typed_sync_server_is_there_when_settings_come_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        for leave in ("escape", "close"):
            settings = kios.app.parts.settings.show("sync")
            field = settings.sync.form.url.edit
            await until(lambda field=field: bool(field.placeholderText()))  # type: ignore[misc]
            await settled()
            QTest.keyClicks(field, leave)
            if leave == "escape":
                QTest.keyClick(settings, Qt.Key.Key_Escape)
            else:
                settings.close()
            await until(lambda settings=settings: not settings.isVisible())  # type: ignore[misc]
        settings = kios.app.parts.settings.show("sync")
        await until(lambda: settings.sync.form.url.text() == "escapeclose")
        settings.close()
