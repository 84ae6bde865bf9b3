"""What a reader does with marks in one open book. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from kios_desktop.application.book_marks import BookMarks
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_layers import LINE, Layers, layers_of
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind, MarkStyle, Passage
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.engine.wire import Box, Clicked, Hovered, MenuWanted, Selected

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
    def select(self, passage: Passage) -> None: ...
    def clear_selection(self) -> None: ...
    def show_marks(self, marks: BookMarks) -> None: ...
    def show_bookmarked(self, marked: bool) -> None: ...
    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...
    def copied(self, text: str) -> None:
        """Copy the selection, or a text."""

    def search(self, words: str) -> None: ...
    def not_saved(self, error: StorageError, again: Callable[[], None]) -> None: ...


class MarksPresenter:
    """`look_at` shows a place, and leads back from it."""

    def __init__(
        self,
        marks: BookMarks,
        view: MarksView,
        tasks: Tasks,
        look_at: Callable[[Place], None],
    ) -> None:
        self._view, self._tasks, self._look_at = view, tasks, look_at
        self.marks = marks
        marks.listen(self._changed)
        self._totals: dict[int, int] = {}  # of the chapters that are loaded
        self._painted: dict[int, Layers] = {}
        self._selected: Selected | None = None
        self._mark: MarkId | None = None  # the highlight that the bar is about
        self._box: Box = (0, 0, 0, 0)
        self._screen: tuple[Place, int] | None = None
        self._last = MarkColour.YELLOW, MarkStyle.FILL

    def start(self) -> None:
        """Load the marks; the book is on the screen."""
        self._run(self.marks.load())

    def end(self) -> None:
        """The window is closing; what is being saved goes on without it."""
        self.marks.listen(lambda: None)

    # -- the page

    def loaded(self, spine_index: int, total: int) -> None:
        """A chapter was loaded, or loaded anew: nothing is painted in it."""
        self._totals[spine_index] = total
        self._painted.pop(spine_index, None)
        self._paint(spine_index)

    def shown(self, place: Place, ordinals: int) -> None:
        """The page shows another screen."""
        self._screen = (place, ordinals)
        self._view.hide_note()
        if self._mark is not None and self._selected is None:
            self.dismiss()
        self._view.show_bookmarked(bool(self._bookmarks_here))

    def selected(self, message: Selected) -> None:
        self._selected, self._box = message, message.box
        mark = None if self._mark is None else self.marks.get(self._mark)
        if mark is not None:  # its range is being edited
            passage = _passage(message)
            if mark.passage != passage:
                self._run(self.marks.move(mark.id, passage))
        self._view.show_bar(message.box, mark, self._last)

    def deselected(self) -> None:
        self._selected = self._mark = None
        self._view.hide_bar()

    def clicked(self, message: Clicked) -> bool:
        """Whether a highlight was clicked. Clicking again reaches the one below it."""
        there = self._marks_at(message.spine, message.ordinal)
        if not there:
            return False
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
        """The highlight that a menu was asked for; the bar’s actions are about it from now on."""
        there = self._marks_at(message.spine, message.ordinal)
        if not there or self._selected is not None:
            return None
        self._mark, self._box = there[0].id, message.box
        return there[0]

    def dismiss(self) -> bool:
        """Esc: let go of the selection, or of the highlight; whether there was one."""
        if self._selected is None and self._mark is None:
            return False
        if self._selected is not None:
            self._view.clear_selection()
        self._selected = self._mark = None
        self._view.hide_bar()
        return True

    # -- what the bar, the menu and the keys do

    def colour(self, colour: MarkColour) -> None:
        """Highlight the selection, or give the highlight another colour."""
        self._last = colour, self._last[1]
        self._mark_it()

    def underline(self, underlined: bool) -> None:
        self._last = self._last[0], MarkStyle.UNDERLINE if underlined else MarkStyle.FILL
        self._mark_it()

    def highlight(self) -> None:
        """The key: with the colour used last."""
        self._mark_it()

    def note(self) -> None:
        """Write a note for the highlight, or for a new one of the selection."""
        if self._mark is not None and (mark := self.marks.get(self._mark)) is not None:
            self._view.edit_note(self._box, mark)
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
        """Select a highlight, so that its handles can be moved."""
        mark = None if self._mark is None else self.marks.get(self._mark)
        if mark is not None and mark.passage is not None:
            self._view.hide_bar()
            self._view.select(mark.passage)

    def copy(self) -> None:
        mark = None if self._mark is None else self.marks.get(self._mark)
        self._view.copied(mark.text if mark is not None else "")

    def search(self) -> None:
        """Search the book for what is selected or highlighted."""
        mark = None if self._mark is None else self.marks.get(self._mark)
        if mark is not None:
            self._view.search(mark.text)
        elif self._selected is not None:
            passage = _passage(self._selected)
            self._tasks.start(self._search(passage))

    async def _search(self, passage: Passage) -> None:
        self._view.search(await self.marks.text_of(passage))

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

    def reload(self) -> None:
        """Others have changed the marks on the disk."""
        self._run(self.marks.reload())

    # -- parts

    def _mark_it(self) -> None:
        colour, style = self._last
        if self._mark is not None:
            self._change(self._mark, colour=colour, style=style)
            self.dismiss()
        elif self._selected is not None:
            passage = _passage(self._selected)
            self.dismiss()
            self._run(self.marks.highlight(passage, colour, style))

    def _show(self, mark: Mark, box: Box) -> None:
        self._mark, self._box = mark.id, box
        self._last = mark.colour, mark.style
        self._view.hide_note()
        self._view.show_bar(box, mark, self._last)

    async def _note_on(self, passage: Passage) -> None:
        box = self._box
        self.dismiss()
        try:
            await self.marks.highlight(passage, *self._last)
        finally:  # on a full disk as well: the mark is here
            made = next((m for m in self.marks.highlights if m.passage == passage), None)
            if made is not None:
                self._mark, self._box = made.id, box
                self._view.edit_note(box, made)

    async def _delete(self, ids: Sequence[MarkId]) -> None:
        doing = [one for mark_id in ids if (one := self.marks.get(mark_id)) is not None]
        if not doing:
            return
        try:
            await self.marks.delete([mark.id for mark in doing])
        finally:
            words = _deleted_text(doing)
            undo = lambda: self._run(self.marks.put_back(doing))  # noqa: E731
            self._view.show_toast(words, tr("Undo"), undo)

    def _change(self, mark_id: MarkId, **changes: Any) -> None:
        if self.marks.get(mark_id) is not None:
            self._run(self.marks.change(mark_id, **changes))

    def _run(self, doing: Awaitable[object]) -> None:
        self._tasks.start(self._saving(doing))

    async def _saving(self, doing: Awaitable[object]) -> None:
        try:
            await doing
        except StorageError as error:
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
