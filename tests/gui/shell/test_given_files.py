"""Files given on the command line, or by a second start: what opens, and what is only added."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.library.import_report import ImportReportView
from kios_desktop.ui.shell.opening import is_one_book
from tests.books import write_book
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def shelf(folder: Path) -> Path:
    folder.mkdir()
    for title in ("One", "Two"):
        write_book(folder / f"{title}.epub", title=title)
    (folder / "bad.epub").write_bytes(b"no book")
    return folder


def shows_report(kios: Kios) -> bool:
    return bool(kios.app.parts.window.findChildren(ImportReportView))


def dialogs() -> list[QDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


@pytest.mark.parametrize("as_folder", [True, False], ids=["a folder", "several files"])
async def test_many_are_added_in_sight_of_the_library_and_none_opens(
    as_folder: bool, qapp: QApplication, tmp_path: Path
) -> None:
    folder = shelf(tmp_path / "shelf")
    async with Kios(qapp, tmp_path / "profile") as kios:
        kios.app.parts.window.hide()
        await kios.app.parts.opening.open_files([folder] if as_folder else sorted(folder.iterdir()))
        assert kios.app.parts.window.isVisible()
        await until(lambda: shows_report(kios))
        assert (await kios.app.parts.books.counts()).all == 2
        assert kios.app.parts.readers.windows() == []
        assert dialogs() == []


async def test_one_book_is_added_and_opened(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path / "profile") as kios:
        await kios.app.parts.opening.open_files([write_book(tmp_path / "a.epub")])
        assert len(kios.app.parts.readers.windows()) == 1
        assert kios.app.parts.window.overlays.shown(OverlayKind.POPOVER) is None


def test_what_is_read_at_once_is_a_single_file(tmp_path: Path) -> None:
    book = write_book(tmp_path / "a.epub")
    assert is_one_book([book])
    assert not is_one_book([])
    assert not is_one_book([book, book])
    assert not is_one_book([tmp_path])


@pytest.mark.parametrize("name", ["gone.epub", "n" * 300 + ".epub", "a\0b"])
def test_file_that_cannot_be_looked_at_is_one_that_cannot_be_opened(name: str) -> None:
    assert is_one_book([Path(os.sep) / name])


async def test_one_file_with_an_impossible_name_is_explained(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with Kios(qapp, tmp_path / "profile") as kios:
        kios.app.parts.window.hide()
        await kios.app.parts.opening.open_files([tmp_path / ("n" * 300)])
        assert kios.app.parts.window.isVisible()
        (shown,) = dialogs()
        words = " ".join(part.text() for part in shown.findChildren(QLabel))
        assert "The file is no longer where it was." in words
        shown.reject()
