"""Marks in a reader window: the bar beside text, the note, the ribbon, and the page’s paint."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkStyle, Passage
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.overlay import Overlay, OverlayHost, OverlayKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.wire import (
    Box,
    Clicked,
    Deselected,
    Hovered,
    Loaded,
    MenuWanted,
    Paint,
    Ready,
    Relocated,
    Selected,
    Selection,
    SelectionMove,
)
from kios_desktop.ui.reader.marks.ribbon import Ribbon

if TYPE_CHECKING:
    from kios_desktop.application.book_marks import BookMarks
    from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter

NOTE_WIDTH: Final = 360  # px
_NOTE_LONGEST: Final = 400  # characters of a note that is shown beside its highlight
_NOTE_LINES: Final = 8
_LONG: Final = 20_000  # characters; that a copy is so long is said

Toast = Callable[[str, str, Callable[[], None] | None], None]


class Marking(QObject):
    """Implements `marks_presenter.MarksView`. Before `start`, text can only be copied."""

    started = Signal()
    bookmarked = Signal(bool)  # the page that is shown
    marks_changed = Signal(object)  # BookMarks
    search_wanted = Signal(str)  # the words that are selected
    look_up_wanted = Signal(str, QRect)  # they stand at a box of the window's area
    aloud_wanted = Signal(object)  # the Place to read aloud from

    def __init__(self, page: BookPage, view: QWidget, overlays: OverlayHost, toast: Toast) -> None:
        super().__init__(view)
        self._page, self._view, self._overlays, self._toast = page, view, overlays, toast
        self._presenter: MarksPresenter | None = None
        self._is_selected = False
        self.selection_start: Place | None = None
        self._caret_on = False
        self._is_word_awaited = False  # at the caret, to be looked up
        self._totals: dict[int, int] = {}  # of the chapters that are loaded
        self._screen: tuple[Place, int] | None = None
        self._sought: MarkId | None = None  # where to go at the start
        self.ribbon = Ribbon(view)
        view.installEventFilter(self)
        page.bridge.message.connect(self._received)

    def start(self, presenter: "MarksPresenter") -> None:
        self._presenter = presenter
        for spine_index, total in self._totals.items():
            presenter.loaded(spine_index, total)
        if self._screen is not None:
            presenter.shown(*self._screen)
        presenter.load()
        self.started.emit()
        if self._sought is not None:
            self.look_for(self._sought)

    def look_for(self, mark_id: MarkId) -> None:
        """Go to a mark, as soon as marks can be found."""
        self._sought = mark_id
        if self._presenter is not None:
            self._sought = None
            self._presenter.look_for(mark_id)

    def end(self) -> None:
        if self._presenter is not None:
            self._presenter.end()
        self._presenter = None
        self._page.bridge.message.disconnect(self._received)

    # -- what the page says

    def _received(self, message: object) -> None:
        presenter = self._presenter
        match message:
            case Selected():
                self._is_selected = True
                self.selection_start = Place(message.spine, message.start)
                if presenter is not None:
                    presenter.selected(message)
                    if self._is_word_awaited:
                        presenter.look_up()
                self._is_word_awaited = False
            case Deselected():
                self._is_selected, self.selection_start = False, None
                if presenter is not None:
                    presenter.deselected()
            case Hovered() if presenter is not None:
                presenter.hovered(message)
            case Ready():
                self._restarted()
            case Loaded():
                self._totals[message.spine] = message.total
                if presenter is not None:
                    presenter.loaded(message.spine, message.total)
            case Relocated():
                self._shown(Place(message.spine, message.first), message.screen)

    def _restarted(self) -> None:
        """The page’s script has begun, anew after its web engine ended: it knows no selection."""
        self._is_selected = self._caret_on = False
        self.selection_start = None
        self._totals.clear()
        if self._presenter is not None:
            self._presenter.restarted()

    def _shown(self, place: Place, ordinals: int) -> None:
        self._screen = place, ordinals
        if self._presenter is not None:
            self._presenter.shown(place, ordinals)

    def click(self, message: Clicked) -> bool:
        """Whether the click was one on a highlight."""
        return self._presenter is not None and self._presenter.clicked(message)

    def escape(self) -> bool:
        """Let go of the selection, the highlight or the caret; whether there was one."""
        if self._presenter is not None and self._presenter.dismiss():
            return True
        if self._is_selected:
            self.clear_selection()
            return True
        if self._caret_on:
            self.toggle_caret()
            return True
        return False

    # -- keys

    def act(self, do: "Callable[[MarksPresenter], object]") -> Callable[[], None]:
        """`do` with the presenter; nothing where nothing can be marked."""

        def call() -> None:
            if self._presenter is not None:
                do(self._presenter)

        return call

    def toggle_caret(self) -> None:
        """Show a caret in the text, with which keys select."""
        self._caret_on = not self._caret_on
        self._page.bridge.set_caret(self._caret_on)
        if self._caret_on:
            self._toast(tr("Move with the arrow keys, select with Shift. F7 ends it."), "", None)

    def move(self, how: SelectionMove) -> bool:
        """Move the caret or change the selection; False where there is neither."""
        if not (self._caret_on or (how.extend and self._is_selected)):
            return False
        self._page.bridge.move_selection(how)
        return True

    def look_up(self) -> None:
        """Look up the selection, the highlight, or the word at the caret."""
        presenter = self._presenter
        if presenter is None or presenter.look_up():
            return
        if self._caret_on:
            self._is_word_awaited = True
            self._page.bridge.select_word()
        else:
            self._toast(tr("Select a word first, or press F7 and move to one."), "", None)

    def copy(self) -> None:
        """Copy the selection or the highlight."""
        if self._presenter is not None:
            self._presenter.copy()
        else:
            self.copy_selection(0)

    # -- MarksView

    def show_bar(self, box: Box, mark: Mark | None, last: tuple[MarkColour, MarkStyle]) -> None:
        from kios_desktop.ui.reader.marks.selection_bar import SelectionBar

        bar = SelectionBar(mark, last)
        act = self.act
        bar.coloured.connect(lambda colour: act(lambda it: it.colour(colour))())
        bar.underlined.connect(lambda on: act(lambda it: it.underline(on))())
        bar.note_wanted.connect(act(lambda it: it.note()))
        bar.copied.connect(act(lambda it: it.copy()))
        bar.search_wanted.connect(act(lambda it: it.search()))
        bar.look_up_wanted.connect(act(lambda it: it.look_up()))
        bar.deleted.connect(act(lambda it: it.delete()))
        self._overlays.bar(bar, self._rect(box))

    def hide_bar(self) -> None:
        self._overlays.close(OverlayKind.BAR)

    def edit_note(self, box: Box, mark: Mark) -> None:
        self.hide_bar()
        self.edit_note_beside(self._rect(box), mark)

    def edit_note_beside(self, box: QRect, mark: Mark) -> Overlay:
        """Let the note of a highlight be written, beside a box of the window's area."""
        from kios_desktop.ui.reader.marks.note_editor import WIDTH, NoteEditor

        editor = NoteEditor(mark.note)
        editor.saved.connect(lambda text: self.act(lambda it: it.save_note(mark.id, text))())
        editor.done.connect(lambda: self._overlays.close(OverlayKind.POPOVER))
        overlay = self._overlays.popover_at(editor, box, width=WIDTH)
        overlay.closed.connect(editor.closed)
        return overlay

    def show_note(self, box: Box, text: str) -> None:
        words = QLabel(_shortened(text))
        words.setTextFormat(Qt.TextFormat.PlainText)  # a reader’s words are no markup
        words.setWordWrap(True)
        words.setContentsMargins(14, 10, 14, 10)
        words.setFixedWidth(NOTE_WIDTH)
        self._overlays.bar(words, self._rect(box))

    def hide_note(self) -> None:
        shown = self._overlays.shown(OverlayKind.BAR)
        if shown is not None and isinstance(shown.content, QLabel):
            self._overlays.close(OverlayKind.BAR)

    def paint(self, spine_index: int, layer: str, ranges: Sequence[tuple[int, int]]) -> None:
        self._page.bridge.paint(Paint(spine_index, layer, list(ranges)))

    def select(self, passage: Passage) -> None:
        start = passage.start
        self._page.bridge.select(Selection(start.spine_index, start.ordinal, passage.end.ordinal))

    def clear_selection(self) -> None:
        self._is_selected, self.selection_start = False, None
        self._page.bridge.clear_selection()

    def show_marks(self, marks: "BookMarks") -> None:
        self.marks_changed.emit(marks)

    def show_bookmarked(self, marked: bool) -> None:
        if marked != self.ribbon.isVisible():
            self.ribbon.place()
            self.ribbon.setVisible(marked)
            self.ribbon.raise_()
        self.bookmarked.emit(marked)

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._toast(text, action, on_action)

    def copy_text(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
        self._say_if_long(len(text))

    def copy_selection(self, length: int) -> None:
        self._page.triggerAction(QWebEnginePage.WebAction.Copy)
        self._say_if_long(length)

    def _say_if_long(self, length: int) -> None:
        if length > _LONG:
            self._toast(tr("Long passage copied"), "", None)

    def search(self, words: str) -> None:
        self.search_wanted.emit(words)

    def show_look_up(self, words: str, box: Box) -> None:
        self.look_up_wanted.emit(words, self._rect(box))

    def not_saved(self, error: StorageError, again: Callable[[], None]) -> None:
        words = tr(
            "Your mark is here, but not on the disk yet. {reason}", reason=explain(error).line
        )
        self._toast(words, tr("Try again"), again)

    # -- the menu of the page

    def add_to(self, menu: QMenu, wanted: MenuWanted) -> None:
        """What can be done with the text, the highlight or the page where a menu was asked for."""
        presenter = self._presenter
        mark = presenter.menu_at(wanted) if presenter is not None else None
        menu.addSeparator()
        if presenter is None:
            if self._is_selected:
                menu.addAction(tr("Copy")).triggered.connect(self.copy)
        elif self._is_selected or mark is not None:
            from kios_desktop.ui.reader.marks.menu import add_mark_actions

            add_mark_actions(menu, mark, wanted.box, presenter)
        elif not wanted.kinds:
            kept = self.ribbon.isVisible()
            words = tr("Remove the bookmark") if kept else tr("Bookmark this page")
            menu.addAction(words).triggered.connect(presenter.toggle_bookmark)
        self._add_aloud(menu, wanted)

    def _add_aloud(self, menu: QMenu, wanted: MenuWanted) -> None:
        """“Read aloud from here”: from the selection, else from the word under the pointer."""
        start = self.selection_start
        if start is None and wanted.ordinal is not None:
            start = Place(wanted.spine, wanted.ordinal)
        if start is not None:
            menu.addSeparator()
            read = menu.addAction(tr("Read aloud from here"))
            read.triggered.connect(lambda: self.aloud_wanted.emit(start))

    # -- parts

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.ribbon.place()
        return False

    def _rect(self, box: Box) -> QRect:
        """A box of the page, in the coordinates of the window's area."""
        left, top, width, height = (round(one) for one in box)
        return QRect(left, top, width, height).translated(self._view.geometry().topLeft())


def _shortened(note: str) -> str:
    """The beginning of a long note; all of it is in the editor."""
    lines = note.split("\n")
    text = "\n".join(lines[:_NOTE_LINES])[:_NOTE_LONGEST]
    return text if text == note else text.rstrip() + "…"
