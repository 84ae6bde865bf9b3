"""Words are looked up in the whole app: from the bar, the menu and by key, and nothing moves."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, QRect, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu

from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import WebLookUp
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import MenuWanted, Selection, SelectionMove
from kios_desktop.ui.reader.lookup.popover import LookUpPopover
from kios_desktop.ui.reader.marks.selection_bar import SelectionBar
from tests.books import PIXEL_PNG, BookDraft
from tests.fakes.loopback import Asked, Loopback, Says
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.waiting import until
from tests.stardict import StarDict

pytestmark = pytest.mark.gui

TEXT = "<p>" + "The apothecaries studied it. " * 40 + "</p>"
APOTHECARIES = (3, 15)
STUDIED = (15, 22)
DRAFT = StarDict(
    [
        ("apothecary", '<i>noun</i> Sold medicines; see <a href="bword://druggist">druggist</a>.'),
        ("druggist", "Sells drugs."),
        ("study", "To learn."),
        ("studio", "A room."),
    ],
    name="English",
    types="h",
)


class LookingUp:
    """A book in the whole app."""

    def __init__(self, kios: Kios, book: OpenedBook) -> None:
        self.kios, self.book, self.window = kios, book, book.window

    @property
    def popover(self) -> LookUpPopover | None:
        shown = self.window.overlays.shown(OverlayKind.POPOVER)
        content = shown.content if shown is not None else None
        return content if isinstance(content, LookUpPopover) else None

    @property
    def bar(self) -> SelectionBar | None:
        shown = self.window.overlays.shown(OverlayKind.BAR)
        content = shown.content if shown is not None else None
        return content if isinstance(content, SelectionBar) else None

    @property
    def text(self) -> str:
        return "" if self.popover is None else self.popover.text.toPlainText()

    @property
    def said(self) -> str:
        shown = self.window.overlays.shown(OverlayKind.TOAST)
        return "" if shown is None else shown.findChildren(QLabel)[0].text()

    def prefer(self, **changes: WebLookUp) -> None:
        live = self.kios.app.parts.live
        look_ups = replace(live.value.look_ups, **changes)
        live.change(replace(live.value, look_ups=look_ups))

    async def select(self, ordinals: tuple[int, int]) -> SelectionBar:
        self.window._page.bridge.select(Selection(0, *ordinals))
        await until(lambda: self.bar is not None)
        assert self.bar is not None
        return self.bar

    async def shows(self, words: str) -> LookUpPopover:
        await until(lambda: words in self.text)
        assert self.popover is not None
        return self.popover


class Browser(QObject):
    """Takes the addresses that are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def opened() -> Iterator[list[str]]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")  # type: ignore[arg-type]
    yield browser.opened
    QDesktopServices.unsetUrlHandler("https")


@asynccontextmanager
async def looking_up(
    qapp: QApplication, folder: Path, *drafts: StarDict
) -> AsyncIterator[LookingUp]:
    path = BookDraft(chapters=[TEXT]).write(folder / "book.epub")
    async with Kios(qapp, folder, connect=False) as kios:
        for number, draft in enumerate(drafts):
            await kios.app.parts.dictionaries.add(draft.write(folder / f"given{number}"))
        book = await kios.open(await kios.add(path))
        await until(lambda: book.window.marking._presenter is not None)
        yield LookingUp(kios, book)


