"""Settings → Data and privacy, in the whole app."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop.domain.archive import ArchiveSummary
from kios_desktop.domain.errors import ArchiveError, ArchiveFault
from kios_desktop.domain.library import Query
from kios_desktop.paths import profile_paths
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.settings.data_page import DataPage
from kios_desktop.ui.settings.window import SettingsWindow
from tests.books import BookDraft
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def page_of(kios: Kios) -> DataPage:
    return kios.app.parts.settings.show("data").data


def said(page: DataPage) -> str:
    window = page.window()
    assert isinstance(window, SettingsWindow)
    shown = window.overlays.shown(OverlayKind.TOAST)
    return "" if shown is None else shown.findChildren(QLabel)[0].text()


def dialog() -> Dialog | None:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Dialog)]
    return next((one for one in found if one.isVisible()), None)


async def test_what_is_recorded_can_be_chosen(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, connect=False) as kios:
        page, live = page_of(kios), kios.app.parts.live
        await until(page._record.isChecked)
        page._record.click()
        page._sliders["daily_goal_min"].slider.setValue(30)
        page._sliders["min_s"].slider.setValue(60)
        await until(lambda: live.value.statistics.min_s == 60)
        assert live.value.statistics.daily_goal_min == 30
        assert not live.value.statistics.enabled
        await until(lambda: not page._sliders["min_s"].isEnabled())


async def test_everything_goes_into_a_file_and_comes_back_at_the_next_start(
    qapp: QApplication, tmp_path: Path
) -> None:
    target = tmp_path / "all.kios"
    async with Kios(qapp, tmp_path / "one", connect=False) as kios:
        await kios.add(BookDraft(title="Emma").write(tmp_path / "emma.epub"))
        page = page_of(kios)
        page.export_requested.emit(target, True)
        await until(lambda: said(page) == "1 book exported to all.kios")
        assert page.export.isEnabled()
        page.restore_requested.emit(target)
        await until(lambda: dialog() is not None)
        told = dialog()
        assert told is not None
        assert any(
            "books or sources here already" in one.text() for one in told.findChildren(QLabel)
        )
        told.close()
    async with Kios(qapp, tmp_path / "two", connect=False) as kios:
        page_of(kios).restore_requested.emit(target)
        await until(lambda: isinstance(dialog(), AskDialog))
        asked = dialog()
        assert isinstance(asked, AskDialog)
        assert kios.app.parts.books is not None
        asked.verb.click()
        await until(lambda: kios.app.quitting)
    async with Kios(qapp, tmp_path / "two", connect=False) as kios:
        [book_id] = await kios.app.parts.books.ids(Query())
        assert (await kios.app.parts.books.get(book_id)).title == "Emma"
        assert isinstance(kios.app.parts.restored, ArchiveSummary)
    async with Kios(qapp, tmp_path / "two", connect=False) as kios:
        assert kios.app.parts.restored is None, "it is done once"


async def test_a_backup_that_is_gone_at_the_next_start_is_told(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    paths.restore_request.write_text(json.dumps({"file": str(tmp_path / "gone.kios")}))
    async with Kios(qapp, tmp_path, connect=False) as kios:
        restored = kios.app.parts.restored
        assert isinstance(restored, ArchiveError)
        assert restored.fault is ArchiveFault.MISSING
        kios.app.parts.window.show()
        kios.app.background.begin()
        await until(lambda: dialog() is not None)
        told = dialog()
        assert told is not None
        assert any(one.text() == "There is no such file." for one in told.findChildren(QLabel))
        told.close()
    assert not paths.restore_request.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"file": 7}'])
async def test_a_damaged_request_is_forgotten(
    qapp: QApplication, tmp_path: Path, content: str
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    paths.restore_request.write_text(content)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        assert kios.app.parts.restored is None
    assert not paths.restore_request.exists()


async def test_a_folder_that_may_not_be_written_is_a_sentence(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path / "one", connect=False) as kios:
        page_of(kios).export_requested.emit(tmp_path / "no such folder" / "all.kios", True)
        await until(lambda: dialog() is not None)
        told = dialog()
        assert told is not None
        words = " ".join(one.text() for one in told.findChildren(QLabel))
        assert words and "Traceback" not in words
        [close] = told.findChildren(QPushButton)
        close.click()
