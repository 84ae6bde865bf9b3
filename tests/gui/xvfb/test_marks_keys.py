"""From opening a book to an exported note, with key events from the X server and nothing else."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit

from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark
from kios_desktop.startup.desktop import Desktop
from kios_desktop.ui.exchange.export_dialog import ExportDialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.marks.highlights_tab import HighlightsTab
from kios_desktop.ui.reader.marks.note_editor import NoteEditor
from tests.books import write_book
from tests.fakes_aloud import FakeVoices
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.waiting import until
from tests.gui.xvfb.test_reader_keys import has_focus, reading
from tests.gui.xvfb.x import focus, press, xdotool

pytestmark = [pytest.mark.gui, pytest.mark.xvfb]


def note_has_focus(book: OpenedBook) -> bool:
    shown = book.window.overlays.shown(OverlayKind.POPOVER)
    content = shown.content if shown is not None else None
    return isinstance(content, NoteEditor) and content.field.hasFocus()


async def asked(kind: type[QDialog]) -> QDialog:
    """The dialog of that kind, once it is there."""
    await until(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    return dialog


async def export_from_the_list(book: OpenedBook, path: Path) -> None:
    """By keys, from the list of highlights that has the focus."""
    tab = book.window.mark_tabs.highlights.widget()
    assert isinstance(tab, HighlightsTab)
    await until(tab.list.hasFocus)
    await press("shift+Tab")
    await until(tab.more.hasFocus)
    await press("space")
    menu = tab.more.menu()
    await until(menu.isVisible)
    await press("Down", "Down", "Down", "Return")  # JSON
    await focus(await asked(ExportDialog))
    await press("Return")
    await focus(await asked(QFileDialog))
    await until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    await xdotool("type", str(path))
    await press("Return")
    await until(path.exists)


async def kept(kios: Kios, book_id: BookId, count: int = 1) -> list[Mark]:
    async with asyncio.timeout(8):
        while True:
            marks = await kios.app.parts.marks.of_book(book_id)
            if len(marks) == count and all(mark.anchor.cfi for mark in marks):
                return marks
            await asyncio.sleep(0.02)


async def exported(folder: Path, sha256: str) -> dict[str, object]:
    """What the command writes while Kios runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kios_desktop", "marks", "export", sha256,
        "--format", "json", "--profile", str(folder),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    return dict(json.loads(out))


async def test_a_note_is_written_and_exported_by_keys_alone(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await until(lambda: book.window.marking._presenter is not None)
        await press("F7", "ctrl+Right", "ctrl+Right", "shift+ctrl+Right", "shift+ctrl+Right")
        await until(lambda: book.window.overlays.shown(OverlayKind.BAR) is not None)
        await press("n")
        await until(lambda: note_has_focus(book))
        await press("h", "i", "ctrl+Return")
        await until(lambda: has_focus(book.window.view))
        async with asyncio.timeout(8):
            while [mark.note for mark in await kept(kios, book.id)] != ["hi"]:
                await asyncio.sleep(0.02)
        await press("ctrl+shift+h")
        await until(lambda: book.window.panel.is_open)
        [mark] = await kept(kios, book.id)
        sha256 = (await kios.app.parts.books.get(book.id)).hashes.sha256
        text = json.dumps(await exported(tmp_path, sha256))
        assert mark.anchor.cfi in text and mark.text in text and '"hi"' in text
        await export_from_the_list(book, tmp_path / "notes.json")
        text = (tmp_path / "notes.json").read_text(encoding="utf-8")
        assert mark.anchor.cfi in text and mark.text in text and '"hi"' in text


async def test_keys_of_marks_do_nothing_while_words_are_typed(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await until(lambda: book.window.marking._presenter is not None)
        await press("F7", "shift+ctrl+Right")
        await until(lambda: book.window.overlays.shown(OverlayKind.BAR) is not None)
        await press("ctrl+f")
        await until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
        await press("h", "n", "u", "Left", "Delete")
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        await until(lambda: field.text() == "hn")
        assert await kept(kios, book.id, 0) == []


async def test_a_page_is_kept_and_found_in_the_list_by_keys(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await until(lambda: book.window.marking._presenter is not None)
        await press("Right", "Right")
        await until(lambda: book.screens >= 2)
        place = book.place
        await press("ctrl+b")
        await kept(kios, book.id)
        await press("ctrl+Home")
        await until(lambda: book.place < place)
        await press("ctrl+shift+b")
        await until(lambda: book.window.panel.is_open)
        await press("Down", "Return")
        await until(lambda: book.place == place)


async def test_the_page_stays_when_a_look_up_is_closed(qapp: QApplication, tmp_path: Path) -> None:
    """Focus that comes back as if by Tab goes to the first link of the chapter, with the page."""
    words = "<p>The fog came in while they were still talking of the harbour.</p>" * 60
    path = write_book(tmp_path / "linked.epub", f"<p><a href='#end'>A link</a></p>{words}")
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book = await kios.open(await kios.add(path))
        await focus(book.window)
        await until(lambda: book.window.marking._presenter is not None)
        await press("Right")
        await until(lambda: book.place.ordinal > 0)
        there = book.place
        await press("F7", "ctrl+Right", "shift+ctrl+Right")
        await until(lambda: book.window.overlays.shown(OverlayKind.BAR) is not None)
        await press("l")
        await until(lambda: book.window.overlays.shown(OverlayKind.POPOVER) is not None)
        await settled(0.5)
        await press("Escape")
        await until(lambda: book.window.overlays.shown(OverlayKind.POPOVER) is None)
        await settled(0.6)
        assert book.place == there
        assert has_focus(book.window.view)


@pytest.mark.parametrize("name", ["contents", "highlights", "search", "appearance", "aloud"])
async def test_the_page_stays_when_what_has_the_focus_is_closed(
    name: str, qapp: QApplication, tmp_path: Path
) -> None:
    words = "<p>The fog came in while they were still talking of the harbour.</p>" * 60
    path = write_book(tmp_path / "linked.epub", f"<p><a href='#end'>A link</a></p>{words}")
    desktop = Desktop(make_speech=FakeVoices())
    async with Kios(qapp, tmp_path, desktop, connect=False) as kios:
        book = await kios.open(await kios.add(path))
        await focus(book.window)
        await until(lambda: book.window.marking._presenter is not None)
        await press("Right")
        await until(lambda: book.place.ordinal > 0)
        there = book.place
        action = book.window.actions_by_name[name]
        action.trigger()
        await settled(0.5)
        if name == "aloud":
            bar = book.window.aloud.bar
            assert bar is not None
            bar.close_button.setFocus(Qt.FocusReason.ShortcutFocusReason)
            await press("space")
            await until(bar.isHidden)
        else:
            assert not has_focus(book.window.view)
            await press("Escape")
        await until(lambda: has_focus(book.window.view))
        await settled(0.6)
        assert book.place == there