async def test_a_word_is_looked_up_from_the_bar(qapp: QApplication, tmp_path: Path) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        (await reading.select(APOTHECARIES)).look_up.click()
        popover = await reading.shows("Sold medicines")
        assert reading.text.split("\n")[0] == "apothecary"
        assert reading.text.split("\n")[-1] == "English"
        assert reading.bar is None
        assert popover.accessibleName() == "Look up “apothecaries”"
        assert reading.window.place_shown == Place(0, 0)
        assert not popover.back.isVisible()
        popover.text.anchorClicked.emit(QUrl("look:druggist"))
        await reading.shows("Sells drugs.")
        assert popover.back.isVisible()
        QTest.keyClick(popover.text, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        await reading.shows("Sold medicines")
        assert not popover.back.isVisible()
        popover.copy.click()
        assert "Sold medicines" in QApplication.clipboard().text()
        QTest.keyClick(popover.text, Qt.Key.Key_Escape)
        await until(lambda: reading.popover is None)
        assert reading.window.place_shown == Place(0, 0)
        assert not reading.window.pill.isVisible()


async def test_keys_alone_look_up_the_word_at_the_caret(qapp: QApplication, tmp_path: Path) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        press = reading.window.actions_by_name
        press["look_up"].trigger()
        await until(lambda: reading.said == "Select a word first, or press F7 and move to one.")
        press["caret"].trigger()
        bridge = reading.window._page.bridge
        for _ in range(4):  # into the second word
            bridge.move_selection(SelectionMove("character", "right", extend=False))
        bridge.move_selection(SelectionMove("character", "right", extend=False))
        press["look_up"].trigger()
        popover = await reading.shows("apothecary")
        assert reading.window.place_shown == Place(0, 0)
        assert popover.text.hasFocus()
        QTest.keyClick(popover.text, Qt.Key.Key_Tab)  # to the link in the entry
        QTest.keyClick(popover.text, Qt.Key.Key_Return)
        await reading.shows("Sells drugs.")
        QTest.keyClick(popover.text, Qt.Key.Key_Backspace)
        await reading.shows("Sold medicines")
        for control in (*popover.findChildren(QAbstractButton), popover.text, popover.tabs):
            assert control.accessibleName() or getattr(control, "text", str)(), control


@pytest.mark.parametrize("offset", [0, 1, 11])
async def test_the_word_is_the_one_in_which_the_caret_is(
    qapp: QApplication, tmp_path: Path, offset: int
) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        reading.window.actions_by_name["caret"].trigger()
        bridge = reading.window._page.bridge
        for _ in range(4 + offset):  # “The ” is before it
            bridge.move_selection(SelectionMove("character", "right", extend=False))
        reading.window.actions_by_name["look_up"].trigger()
        popover = await reading.shows("Sold medicines")
        assert popover.accessibleName() == "Look up “apothecaries”"


async def test_a_highlight_is_looked_up_from_its_menu(qapp: QApplication, tmp_path: Path) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        await reading.select(STUDIED)
        reading.window.actions_by_name["highlight"].trigger()
        presenter = reading.window.marking._presenter
        assert presenter is not None
        await until(lambda: [one.text for one in presenter.marks.highlights] == ["studied"])
        menu = QMenu(reading.window)
        reading.window.marking.add_to(menu, MenuWanted(1, 1, [], "", ordinal=17))
        [look] = [one for one in menu.actions() if one.text() == "Look up"]
        look.trigger()
        await reading.shows("To learn.")


async def test_what_is_not_found_offers_other_words(qapp: QApplication, tmp_path: Path) -> None:
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        reading.window.look_ups.show("stud", QRect(100, 100, 60, 20))
        popover = await reading.shows("No entry for “stud”.")
        assert "There is: studio, study" in reading.text
        popover.text.anchorClicked.emit(QUrl("look:studio"))
        await reading.shows("A room.")


async def test_without_a_dictionary_settings_are_a_click_away(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with looking_up(qapp, tmp_path) as reading:
        (await reading.select(STUDIED)).look_up.click()
        popover = await reading.shows("No dictionary yet")
        popover.add.click()
        await until(lambda: reading.popover is None)
        settings = reading.kios.app.parts.settings.show()
        assert settings._stack.currentWidget() is settings.data


async def test_entries_that_are_long_scroll_in_a_small_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    long = StarDict([("study", "Line.\n" * 400)])
    async with looking_up(qapp, tmp_path, long) as reading:
        reading.window.resize(900, 640)
        await until(lambda: reading.window.width() == 900)
        (await reading.select(STUDIED)).look_up.click()
        popover = await reading.shows("Line.")
        overlay = reading.window.overlays.shown(OverlayKind.POPOVER)
        assert overlay is not None
        area = reading.window.area.rect()
        await until(lambda: area.contains(overlay.geometry().adjusted(24, 24, -24, -24)))
        assert popover.text.verticalScrollBar().maximum() > 0
        assert popover.copy.isVisible() and popover.add.isVisible()


async def test_an_entry_loads_nothing(qapp: QApplication, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PIXEL_PNG)
    entry = f'a<img src="{secret.as_uri()}"><link rel="stylesheet" href="http://h/x.css">b'
    async with looking_up(qapp, tmp_path, StarDict([("study", entry)], types="h")) as reading:
        (await reading.select(STUDIED)).look_up.click()
        popover = await reading.shows("ab")
        assert "\ufffc" not in reading.text  # Qt's sign for a picture
        assert popover.text.loadResource(2, QUrl.fromLocalFile(str(secret))) is None


async def test_what_is_selected_is_copied_with_its_reference(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with looking_up(qapp, tmp_path) as reading:
        await reading.select(STUDIED)
        menu = QMenu(reading.window)
        reading.window.marking.add_to(menu, MenuWanted(1, 1, [], ""))
        [copy] = [one for one in menu.actions() if one.text() == "Copy with reference"]
        copy.trigger()
        await until(lambda: "studied" in QApplication.clipboard().text())
        copied = QApplication.clipboard().text()
        assert copied == "“studied”\nAnn Author, A small book, Chapter 1, 2%"


SUMMARY = {"title": "Apothecary", "description": "Old trade", "extract": "Sold <medicine>."}


def wiki(asked: Asked) -> Says:
    if "studied" in asked.path:
        return Says(404, b"{}")
    headers = {"content-type": "application/json", "set-cookie": "who=you; Path=/"}
    return Says(200, json.dumps(SUMMARY).encode(), headers)


async def test_nothing_is_sent_before_the_reader_agrees(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Loopback(wiki) as server, looking_up(qapp, tmp_path, DRAFT) as reading:
        reading.prefer(wikipedia=WebLookUp(f"{server.origin}/{{language}}/{{word}}", enabled=True))
        (await reading.select(APOTHECARIES)).look_up.click()
        popover = await reading.shows("Sold medicines")
        assert [popover.tabs.tabText(at) for at in range(popover.tabs.count())] == [
            "Dictionary",
            "Wikipedia",
        ]
        popover.tabs.setCurrentIndex(1)
        await reading.shows("Allow Wikipedia?")
        assert f"sends “apothecaries” and the language of the book to 127.0.0.1:{server.port}" in (
            reading.text
        )
        popover.refuse.click()
        await reading.shows("Sold medicines")
        assert server.asked == []
        popover.tabs.setCurrentIndex(1)
        popover.allow.click()
        await reading.shows("Old trade")
        assert "Sold <medicine>." in reading.text
        reading.window.overlays.close(OverlayKind.POPOVER)
        reading.window.look_ups.show("studied", QRect(100, 100, 60, 20))
        popover = await reading.shows("To learn.")
        popover.tabs.setCurrentIndex(1)
        await reading.shows("There is no page of this name.")
        assert server.paths() == ["/en/apothecaries", "/en/studied"]
        assert not [one for one in server.asked if "cookie" in one.headers]
        await server.__aexit__(None, None, None)
        popover.text.setFocus()
        popover.followed.emit("study")
        await until(lambda: "study" not in reading.text and "One moment" not in reading.text)
        assert "127.0.0.1" in reading.text
    assert "apothecaries" not in caplog.text


async def test_another_address_is_asked_about_again(qapp: QApplication, tmp_path: Path) -> None:
    async with Loopback(wiki) as server, looking_up(qapp, tmp_path) as reading:
        agreed = "https://elsewhere.example/{word}"
        reading.prefer(wikipedia=WebLookUp(f"{server.origin}/{{word}}", True, agreed))
        (await reading.select(APOTHECARIES)).look_up.click()
        popover = await reading.shows("No dictionary yet")
        popover.tabs.setCurrentIndex(1)
        await reading.shows("Allow Wikipedia?")
        assert server.asked == []


async def test_a_translation_is_opened_in_the_browser_when_it_is_asked_for(
    qapp: QApplication, tmp_path: Path, opened: list[str]
) -> None:
    async with looking_up(qapp, tmp_path) as reading:
        reading.prefer(translation=WebLookUp("https://t.example/?q={word}#{language}", True))
        (await reading.select(STUDIED)).look_up.click()
        popover = await reading.shows("No dictionary yet")
        popover.tabs.setCurrentIndex(1)
        await reading.shows("Allow the translation?")
        popover.allow.click()
        await reading.shows("t.example translates it in your browser.")
        assert opened == []
        popover.open.click()
        assert opened == ["https://t.example/?q=studied#en"]


async def test_a_look_up_that_ends_after_its_window_does_no_harm(
    qapp: QApplication, tmp_path: Path
) -> None:
    bugs: list[Exception] = []
    async with looking_up(qapp, tmp_path, DRAFT) as reading:
        reading.kios.app.tasks.report = bugs.append
        reading.window.look_ups.show("study", QRect(100, 100, 60, 20))
        reading.window.look_ups.end()  # as at the end, but before its popover is gone
        await settled()
        assert reading.text.strip() == "One moment…"
        reading.window.close()
        await settled()
    assert not bugs
