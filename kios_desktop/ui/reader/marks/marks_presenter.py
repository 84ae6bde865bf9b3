"""What a reader does with marks in one open book. No Qt."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from kios_desktop.application.book_marks import BookMarks
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_layers import LINE, Layers, layers_of
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind, MarkStyle, Passage
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.engine.wire import (
    NO_BOX,
    Box,
    Clicked,
    Hovered,
    MenuWanted,
    Selected,
)

log = logging.getLogger(__name__)

ALL_LAYERS = tuple(name for colour in MarkColour for name in (colour.value, colour.value + LINE))


class MarksView(Protocol):
    """What the presenter shows."""

    def show_bar(self, box: Box, mark: Mark | None, last: tuple[MarkColour, MarkStyle]) -> None:
        """The bar beside a box of the page, about a highlight or about the selection."""

    def hide_bar(self) -> None: ...
    def edit_note(self, box: Box, mark: Mark) -> None: ...
    def show_note(self, box: Box, text: str) -> None: ...
    def hide_note(self) -> None: ...
    def paint(self, spine_index: int, layer: str, ranges: Sequence[tuple[int, int]]) -> None: ...
    def select(self, passage: Passage) -> None:
        """Select text of the chapter on screen."""

    def clear_selection(self) -> None: ...
    def show_marks(self, marks: BookMarks) -> None: ...
    def show_bookmarked(self, marked: bool) -> None: ...
    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...
    def copy_text(self, text: str) -> None: ...
    def copy_selection(self, length: int) -> None:
        """Copy what is selected in the page: so many characters at least."""

    def search(self, words: str) -> None: ...
    def show_look_up(self, words: str, box: Box) -> None:
        """What words mean that are at a box of the page."""

    def not_saved(self, error: StorageError, again: Callable[[], None]) -> None: ...


class MarksPresenter:
    """`look_at` shows a place, and leads back from it."""

    def __init__(
        self,
        marks: BookMarks,
        view: MarksView,
        tasks: Tasks,
        look_at: Callable[[Place], None],
        cite: Callable[[str, Place], str],
    ) -> None:
        """`cite` gives words with the reference to where in the book they are."""
        self._view, self._tasks, self._look_at = view, tasks, look_at
        self._cite = cite
        self.marks = marks
        marks.listen(self._changed)
        self._totals: dict[int, int] = {}  # of the chapters that are loaded
        self._painted: dict[int, Layers] = {}
        self._selected: Selected | None = None
        self._mark: MarkId | None = None  # the highlight that the bar is about
        self._is_ranging = False  # it is selected, for its range to be changed
        self._box: Box = NO_BOX
        self._screen: tuple[Place, int] | None = None
        self._last = MarkColour.YELLOW, MarkStyle.FILL
        self._has_ended = False

    def load(self) -> None:
        """Show the marks as they are on the disk; the book is on the screen."""
        self._run(self.marks.load())

    def end(self) -> None:
        """The view goes. What was done is still saved."""
        self._has_ended = True
        self.marks.end()

    # -- the page

    def loaded(self, spine_index: int, total: int) -> None:
        """A chapter was loaded, or loaded anew: nothing is painted in it."""
        self._totals[spine_index] = total
        self._painted.pop(spine_index, None)
        self._paint(spine_index)

    def restarted(self) -> None:
        """The page starts anew: nothing is selected in it."""
        self._view.hide_note()
        self._let_go()

    def shown(self, place: Place, ordinals: int) -> None:
        """The page shows a screen that begins at a place and has so many ordinals."""
        self._screen = (place, ordinals)
        self._view.hide_note()
        if self._mark is not None and self._selected is None:
            self.dismiss()
        self._view.show_bookmarked(bool(self._bookmarks_here))

    def selected(self, message: Selected) -> None:
        self._selected, self._box = message, message.box
        if not self._is_ranging:
            self._mark = None
        mark = self._current
        if mark is not None and mark.passage is not None:
            passage = mark.passage.with_part(_passage(message), self._totals[message.spine])
            self._run(self.marks.move(mark.id, passage))
        if message.box == NO_BOX:  # nothing of it is on screen
            self._view.hide_bar()
        else:
            self._view.show_bar(message.box, mark, self._last)

    def deselected(self) -> None:
        self._let_go()

    def clicked(self, message: Clicked) -> bool:
        """Whether the click was about highlights: on one, or beside that of the bar, to leave it.

        Clicking again reaches the one below it.
        """
        there = self._marks_at(message.spine, message.ordinal)
        if not there:
            return self.dismiss()
        known = [mark.id for mark in there]
        number = known.index(self._mark) + 1 if self._mark in known else 0
        self._show(there[number % len(there)], message.box)
        return True

    def hovered(self, message: Hovered) -> None:
        noted = [mark for mark in self._marks_at(message.spine, message.ordinal) if mark.note]
        if noted and self._mark is None and self._selected is None:
            self._view.show_note(message.box, "\n\n".join(mark.note for mark in noted))
        else:
            self._view.hide_note()

    def menu_at(self, message: MenuWanted) -> Mark | None:
        """The highlight that a menu was asked for; None where it is about the selection."""
        there = self._marks_at(message.spine, message.ordinal)
        return there[0] if there and self._selected is None else None

    def choose(self, mark: Mark, box: Box) -> None:
        """What is done next is about a highlight, which is at a box of the page."""
        self._mark, self._box = mark.id, box

    def dismiss(self) -> bool:
        """Esc: let go of the selection, or of the highlight; whether there was one."""
        if self._selected is None and self._mark is None:
            return False
        if self._selected is not None:
            self._view.clear_selection()
        self._let_go()
        return True

    def _let_go(self) -> None:
        self._selected = self._mark = None
        self._is_ranging = False
        self._view.hide_bar()

    @property
    def _current(self) -> Mark | None:
        """The highlight that the bar is about."""
        return None if self._mark is None else self.marks.get(self._mark)

    # -- what the bar, the menu and the keys do

    def colour(self, colour: MarkColour) -> None:
        """Highlight the selection, or give the highlight another colour."""
        self._last = colour, self._last[1]
        self.highlight()

    def underline(self, underlined: bool) -> None:
        self._last = self._last[0], MarkStyle.UNDERLINE if underlined else MarkStyle.FILL
        self.highlight()

    def highlight(self) -> None:
        """Highlight the selection, or change the highlight, in the looks used last."""
        colour, style = self._last
        if self._mark is not None:
            self._change(self._mark, colour=colour, style=style)
            self.dismiss()
        elif self._selected is not None:
            passage = _passage(self._selected)
            self.dismiss()
            self._run(self.marks.highlight(passage, colour, style))

    def note(self) -> None:
        """Write a note for the highlight, or for a new one of the selection."""
        box = self._box
        if (mark := self._current) is not None:
            self.dismiss()
            self._view.edit_note(box, mark)
        elif self._selected is not None:
            self._run(self._note_on(_passage(self._selected)))

    def save_note(self, mark_id: MarkId, note: str) -> None:
        self._change(mark_id, note=note)

    def recolour(self, mark_id: MarkId, colour: MarkColour) -> None:
        self._change(mark_id, colour=colour)

    def delete(self) -> None:
        if self._mark is not None:
            mark_id = self._mark
            self.dismiss()
            self.delete_marks([mark_id])

    def delete_marks(self, ids: Sequence[MarkId]) -> None:
        self._run(self._delete(ids))

    def edit_range(self) -> None:
        """Select a highlight as far as it is in this chapter, so that its handles can be moved."""
        mark, screen = self._current, self._screen
        if mark is None or mark.passage is None or screen is None:
            return
        spine_index = screen[0].spine_index
        part = mark.passage.part(spine_index, self._totals[spine_index])
        if part is not None:
            self._is_ranging = True
            self._view.hide_bar()
            self._view.select(part)

    def copy(self) -> None:
        mark = self._current
        if mark is not None and self._selected is None:
            self._view.copy_text(mark.text)
            self.dismiss()
        else:
            length = 0 if self._selected is None else self._selected.end - self._selected.start
            self._view.copy_selection(length)

    def copy_with_reference(self) -> None:
        """Copy what is selected or highlighted, and where in which book it is."""
        self._with_words(lambda words, place, _box: self._view.copy_text(self._cite(words, place)))

    def search(self) -> None:
        """Search the book for what is selected or highlighted."""
        self._with_words(lambda words, _place, _box: self._view.search(words))

    def look_up(self) -> bool:
        """Look up what is selected or highlighted; whether there was anything."""
        self._view.hide_bar()  # it would lie over what is found; what is selected stays so
        return self._with_words(lambda words, _place, box: self._view.show_look_up(words, box))

    def _with_words(self, do: Callable[[str, Place, Box], object]) -> bool:
        """Do something with the words of the selection or highlight; False where there is none."""
        box = self._box
        if (mark := self._current) is not None:
            start = mark.passage.start if mark.passage is not None else None
            self.dismiss()
            if start is not None:
                do(mark.text, start, box)
            return True
        if self._selected is None:
            return False
        self._tasks.start(self._with_words_of(_passage(self._selected), box, do))
        return True

    async def _with_words_of(
        self, passage: Passage, box: Box, do: Callable[[str, Place, Box], object]
    ) -> None:
        words = await self.marks.text_of(passage)
        if not self._has_ended:
            do(words, passage.start, box)

    # -- bookmarks

    def toggle_bookmark(self) -> None:
        """Keep the page, or keep it no more."""
        if self._screen is None:
            return
        here = [mark.id for mark in self._bookmarks_here]
        if here:
            self.delete_marks(here)
        else:
            self._run(self.marks.bookmark(self._screen[0]))

    @property
    def _bookmarks_here(self) -> list[Mark]:
        return [] if self._screen is None else self.marks.bookmarks_within(*self._screen)

    # -- the lists

    def go_to(self, mark: Mark) -> None:
        if mark.passage is not None:
            self._look_at(mark.passage.start)

    def look_for(self, mark_id: MarkId) -> None:
        """Go to a mark, wherever it is found in this file; nowhere if it isn't."""
        self._run(self._look_for(mark_id))

    async def _look_for(self, mark_id: MarkId) -> None:
        await self.marks.load()
        mark = self.marks.get(mark_id)
        if mark is not None and not self._has_ended:
            self.go_to(mark)

    # -- parts

    def _show(self, mark: Mark, box: Box) -> None:
        self.choose(mark, box)
        self._last = mark.colour, mark.style
        self._view.hide_note()
        self._view.show_bar(box, mark, self._last)

    async def _note_on(self, passage: Passage) -> None:
        box = self._box
        self.dismiss()
        try:
            await self.marks.highlight(passage, *self._last)
        except StorageError:  # on a full disk as well: the mark is here
            self._edit_note_on(passage, box)
            raise
        self._edit_note_on(passage, box)

    def _edit_note_on(self, passage: Passage, box: Box) -> None:
        made = next((m for m in self.marks.highlights if m.passage == passage), None)
        if made is not None and not self._has_ended:
            self._view.edit_note(box, made)

    async def _delete(self, ids: Sequence[MarkId]) -> None:
        doing = [one for mark_id in ids if (one := self.marks.get(mark_id)) is not None]
        if not doing:
            return
        try:
            await self.marks.delete([mark.id for mark in doing])
        except StorageError:
            self._say_deleted(doing)
            raise
        self._say_deleted(doing)

    def _say_deleted(self, gone: Sequence[Mark]) -> None:
        if not self._has_ended:
            undo = lambda: self._run(self.marks.put_back(gone))  # noqa: E731
            self._view.show_toast(_deleted_text(gone), tr("Undo"), undo)

    def _change(self, mark_id: MarkId, **changes: Any) -> None:
        self._run(self._change_now(mark_id, changes))

    async def _change_now(self, mark_id: MarkId, changes: dict[str, Any]) -> None:
        if self.marks.get(mark_id) is not None:  # it may be deleted in the same moment
            await self.marks.change(mark_id, **changes)

    def _run(self, doing: Awaitable[object]) -> None:
        self._tasks.start(self._saving(doing))

    async def _saving(self, doing: Awaitable[object]) -> None:
        try:
            await doing
        except StorageError as error:
            if self._has_ended:
                log.warning("marks of a book that was closed are not saved: %s", error)
            else:
                self._view.not_saved(error, lambda: self._run(self.marks.try_saving()))

    def _marks_at(self, spine: int, ordinal: int | None) -> list[Mark]:
        return [] if ordinal is None else self.marks.at(Place(spine, ordinal))

    def _changed(self) -> None:
        for spine_index in self._totals:
            self._paint(spine_index)
        self._view.show_marks(self.marks)
        self._view.show_bookmarked(bool(self._bookmarks_here))

    def _paint(self, spine_index: int) -> None:
        """Paint the layers of a chapter that differ from what is painted there."""
        layers = layers_of(self.marks.highlights, spine_index, self._totals[spine_index])
        before = self._painted.get(spine_index, {})
        self._painted[spine_index] = layers
        for layer in ALL_LAYERS:
            ranges = layers.get(layer, [])
            if ranges != before.get(layer, []):
                self._view.paint(spine_index, layer, ranges)


def _passage(selected: Selected) -> Passage:
    return Passage(Place(selected.spine, selected.start), Place(selected.spine, selected.end))


def _deleted_text(gone: Sequence[Mark]) -> str:
    if all(mark.kind is MarkKind.BOOKMARK for mark in gone):
        return counted("%Ln bookmarks deleted", "", len(gone), one="Bookmark deleted")
    if all(mark.kind is MarkKind.HIGHLIGHT for mark in gone):
        return counted("%Ln highlights deleted", "", len(gone), one="Highlight deleted")
    return counted("%Ln marks deleted", "", len(gone), one="Mark deleted")
