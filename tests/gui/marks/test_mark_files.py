"""Files of marks in the whole app: from the page and from a book's window, and back."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QRadioButton,
    QWidget,
)

from kios_desktop.domain.mark_differences import Keep
from kios_desktop.domain.marks import MarkColour
from kios_desktop.ui.exchange.book_choice import BookChoice
from kios_desktop.ui.exchange.export_dialog import ExportDialog
from kios_desktop.ui.exchange.keep_dialog import KeepDialog
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from tests.foreign_marks import koreader_book, koreader_books, koreader_entry, koreader_export
from tests.gui.marks.library import Library, library
from tests.gui.waiting import until
from tests.marks import highlight

pytestmark = pytest.mark.gui

WORDS = "The fog came in"


def choose(parent: QWidget, path: Path) -> None:
    """Answer the file dialog of a window."""
    [dialog] = [one for one in parent.findChildren(QFileDialog) if one.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.close()


def trigger(menu: QMenu, words: str) -> None:
    [action] = [one for one in menu.actions() if one.text() == words]
    assert action.isEnabled()
    action.trigger()


def said(overlays: OverlayHost) -> str:
    toast = overlays.shown(OverlayKind.TOAST)
    return "" if toast is None else toast.findChildren(QLabel)[0].text()


def dialog_of(parent: QWidget) -> Dialog | None:
    return next((one for one in parent.findChildren(Dialog) if one.isVisible()), None)


def words_of(dialog: QWidget) -> str:
    return "\n".join(one.text() for one in dialog.findChildren(QLabel))


def scopes_of(dialog: QWidget) -> list[str]:
    return [one.text() for one in dialog.findChildren(QRadioButton)]


def press(parent: QWidget, words: str) -> None:
    [pressed] = [one for one in parent.findChildren(QPushButton) if one.text() == words]
    pressed.click()


def menu_of(page_button: QWidget) -> QMenu:
    menu = page_button._menu  # type: ignore[attr-defined]
    assert isinstance(menu, QMenu)
    return menu


async def asked_how(window: QWidget) -> ExportDialog:
    await until(lambda: isinstance(dialog_of(window), ExportDialog))
    dialog = dialog_of(window)
    assert isinstance(dialog, ExportDialog)
    return dialog


async def export(it: Library, words: str, path: Path) -> None:
    trigger(menu_of(it.page.export), words)
    (await asked_how(it.window)).verb.click()
    await until(lambda: any(one.isVisible() for one in it.window.findChildren(QFileDialog)))
    choose(it.window, path)
    await until(path.exists)


async def import_file(it: Library, path: Path) -> None:
    trigger(it.page.more.menu(), "Import…")
    await until(lambda: any(one.isVisible() for one in it.window.findChildren(QFileDialog)))
    choose(it.window, path)


async def test_what_the_page_shows_is_exported_and_comes_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog", note="Mine"), highlight(20, 22))
        await it.save(1, highlight(6, 9, text="came", colour=MarkColour.PINK))
        page = await it.open_page(5)
        before = await it.kept(0), await it.kept(1)
        path = tmp_path / "all.json"
        await export(it, "JSON with positions…", path)
        await until(lambda: said(it.window.overlays) == "3 highlights exported")
        assert json.loads(path.read_text(encoding="utf-8"))["total"] == 3

        page.dots[MarkColour.PINK].click()
        await until(lambda: len(it.spoken) == 2)
        table = tmp_path / "pink.csv"
        await export(it, "CSV…", table)
        await until(lambda: said(it.window.overlays) == "1 highlight exported")
        assert table.read_text(encoding="utf-8").count("\n") == 2
        page.dots[MarkColour.PINK].click()

        marks = it.kios.app.parts.marks
        await marks.delete([mark.id for some in before for mark in some])
        await import_file(it, path)
        await until(lambda: len(it.spoken) == 5)
        assert [len(await it.kept(number)) for number in (0, 1)] == [2, 1]


async def test_highlights_are_copied_as_text(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog", note="Mine"))
        await it.open_page(2)
        trigger(menu_of(it.page.export), "Copy as text")
        await until(lambda: said(it.window.overlays) == "1 highlight copied")
        assert (
            QApplication.clipboard().text() == "Alpha\nAnn Author\n\nChapter 1\n\nfog\nNote: Mine"
        )


async def test_a_place_that_can_not_be_written_is_said(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9))
        await it.open_page(2)
        there = tmp_path / "taken.md"
        there.write_text("mine", encoding="utf-8")
        trigger(menu_of(it.page.export), "Markdown…")
        (await asked_how(it.window)).verb.click()
        await until(lambda: bool(it.window.findChildren(QFileDialog)))
        [dialog] = it.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "none" / "all.md"))
        await until(lambda: said(it.window.overlays) != "")
        assert said(it.window.overlays) == ("The marks were not exported. There is no such folder.")
        dialog.close()


async def test_a_file_goes_to_the_book_that_it_names(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page(0)
        path = tmp_path / "beta.json"
        path.write_bytes(koreader_export(koreader_entry(WORDS), title="Beta"))
        press(page, "Import…")  # of the page without highlights
        choose(it.window, path)
        await until(lambda: len(it.spoken) == 2)
        await until(lambda: said(it.window.overlays) != "")
        assert said(it.window.overlays) == "1 highlight imported, 1 found by its text"
        assert [len(await it.kept(number)) for number in (0, 1)] == [0, 1]


async def test_a_book_that_is_not_clear_is_asked_for(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.open_page(0)
        path = tmp_path / "gamma.json"
        entries = koreader_entry(WORDS), koreader_entry("No such words", time=7)
        path.write_bytes(koreader_export(*entries, title="Gamma"))
        await import_file(it, path)
        await until(lambda: isinstance(dialog_of(it.window), BookChoice))
        dialog = dialog_of(it.window)
        assert isinstance(dialog, BookChoice)
        assert "“Gamma”" in words_of(dialog).replace("\u2068", "").replace("\u2069", "")
        assert not dialog.verb.isEnabled()
        dialog.field.setText("alph")
        assert dialog.verb.isEnabled()
        dialog.verb.click()
        await until(lambda: dialog_of(it.window) not in (None, dialog))
        told = dialog_of(it.window)
        assert told is not None
        assert told.windowTitle() == "Import finished"
        text = words_of(told)
        assert "1 highlight imported, 1 found by its text, 1 couldn’t be placed." in text
        assert "• No such words" in text
        told.close()
        assert len(await it.kept(0)) == 2


async def test_of_several_unclear_books_each_can_be_skipped_or_all(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.open_page(0)
        path = tmp_path / "all.json"
        path.write_bytes(
            koreader_books(
                *(koreader_book(koreader_entry(WORDS), title=t) for t in ("X", "Y", "Beta", "Z"))
            )
        )
        await import_file(it, path)
        await until(lambda: isinstance(dialog_of(it.window), BookChoice))
        first = dialog_of(it.window)
        assert first is not None
        press(first, "Skip")
        await until(lambda: dialog_of(it.window) not in (None, first))
        second = dialog_of(it.window)
        assert second is not None
        press(second, "Skip all others")
        await until(lambda: dialog_of(it.window) not in (None, second))
        told = dialog_of(it.window)
        assert told is not None
        assert told.windowTitle() == "Import finished"
        assert [title for title in "XYZ" if f"• {title}" in words_of(told)] == ["X", "Y", "Z"]
        told.close()
        assert len(await it.kept(1)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"type": "AnnotationCollection", "items": [', "damaged, or its end is missing"),
        (b"<html>", "Kios reads"),
    ],
)
async def test_a_file_that_is_none_is_said_in_a_sentence(
    qapp: QApplication, tmp_path: Path, content: bytes, reason: str
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.open_page(0)
        path = tmp_path / "odd.json"
        path.write_bytes(content)
        await import_file(it, path)
        await until(lambda: said(it.window.overlays) != "")
        assert said(it.window.overlays).startswith("These marks can’t be read. ")
        assert reason in said(it.window.overlays)


async def test_a_file_is_dropped_on_the_page_and_books_are_left_to_the_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page(0)
        path = tmp_path / "beta.json"
        path.write_bytes(koreader_export(koreader_entry(WORDS), title="Beta"))
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy = Qt.DropAction.CopyAction

        def dragged(file: Path) -> QMimeData:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(file))])
            return data

        book = dragged(tmp_path / "Alpha.epub")
        entering = QDragEnterEvent(page.rect().center(), copy, book, buttons, keys)
        page.dragEnterEvent(entering)
        assert not entering.isAccepted()
        data = dragged(path)
        entering = QDragEnterEvent(page.rect().center(), copy, data, buttons, keys)
        page.dragEnterEvent(entering)
        assert entering.isAccepted()
        page.dropEvent(QDropEvent(QPointF(50, 50), copy, data, buttons, keys))
        await until(lambda: len(it.spoken) == 2)


async def test_an_import_is_stopped_while_it_runs(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.open_page(0)
        path = tmp_path / "many.json"
        entries = [koreader_entry(f"no such words {n}", time=n) for n in range(20_000)]
        path.write_bytes(koreader_export(*entries, title="Beta"))
        await import_file(it, path)
        await until(lambda: it.window.overlays.shown(OverlayKind.POPOVER) is not None)
        shown = it.window.overlays.shown(OverlayKind.POPOVER)
        assert shown is not None
        press(shown, "Stop")
        await until(lambda: dialog_of(it.window) is not None)
        told = dialog_of(it.window)
        assert told is not None
        assert told.windowTitle() == "Import stopped"
        assert "Nothing was imported." in words_of(told)
        told.close()
        assert it.window.overlays.shown(OverlayKind.POPOVER) is None
        assert await it.kept(1) == []


async def test_the_tab_of_a_book_exports_what_it_lists_and_imports_into_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"), highlight(20, 22, colour=MarkColour.PINK))
        book = await it.kios.open(it.ids[0])
        window = book.window
        await until(lambda: window.marking._presenter is not None)
        window.actions_by_name["highlights"].trigger()
        tab = window.mark_tabs.highlights.widget()
        await until(lambda: len(tab.model.marks) == 2)
        tab.dots[MarkColour.PINK].click()  # type: ignore[union-attr]
        path = tmp_path / "pink.json"
        trigger(tab.more.menu(), "JSON with positions…")  # type: ignore[union-attr]
        dialog = await asked_how(window)
        assert scopes_of(dialog) == [
            "What the list shows (1)",
            "All highlights of this book (2)",
        ]
        dialog.verb.click()
        await until(lambda: bool(window.findChildren(QFileDialog)))
        choose(window, path)
        await until(lambda: said(window.overlays) == "1 highlight exported")
        assert json.loads(path.read_text(encoding="utf-8"))["label"] == "Alpha"

        other = tmp_path / "other.json"
        other.write_bytes(koreader_export(koreader_entry(WORDS), title="Beta"))
        trigger(tab.more.menu(), "Import…")  # type: ignore[union-attr]
        await until(lambda: any(one.isVisible() for one in window.findChildren(QFileDialog)))
        choose(window, other)
        await until(lambda: isinstance(dialog_of(window), AskDialog))
        question = dialog_of(window)
        assert isinstance(question, AskDialog)
        question.verb.click()
        tab.dots[MarkColour.PINK].click()  # type: ignore[union-attr]
        await until(lambda: len(tab.model.marks) == 3)
        assert [len(await it.kept(number)) for number in (0, 1)] == [3, 0]


async def test_what_is_exported_and_how_is_asked_and_kept(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog", note="Mine"))
        await it.save(1, highlight(6, 9, text="came", colour=MarkColour.PINK))
        page = await it.open_page(4)
        trigger(menu_of(page.export), "Markdown…")
        dialog = await asked_how(it.window)
        assert scopes_of(dialog) == []  # there is nothing else to export
        dialog.close()
        page.dots[MarkColour.PINK].click()
        await until(lambda: len(it.spoken) == 2)
        trigger(menu_of(page.export), "Markdown…")
        dialog = await asked_how(it.window)
        assert scopes_of(dialog) == ["What the list shows (1)", "All highlights of all books (2)"]
        dialog.findChildren(QRadioButton)[1].click()
        dialog.notes.click()
        dialog.chapters.click()
        dialog.verb.click()
        await until(lambda: any(one.isVisible() for one in it.window.findChildren(QFileDialog)))
        path = tmp_path / "all.md"
        choose(it.window, path)
        await until(path.exists)
        text = path.read_text(encoding="utf-8")
        assert "fog" in text and "came" in text
        assert "Mine" not in text and "### Chapter" not in text
        trigger(menu_of(page.export), "CSV…")
        dialog = await asked_how(it.window)
        assert not dialog.notes.isChecked()
        assert not dialog.chapters.isVisible()


async def test_how_it_was_done_is_kept_for_all_windows(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog", note="Mine"))
        page = await it.open_page(2)
        trigger(menu_of(page.export), "JSON with positions…")
        dialog = await asked_how(it.window)
        dialog.notes.click()
        dialog.verb.click()
        window = (await it.kios.open(it.ids[0])).window
        await until(lambda: window.marking._presenter is not None)
        window.actions_by_name["highlights"].trigger()
        tab = window.mark_tabs.highlights.widget()
        await until(lambda: len(tab.model.marks) == 1)
        trigger(tab.more.menu(), "Markdown…")  # type: ignore[union-attr]
        dialog = await asked_how(window)
        assert (dialog.notes.isChecked(), dialog.chapters.isChecked()) == (False, True)


async def differing(it: Library, folder: Path) -> tuple[Path, KeepDialog]:
    """A file that has other notes, and what is asked after its import."""
    await it.save(0, highlight(6, 9, text="fog", note="Mine"))
    await it.open_page(2)
    path = folder / "theirs.json"
    await export(it, "JSON with positions…", path)
    path.write_text(
        path.read_text(encoding="utf-8").replace('"Mine"', '"Theirs"'), encoding="utf-8"
    )
    return path, await asked_which(it, path)


async def asked_which(it: Library, path: Path) -> KeepDialog:
    await import_file(it, path)
    await until(lambda: isinstance(dialog_of(it.window), KeepDialog))
    dialog = dialog_of(it.window)
    assert isinstance(dialog, KeepDialog)
    return dialog


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
async def test_enter_and_escape_keep_what_is_here(
    qapp: QApplication, tmp_path: Path, key: Qt.Key
) -> None:
    async with library(qapp, tmp_path) as it:
        _path, dialog = await differing(it, tmp_path)
        answers: list[Keep] = []
        dialog.answered.connect(answers.append)
        text = words_of(dialog).replace("\u2068", "").replace("\u2069", "")
        assert "here: Yellow, “Mine”; in the file: Yellow, “Theirs”" in text
        QTest.keyClick(dialog.focusWidget() or dialog, key)
        assert answers == [Keep.MINE]
        assert [mark.note for mark in await it.kept(0)] == ["Mine"]


async def test_both_are_kept_once_and_taken_back(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        path, dialog = await differing(it, tmp_path)
        dialog.both.click()
        await until(lambda: said(it.window.overlays) == "1 highlight added")
        assert sorted(mark.note for mark in await it.kept(0)) == ["Mine", "Theirs"]
        await until(lambda: len(it.spoken) == 3)
        await import_file(it, path)
        await until(lambda: said(it.window.overlays).endswith("1 already here"))
        assert len(await it.kept(0)) == 2


async def test_what_was_taken_from_a_file_is_undone(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        _path, dialog = await differing(it, tmp_path)
        dialog.theirs.click()
        await until(lambda: said(it.window.overlays) == "1 highlight changed")
        assert [mark.note for mark in await it.kept(0)] == ["Theirs"]
        await until(lambda: any("Theirs" in one for one in it.spoken))
        toast = it.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        press(toast, "Undo")
        await until(lambda: any("Mine" in one for one in it.spoken))
        assert [mark.note for mark in await it.kept(0)] == ["Mine"]


async def let_no_more_be_saved(it: Library) -> None:
    """Fill the disk, as far as the library's database is concerned."""
    database = it.kios.app.parts.database
    pages = await database.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.read(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").close())


async def test_what_is_not_on_the_disk_yet_is_exported_from_a_books_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.save(0, highlight(6, 9, text="fog"))
        book = await it.kios.open(it.ids[0])
        window = book.window
        await until(lambda: window.marking._presenter is not None)
        presenter = window.marking._presenter
        assert presenter is not None
        window.actions_by_name["highlights"].trigger()
        tab = window.mark_tabs.highlights.widget()
        await until(lambda: len(tab.model.marks) == 1)
        [mark] = tab.model.marks
        await let_no_more_be_saved(it)
        long = "A note for which there is no room. " * 3000
        presenter.save_note(mark.id, long)
        await until(lambda: said(window.overlays) != "")
        assert [one.note for one in await it.kept(0)] == [""]
        path = tmp_path / "one.json"
        trigger(tab.more.menu(), "JSON with positions…")  # type: ignore[union-attr]
        (await asked_how(window)).verb.click()
        await until(lambda: bool(window.findChildren(QFileDialog)))
        choose(window, path)
        await until(path.exists)
        [item] = json.loads(path.read_text(encoding="utf-8"))["first"]["items"]
        assert item["body"]["value"] == long
