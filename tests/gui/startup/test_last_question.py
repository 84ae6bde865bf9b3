"""Quitting while the disk takes nothing: said, tried again, and kept once there is room."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop.domain.library import BookId
from kios_desktop.paths import profile_paths
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.overlay import OverlayKind
from tests.books import BookDraft
from tests.disks import fill, small_disk
from tests.e2e.kill import last_place
from tests.gui.kios import Kios
from tests.gui.waiting import until

__all__ = ["small_disk"]
pytestmark = [pytest.mark.gui, pytest.mark.slow]


async def a_book_on_a_full_disk(qapp: QApplication, disk: Path, source: Path) -> BookId:
    """A profile with one book, on a disk that has room for nothing more, not even a page turn."""
    words = "<p>" + "The reader turns the page and goes on. " * 400 + "</p>"
    book = BookDraft(title="Emma", chapters=[words]).write(source / "emma.epub")
    async with Kios(qapp, disk / "p", connect=False) as kios:
        book_id = await kios.add(book)
    profile_paths(disk / "p").database.with_name("last-turns").unlink(missing_ok=True)
    return book_id


def asked() -> Dialog | None:
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()]
    return dialogs[0] if dialogs else None


def press(text: str) -> None:
    dialog = asked()
    assert dialog is not None
    next(b for b in dialog.findChildren(QPushButton) if b.text() == text).click()


@pytest.mark.parametrize("answer", ["Try again", "Quit all the same", "the session ends"])
async def test_what_the_disk_does_not_take_is_said_before_it_is_forgotten(
    qapp: QApplication, tmp_path: Path, small_disk: Path, answer: str
) -> None:
    book_id = await a_book_on_a_full_disk(qapp, small_disk, tmp_path)
    filler = fill(small_disk)
    async with Kios(qapp, small_disk / "p", connect=False) as kios:
        kios.app.final_save.asks = True
        opened = await kios.open(book_id)
        await opened.turn(1)
        place = opened.place
        kios.app.quit()
        ending = kios.end_in_background()
        await until(lambda: asked() is not None, 15)
        dialog = asked()
        assert dialog is not None
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "Emma" in words
        assert "No space is left on this disk" in words
        if answer == "Try again":
            press("Try again")
            await until(lambda: asked() is not None and asked() is not dialog, 15)
            filler.unlink()
            press("Try again")
        elif answer == "Quit all the same":
            press(answer)
        else:
            kios.app.terminate()
        await ending
        assert asked() is None
    filler.unlink(missing_ok=True)
    kept = await last_place(small_disk / "p")
    assert (kept == place) == (answer == "Try again")


async def test_a_new_book_is_read_although_the_disk_has_no_room_for_it(
    qapp: QApplication, tmp_path: Path, small_disk: Path
) -> None:
    await a_book_on_a_full_disk(qapp, small_disk, tmp_path)
    fill(small_disk)
    words = "<p>" + "Another book. " * 400 + "</p>"
    new = BookDraft(title="Persuasion", chapters=[words]).write(tmp_path / "new.epub")
    async with Kios(qapp, small_disk / "p", connect=False) as kios:
        await kios.app.parts.opening.open_files([new])
        window = kios.app.parts.readers.windows()[0]
        await until(lambda: window.place_shown is not None, 15)
        toast = window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        said = " ".join(label.text() for label in toast.content.findChildren(QLabel))
        assert "does not keep where you are" in said
