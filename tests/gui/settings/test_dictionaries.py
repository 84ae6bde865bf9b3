"""Dictionaries and the web in Settings → Data and privacy, in the whole app."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.preferences import WIKIPEDIA
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.settings.data_page import DataPage
from kios_desktop.ui.settings.look_ups.dictionary_list import DictionaryRow
from kios_desktop.ui.settings.window import SettingsWindow
from tests.gui.kios import Kios
from tests.gui.waiting import until
from tests.stardict import StarDict

pytestmark = pytest.mark.gui


def page_of(kios: Kios) -> DataPage:
    return kios.app.parts.settings.show("data").data


def names(page: DataPage) -> list[str]:
    return [row.name.full_text() for row in page.dictionaries.rows]


def row_of(page: DataPage, name: str) -> DictionaryRow:
    return page.dictionaries.rows[names(page).index(name)]


def dialog() -> Dialog | None:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Dialog)]
    return next((one for one in found if one.isVisible()), None)


def words_of(shown: Dialog | None) -> str:
    assert shown is not None
    return " ".join(one.text() for one in shown.findChildren(QLabel))


def said(page: DataPage) -> str:
    window = page.window()
    assert isinstance(window, SettingsWindow)
    shown = window.overlays.shown(OverlayKind.TOAST)
    return "" if shown is None else shown.findChildren(QLabel)[0].text()


async def test_dictionaries_are_added_ordered_switched_and_removed(
    qapp: QApplication, tmp_path: Path
) -> None:
    drafts = {name: StarDict([("word", name), (name, "")], name=name) for name in ("One", "Two")}
    async with Kios(qapp, tmp_path, connect=False) as kios:
        page, live = page_of(kios), kios.app.parts.live
        files = [draft.write(tmp_path / name) for name, draft in drafts.items()]
        page.dictionaries.add_requested.emit(files)
        await until(lambda: names(page) == ["One", "Two"])
        await until(lambda: said(page) == "2 dictionaries are added")
        assert page.dictionaries.add.isEnabled()
        row = row_of(page, "Two")
        assert "2 words · " in " ".join(one.text() for one in row.findChildren(QLabel))
        assert not row.later.isEnabled() and not row_of(page, "One").earlier.isEnabled()
        row.earlier.setFocus()
        row.earlier.click()
        await until(lambda: names(page) == ["Two", "One"])
        assert row_of(page, "Two").switch.hasFocus(), "it can’t go earlier, and the focus stays by"
        row_of(page, "One").switch.click()
        await until(lambda: len(live.value.look_ups.off) == 1)
        assert not row_of(page, "One").switch.isChecked()
        row_of(page, "Two").remove.click()
        await until(lambda: isinstance(dialog(), AskDialog))
        assert "deletes its copy of “Two”" in words_of(dialog())
        asked = dialog()
        assert isinstance(asked, AskDialog)
        asked.verb.click()
        await until(lambda: names(page) == ["One"])
        for control in row_of(page, "One").controls().values():
            assert "One" in control.accessibleName()
    async with Kios(qapp, tmp_path, connect=False) as kios:
        page = page_of(kios)
        await until(lambda: names(page) == ["One"])
        assert not row_of(page, "One").switch.isChecked()


async def test_what_is_refused_is_told_with_the_file_and_the_remedy(
    qapp: QApplication, tmp_path: Path
) -> None:
    good = StarDict([("word", "text")], name="Good").write(tmp_path / "good")
    bad = StarDict([("word", "text")], name="Bad").write(tmp_path / "bad")
    (tmp_path / "bad" / "words.idx").write_bytes(b"wo")
    async with Kios(qapp, tmp_path, connect=False) as kios:
        page = page_of(kios)
        page.dictionaries.add_requested.emit([bad, good, tmp_path / "none.ifo"])
        await until(lambda: dialog() is not None)
        told = words_of(dialog())
        assert "The end of “words.idx” is missing. Download the dictionary again." in told
        assert "There is no StarDict dictionary in “none.ifo”." in told
        assert names(page) == ["Good"]
        shown = dialog()
        assert shown is not None
        shown.close()


async def test_the_web_is_off_and_its_addresses_can_be_changed(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        page, live = page_of(kios), kios.app.parts.live
        switch, address = page.web["wikipedia"]
        assert not live.value.look_ups.wikipedia.enabled
        assert not live.value.look_ups.translation.enabled
        assert not switch.isChecked()
        switch.click()
        await until(lambda: live.value.look_ups.wikipedia.enabled)
        assert address.field.text() == WIKIPEDIA and not address.reset.isVisible()
        address.field.edit.setText("https://wiki.example/")
        QTest.keyClick(address.field.edit, Qt.Key.Key_Return)
        assert address.field.error() == "It has to begin with https:// and to have {word} in it."
        assert live.value.look_ups.wikipedia.address == WIKIPEDIA
        address.field.edit.setText("https://wiki.example/{word}")
        QTest.keyClick(address.field.edit, Qt.Key.Key_Return)
        await until(lambda: live.value.look_ups.wikipedia.address == "https://wiki.example/{word}")
        assert not address.field.error()
        await until(address.reset.isVisible)
        address.reset.click()
        await until(lambda: live.value.look_ups.wikipedia.address == WIKIPEDIA)
        await until(lambda: not address.reset.isVisible())
