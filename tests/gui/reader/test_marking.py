"""Highlights, notes and bookmarks in the whole app: made, changed, deleted, and there again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, MarkKind, MarkStyle, Passage
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import (
    Clicked,
    Destination,
    Hovered,
    MenuWanted,
    Selection,
    SelectionMove,
)
from kios_desktop.ui.reader.marks.note_editor import NoteEditor
from kios_desktop.ui.reader.marks.selection_bar import SelectionBar
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

LINE = "The fog came in while they were talking of the harbour. "
CHAPTER = "<h1>{}</h1>" + f"<p>{LINE}</p>" * 60
FOG = Passage(Place(0, 6), Place(0, 9))  # after “OneThe”


class Reading:
    """One book in the whole app."""

    def __init__(self, kios: Kios, book: OpenedBook, book_id: BookId) -> None:
        self.kios, self.book, self.id = kios, book, book_id

    @property
    def bar(self) -> SelectionBar | None:
        shown = self.book.window.overlays.shown(OverlayKind.BAR)
        content = shown.content if shown is not None else None
        return content if isinstance(content, SelectionBar) else None

    @property
    def editor(self) -> NoteEditor | None:
        shown = self.book.window.overlays.shown(OverlayKind.POPOVER)
        content = shown.content if shown is not None else None
        return content if isinstance(content, NoteEditor) else None

    async def select(self, passage: Passage = FOG) -> SelectionBar:
        start, end = passage.start, passage.end
        bridge = self.book.window._page.bridge
        bridge.select(Selection(start.spine_index, start.ordinal, end.ordinal))
        await until(lambda: self.bar is not None)
        assert self.bar is not None
        return self.bar

    async def kept(self, count: int = 1) -> list[Mark]:
        """The marks on the disk, once there are so many with their text."""
        async with asyncio.timeout(8):
            while True:
                marks = await self.kios.app.parts.marks.of_book(self.id)
                if len(marks) == count and all(one.anchor.cfi for one in marks):
                    return marks
                await asyncio.sleep(0.01)

    async def painted(self, layer: str) -> list[str]:
        layers = "kios.current.window.CSS.highlights"
        page = self.book.window._page
        ranges = f"[...({layers}.get('kios-{layer}') ?? [])]"
        return list(await evaluate(page, f"{ranges}.map((range) => range.toString())"))

    async def click(self, ordinal: int) -> None:
        box = await evaluate(
            self.book.window._page,
            f"(({{left, top, width, height}}) => [left, top, width, height])"
            f"(kios.current.text.rectAt({ordinal}))",
        )
        clicked = Clicked(0.5, spine=self.book.place.spine_index, ordinal=ordinal, box=tuple(box))
        self.book.window.pages.clicked.emit(clicked)

    def press(self, name: str) -> None:
        self.book.window.actions_by_name[name].trigger()


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path) -> AsyncIterator[Reading]:
    path = write_book(folder / "b.epub", *(CHAPTER.format(n) for n in ("One", "Two", "Three")))
    async with Kios(qapp, folder) as kios:
        book_id = await kios.add(path)
        book = await kios.open(book_id)
        await until(lambda: book.window.marking._presenter is not None)
        yield Reading(kios, book, book_id)


async def test_a_colour_marks_the_selection_and_closes_the_bar(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        bar = await it.select()
        assert bar.delete.isHidden()
        bar.dots[MarkColour.GREEN].click()
        [mark] = await it.kept()
        assert (mark.text, mark.colour, mark.passage) == ("fog", MarkColour.GREEN, FOG)
        assert mark.anchor.cfi.startswith("epubcfi(/6/2")
        assert await it.painted("green") == ["fog"]
        await until(lambda: it.bar is None)


async def test_keys_highlight_with_the_last_colour_and_write_a_note(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.PINK].click()
        await it.kept()
        await it.select(Passage(Place(0, 13), Place(0, 15)))
        it.press("note")
        await until(lambda: it.editor is not None)
        assert it.editor is not None
        assert it.book.window.focusWidget() is it.editor.field
        QTest.keyClicks(it.editor.field, "What h? n")
        QTest.keyClick(it.editor.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: it.editor is None)
        async with asyncio.timeout(8):
            while [m.note for m in await it.kept(2)] != ["", "What h? n"]:
                await asyncio.sleep(0.01)
        assert {mark.colour for mark in await it.kept(2)} == {MarkColour.PINK}


async def test_a_note_is_kept_when_its_popover_is_left_by_escape(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.select()
        it.press("note")
        await until(lambda: it.editor is not None)
        assert it.editor is not None
        it.editor.field.setPlainText("kept")
        QTest.keyClick(it.editor.field, Qt.Key.Key_Escape)
        await until(lambda: it.editor is None)
        async with asyncio.timeout(8):
            while (await it.kept())[0].note != "kept":
                await asyncio.sleep(0.01)


async def test_a_click_on_a_highlight_changes_or_deletes_it_and_undo_brings_it_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.BLUE].click()
        [before] = await it.kept()
        await until(lambda: it.bar is None)
        await it.click(7)
        assert it.bar is not None and it.bar.dots[MarkColour.BLUE].isChecked()
        it.bar.underline.click()
        async with asyncio.timeout(8):
            while (await it.kept())[0].style is not MarkStyle.UNDERLINE:
                await asyncio.sleep(0.01)
        assert await it.painted("blue-line") == ["fog"] and await it.painted("blue") == []
        await it.click(8)
        assert it.bar is not None
        it.bar.delete.click()
        await it.kept(0)
        assert await it.painted("blue-line") == []
        toast = it.book.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None and toast.findChildren(QLabel)[0].text() == "Highlight deleted"
        toast.findChildren(QPushButton)[0].click()
        [after] = await it.kept()
        assert (after.id, after.style) == (before.id, MarkStyle.UNDERLINE)
        assert await it.painted("blue-line") == ["fog"]


async def test_a_click_beside_highlights_turns_the_page_as_ever(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.BLUE].click()
        await it.kept()
        it.book.window.pages.clicked.emit(Clicked(0.9, ordinal=40))
        await until(lambda: it.book.window.place_shown != Place(0, 0))


async def test_overlapping_highlights_are_reached_one_after_the_other(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        for passage, colour in (
            (FOG, MarkColour.GREEN),
            (Passage(Place(0, 3), Place(0, 20)), MarkColour.YELLOW),
        ):
            (await it.select(passage)).dots[colour].click()
            await until(lambda: it.bar is None)
        await it.kept(2)
        seen = []
        for _ in range(3):
            await it.click(7)
            assert it.bar is not None
            seen.append(next(c for c, dot in it.bar.dots.items() if dot.isChecked()))
        assert seen == [MarkColour.GREEN, MarkColour.YELLOW, MarkColour.GREEN]


async def test_a_bookmark_keeps_the_page_and_shows_its_ribbon(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        ribbon = it.book.window.marking.ribbon
        assert not ribbon.isVisible()
        it.press("bookmark")
        [mark] = await it.kept()
        assert mark.kind is MarkKind.BOOKMARK and ribbon.isVisible()
        it.book.window.turn(1)
        await until(lambda: not ribbon.isVisible())
        it.book.window.turn(-1)
        await until(ribbon.isVisible)
        it.press("bookmark")
        await it.kept(0)
        assert not ribbon.isVisible()


async def test_marks_are_there_again_when_the_book_is_opened_again(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.PURPLE].click()
        [mark] = await it.kept()
        it.book.window.close()
        await it.book.window.closed_event.wait()
        it.book = await it.kios.open(it.id)
        async with asyncio.timeout(8):
            while await it.painted("purple") != ["fog"]:
                await asyncio.sleep(0.02)
        assert (await it.kept())[0] == mark


async def test_the_menu_of_the_page_offers_what_the_bar_does(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        marking = it.book.window.marking

        def menu(wanted: MenuWanted) -> list[str]:
            made = QMenu(it.book.window)
            marking.add_to(made, wanted)
            return [one.text() for one in made.actions() if one.text()]

        assert menu(MenuWanted(1, 1, [], "")) == ["Bookmark this page"]
        await it.select()
        words = ["Yellow", "Green", "Blue", "Pink", "Purple", "Underline", "Add note…", "Copy"]
        words += ["Copy with reference", "Look up", "Search in book", "Read aloud from here"]
        assert menu(MenuWanted(1, 1, [], "")) == words
        it.press("highlight")
        await it.kept()
        offered = menu(MenuWanted(1, 1, [], "", ordinal=7))
        assert (
            offered[-2:] == ["Delete highlight", "Read aloud from here"]
            and "Change the range" in offered
        )


async def test_a_new_range_of_a_highlight_is_kept(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.YELLOW].click()
        await it.kept()
        await until(lambda: it.bar is None)
        await it.click(7)
        presenter = it.book.window.marking._presenter
        assert presenter is not None
        presenter.edit_range()
        await until(lambda: it.bar is not None)
        await it.select(Passage(Place(0, 3), Place(0, 13)))
        async with asyncio.timeout(8):
            while [one.text for one in await it.kept()] != ["The fog came"]:
                await asyncio.sleep(0.02)
        await it.painted("yellow")


OTHER = Passage(Place(0, 20), Place(0, 30))


async def by_click(it: Reading) -> None:
    (await it.select()).dots[MarkColour.YELLOW].click()
    await it.kept()
    await until(lambda: it.bar is None)
    await it.click(7)
    assert it.bar is not None


async def by_note(it: Reading) -> None:
    await it.select()
    it.press("note")
    await until(lambda: it.editor is not None)
    assert it.editor is not None
    it.editor.field.setPlainText("why?")
    QTest.keyClick(it.editor.field, Qt.Key.Key_Escape)
    await until(lambda: it.editor is None)


async def by_menu(it: Reading) -> None:
    (await it.select()).dots[MarkColour.YELLOW].click()
    await it.kept()
    await until(lambda: it.bar is None)
    it.book.window.marking.add_to(QMenu(it.book.window), MenuWanted(1, 1, [], "", ordinal=7))


@pytest.mark.parametrize("chosen", [by_click, by_note, by_menu])
async def test_what_is_selected_later_does_not_move_a_highlight(
    qapp: QApplication, tmp_path: Path, chosen: Callable[[Reading], Awaitable[None]]
) -> None:
    async with reading(qapp, tmp_path) as it:
        await chosen(it)
        it.book.window._page.bridge.select(Selection(0, 20, 30))
        await until(lambda: it.bar is not None and it.bar.delete.isHidden())
        it.press("highlight")
        marks = await it.kept(2)
        assert [mark.passage for mark in marks] == [FOG, OTHER]


@pytest.mark.parametrize("chosen", [by_note, by_menu])
async def test_a_highlight_without_a_bar_is_not_deleted_by_a_key(
    qapp: QApplication, tmp_path: Path, chosen: Callable[[Reading], Awaitable[None]]
) -> None:
    async with reading(qapp, tmp_path) as it:
        await chosen(it)
        await it.kept()
        it.press("delete_mark")
        await settled()
        await it.kept()


async def test_a_click_beside_a_highlight_leaves_its_bar(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await by_click(it)
        shown = it.book.window.bars.shown
        it.book.window.pages.clicked.emit(Clicked(0.5, ordinal=40))
        assert it.bar is None and it.book.window.bars.shown is shown


async def test_the_copy_key_copies_the_highlight_of_the_bar(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await by_click(it)
        QApplication.clipboard().setText("before")
        it.press("copy")
        await until(lambda: QApplication.clipboard().text() == "fog")
        it.press("copy")  # nothing is selected now
        await settled()
        assert QApplication.clipboard().text() == "fog"


async def test_a_long_copy_of_the_selection_is_told(qapp: QApplication, tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.epub", CHAPTER.format("One") * 10)
    async with Kios(qapp, tmp_path) as kios:
        book_id = await kios.add(path)
        it = Reading(kios, await kios.open(book_id), book_id)
        await until(lambda: it.book.window.marking._presenter is not None)
        await it.select(Passage(Place(0, 0), Place(0, 21_000)))
        it.press("copy")
        toast = it.book.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None and toast.findChildren(QLabel)[0].text() == "Long passage copied"


@pytest.mark.parametrize("quits", [False, True])
@pytest.mark.parametrize("key", ["highlight", "note"])
async def test_what_is_marked_just_before_the_end_has_its_text(
    qapp: QApplication, tmp_path: Path, key: str, quits: bool
) -> None:
    bugs: list[Exception] = []
    async with reading(qapp, tmp_path) as it:
        it.kios.app.tasks.report = bugs.append
        await it.select()
        it.press(key)
        await asyncio.sleep(0)  # it has begun
        if quits:
            it.kios.app.quit()
            await it.kios.app.close()
        else:
            it.book.window.close()
            await it.book.window.closed_event.wait()
            await it.kept()
    async with Kios(qapp, tmp_path) as kios:
        [mark] = await kios.app.parts.marks.of_book(it.id)
        assert (mark.text, mark.passage) == ("fog", FOG)
    assert not bugs


async def test_a_page_that_starts_anew_has_the_marks_and_no_selection(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.GREEN].click()
        await it.kept()
        it.press("caret")
        await it.select(OTHER)
        window, before = it.book.window, it.book.screens
        window._page.end_web_engine()
        await until(lambda: it.book.screens > before, 15)
        assert it.bar is None
        async with asyncio.timeout(8):
            while await it.painted("green") != ["fog"]:
                await asyncio.sleep(0.02)
        assert not window.marking.move(SelectionMove("character", "right", extend=False))
        assert not window.marking.escape()


async def test_the_bar_stays_with_the_text_that_it_is_about(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.select()
        await it.book.turn()
        await until(lambda: it.bar is None)
        await it.book.turn(-1)
        await until(lambda: it.bar is not None)
        it.book.window.display.go_to(Destination(1, "go"))
        await until(lambda: it.book.place.spine_index == 1)
        await until(lambda: it.bar is None)
        it.press("highlight")
        await settled()
        await it.kept(0)


async def test_the_ribbon_is_there_wherever_on_the_page_a_link_led(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        it.press("bookmark")
        await it.kept()
        before = it.book.screens
        it.book.window.display.go_to(Destination(0, "go", ordinal=50))
        await until(lambda: it.book.screens > before)
        assert it.book.place == Place(0, 50)
        assert it.book.window.marking.ribbon.isVisible()
        it.press("bookmark")
        await it.kept(0)


async def test_a_note_beside_its_highlight_is_plain_and_fits_the_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        (await it.select()).dots[MarkColour.GREEN].click()
        [mark] = await it.kept()
        presenter, window = it.book.window.marking._presenter, it.book.window
        assert presenter is not None
        for note in ("<b>one</b> & two", "word " * 5000, "line\n" * 500):
            presenter.save_note(mark.id, note)
            await asyncio.sleep(0)  # it is changed
            presenter.hovered(Hovered(0, 7, (100, 300, 10, 20)))
            shown = window.overlays.shown(OverlayKind.BAR)
            assert shown is not None and isinstance(shown.content, QLabel)
            assert shown.content.textFormat() is Qt.TextFormat.PlainText
            assert shown.content.text()[:10] == note[:10]
            assert window.area.rect().contains(shown.box().translated(shown.pos()))
        await it.kept()


async def test_a_book_that_can_not_be_marked_offers_no_marks(
    qapp: QApplication, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "b.epub", CHAPTER.format("One"))
    async with Kios(qapp, tmp_path) as kios:
        window = await kios.app.parts.readers.open_file(path)
        assert window is not None
        await until(lambda: window.place_shown is not None, 15)
        assert not window.actions_by_name["bookmark"].isEnabled()
        assert not window.header.bookmark.isEnabled()
        assert window.actions_by_name["copy"].isEnabled()
    async with reading(qapp, tmp_path) as it:
        assert it.book.window.actions_by_name["bookmark"].isEnabled()


async def test_what_the_bar_offers_is_named_and_large_enough(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        bar = await it.select()
        for one in bar.findChildren(QWidget):
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.isHidden():
                assert one.accessibleName(), type(one).__name__
                assert min(one.width(), one.height()) >= 24


async def test_the_range_of_a_highlight_over_two_chapters_is_changed_in_each(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        presenter = it.book.window.marking._presenter
        assert presenter is not None
        end = 3 + len("".join(LINE.split())) * 60  # behind the last word of the chapter
        last = end - len("harbour.")
        await presenter.marks.highlight(Passage(Place(0, last), Place(1, 6)), MarkColour.YELLOW)
        [mark] = await it.kept()
        assert mark.text == "harbour. Two The"

        it.book.window.go_to_place_when_open(Place(0, last))
        await until(lambda: it.book.place.ordinal > 0)
        await it.click(last)
        presenter.edit_range()
        await until(lambda: presenter._selected is not None)
        assert presenter._selected is not None
        assert (presenter._selected.start, presenter._selected.end) == (last, end)
        await it.select(Passage(Place(0, end - 4), Place(0, end)))
        shorter = Passage(Place(0, end - 4), Place(1, 6))
        await until(lambda: presenter.marks.all[0].passage == shorter)

        it.book.window.go_to_place_when_open(Place(1, 0))
        await until(lambda: it.book.place.spine_index == 1 and presenter._selected is None)
        await it.click(4)
        presenter.edit_range()
        await until(lambda: presenter._selected is not None and presenter._selected.end == 6)
        await it.select(Passage(Place(1, 0), Place(1, 3)))
        shortest = Passage(Place(0, end - 4), Place(1, 3))
        await until(lambda: presenter.marks.all[0].passage == shortest)
