"""“Highlights and notes”: what is marked in all books, a page of the main window."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from kios_desktop.domain.mark_filter import MarkOrder
from kios_desktop.domain.mark_query import KeptMark, MarkQuery
from kios_desktop.domain.marks import MarkColour, MarkId
from kios_desktop.ui.exchange.export_choice import ExportScope
from kios_desktop.ui.exchange.export_texts import every_highlight, listed, selected
from kios_desktop.ui.exchange.mark_files import MarkFiles, found, these
from kios_desktop.ui.exchange.menu import add_export_actions
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.drops import local_path
from kios_desktop.ui.kit.formats import books
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind, announce
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.marks.book_list import BookList
from kios_desktop.ui.marks.card_model import CardModel
from kios_desktop.ui.marks.cards import SIDE, CardList
from kios_desktop.ui.marks.presenter import AllMarks, AllMarksPresenter
from kios_desktop.ui.marks.selected_bar import SelectedBar
from kios_desktop.ui.reader.marks.colours import add_colours, filter_dot
from kios_desktop.ui.reader.marks.note_editor import WIDTH, NoteEditor
from kios_desktop.ui.widgets.buttons import IconButton, MenuButton, button
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.empty_state import EmptyState
from kios_desktop.ui.widgets.label import label, line
from kios_desktop.ui.widgets.search_field import SearchField

AHEAD = 1  # screens around the visible one, whose cards are read
PAUSE_MS = 150  # after the last key, until what is typed is searched for
_NARROW = 1000  # px of the window; under it a combo box takes the place of the list of books
_ALL = "all"
_FILES = {".json", ".jsonld", ".annotation", ".lua"}  # that may have marks


class AllMarksPage(QWidget):
    """Implements `presenter.AllMarksView`."""

    open_requested = Signal(object)  # KeptMark: open its book there

    def __init__(self, covers: Covers, overlays: OverlayHost, search: QKeySequence) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._overlays = overlays
        self._presenter: AllMarksPresenter | None = None
        self._files: MarkFiles | None = None
        self._shown = AllMarks()
        self._title = label(tr("Highlights and notes"), "heading")
        self._count = label("", "body", "muted", tabular=True)
        self.search = SearchField(tr("Search highlights and notes"), search)
        self.dots = {colour: filter_dot(colour) for colour in MarkColour}
        self.noted = button(tr("With notes"), "quiet", "note")
        self.noted.setCheckable(True)
        self.order = IconButton("sort-ascending", tr("Sort"), px=18)
        self.export = MenuButton(tr("Export"), icon_name="export")
        self.more = IconButton("dots-three-vertical", tr("More"), px=18)
        self._orders: dict[MarkOrder, QAction] = {}
        self.books = BookList(covers)
        self.book_choice = Combo([], tr("Book"))
        self._edge = QFrame()
        self._edge.setProperty("kind", "line")
        self._edge.setFixedWidth(1)
        self.model = CardModel()
        self.cards = CardList(self.model)
        self._empty = EmptyState(
            tr("No highlights yet"),
            tr("Select text while reading to keep a passage."),
            "highlighter-circle",
            secondary=(tr("Import…"), self._import),
        )
        self._none_found = EmptyState(tr("No highlight is like this."), "", "magnifying-glass")
        self._right = QWidget()
        self._right.installEventFilter(self)
        self._typing = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()

    def bind(self, presenter: AllMarksPresenter, files: MarkFiles) -> None:
        self._presenter, self._files = presenter, files
        self.search.textChanged.connect(lambda _words: self._typing.start())
        self._typing.timeout.connect(lambda: presenter.search(self.search.text()))
        for colour, dot in self.dots.items():
            dot.clicked.connect(lambda _=False, it=colour: presenter.toggle_colour(it))
        self.noted.clicked.connect(presenter.set_noted)
        self._fill_orders(presenter)
        self._fill_menus(files)
        self.books.chosen.connect(presenter.choose_book)
        self.book_choice.chosen.connect(self._book_chosen)
        self.cards.in_sight.connect(self._read)
        self.cards.chosen.connect(self._open)
        self.cards.delete_wanted.connect(presenter.delete)
        self.cards.edit_wanted.connect(self._edit)
        self.cards.copy_wanted.connect(self._copy)
        self.cards.menu_wanted.connect(self._show_menu)
        self.cards.selected_count.connect(self._show_selected)
        bar = self.selected = SelectedBar(
            self._right, lambda it: files.export(self._scopes(selected_first=True), it)
        )
        bar.coloured.connect(lambda colour: presenter.recolour(self.cards.selected(), colour))
        bar.copied.connect(lambda: self._copy(self.cards.selected()))
        bar.deleted.connect(lambda: presenter.delete(self.cards.selected()))
        bar.all_wanted.connect(self.cards.selectAll)
        bar.left.connect(self.cards.select_only_current)
        bar.left.connect(self.cards.setFocus)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def regions(self) -> list[QWidget]:
        return [self.header, self.books, self.cards, self.selected]

    # -- AllMarksView

    def show_marks(self, marks: AllMarks) -> None:
        if marks.query != self._shown.query:
            self.cards.begin_anew()
        self._shown = marks
        n = sum(one.count.highlights for one in marks.books)
        self._count.setText(
            counted("%Ln in {books}", "", n, one="%Ln in {books}", books=books(len(marks.books)))
            if n
            else ""
        )
        wanted = marks.query.wanted
        for colour, dot in self.dots.items():
            dot.setChecked(colour in wanted.colours)
        self.noted.setChecked(wanted.noted)
        for order, action in self._orders.items():
            action.setChecked(order is marks.query.order)
        self.books.show_books(marks.books, marks.query.book_id)
        options = [(str(one.book.id), one.book.title) for one in marks.books]
        self.book_choice.set_options([(_ALL, tr("All books")), *options])
        here = marks.query.book_id
        self.book_choice.set_value(_ALL if here is None else str(here))
        focused = QApplication.focusWidget() or self
        was_here = self.cards.hasFocus() or self._empty.isAncestorOf(focused)
        self._empty.setVisible(marks.is_empty)
        self._right.setHidden(marks.is_empty)
        self._none_found.setVisible(not marks.keys and not marks.is_empty)
        self.cards.setVisible(bool(marks.keys))
        self._show_controls()
        self.cards.show_marks(marks)  # last of all: how high cards are depends on their width
        self.cards.look_again()
        if was_here:  # Qt would go on to whatever follows, as far as the sidebar
            self._take_focus()

    def _take_focus(self) -> None:
        if self._shown.is_empty:
            self._empty.buttons[0].setFocus()
        else:
            (self.cards if self._shown.keys else self.search).setFocus()

    def show_cards(self, cards: Sequence[KeptMark]) -> None:
        self.cards.measure_rows(self.model.show_cards(cards))

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._overlays.toast(text, action, on_action)

    # -- what is in sight, and what is selected

    def _read(self, first: int, last: int) -> None:
        around, unread = AHEAD * (last - first + 1), self.model.unread
        if self._presenter is not None:
            ahead = *unread(last + 1, last + around), *unread(first - around, first - 1)
            self._presenter.read([*unread(first, last), *ahead])

    def _show_selected(self, count: int) -> None:
        bar = self.selected
        bar.show_count(count, len(self._shown.keys))
        if bar.isHidden() == (count > 1):
            focused = QApplication.focusWidget()
            if focused is not None and bar.isAncestorOf(focused):
                self.cards.setFocus()
            bar.setVisible(count > 1)
            self._place_bar()
        if count > 1:
            announce(bar, bar.count.text())

    def _place_bar(self) -> None:
        self.selected.place(self._right.width(), self._right.height())
        self.selected.raise_()
        self.cards.set_room(self.selected.room)

    def _copy(self, ids: Sequence[MarkId]) -> None:
        """One passage as it is; of several, which books and chapters they are from, too."""
        kept = self.cards.current()
        if len(ids) > 1 and self._files is not None:
            self._files.copy(these(ids))
        elif kept is not None:
            QGuiApplication.clipboard().setText(kept.mark.text)

    # -- what is done with a card

    def _open(self, kept: KeptMark) -> None:
        self.open_requested.emit(kept)

    def _edit(self, kept: KeptMark) -> None:
        editor = NoteEditor(kept.mark.note)
        presenter = self._presenter
        if presenter is not None:
            editor.saved.connect(lambda text: presenter.set_note(kept.mark.id, text))
        editor.done.connect(lambda: self._overlays.close(OverlayKind.POPOVER))
        box = self.cards.box_of_current()
        overlay = self._overlays.popover_at(editor, QRect(box), width=WIDTH)
        overlay.closed.connect(editor.closed)
        overlay.closed.connect(lambda: self.cards.setFocus(Qt.FocusReason.PopupFocusReason))

    def _show_menu(self, at: QPoint) -> None:
        kept, ids = self.cards.current(), self.cards.selected()
        if kept is not None:
            menu = self.menu_of(kept) if len(ids) < 2 else self.menu_of_several(ids)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def menu_of(self, kept: KeptMark) -> QMenu:
        """What can be done with a highlight."""
        menu, mark = QMenu(self), kept.mark
        menu.addAction(tr("Open in book")).triggered.connect(lambda: self._open(kept))
        note = tr("Edit note…") if mark.note else tr("Add note…")
        menu.addAction(note).triggered.connect(lambda: self._edit(kept))
        menu.addAction(tr("Copy")).triggered.connect(lambda: self._copy([mark.id]))
        self._add_changes(menu, [mark.id], mark.colour, tr("Delete highlight"))
        return menu

    def menu_of_several(self, ids: Sequence[MarkId]) -> QMenu:
        """What can be done with all that are selected."""
        menu, n = QMenu(self), len(ids)
        menu.addAction(tr("Copy as text")).triggered.connect(lambda: self._copy(ids))
        words = counted("Delete %Ln highlights", "", n, one="Delete %Ln highlight")
        self._add_changes(menu, ids, None, words)
        return menu

    def _add_changes(
        self, menu: QMenu, ids: Sequence[MarkId], colour: MarkColour | None, delete: str
    ) -> None:
        presenter = self._presenter
        if presenter is not None:
            menu.addSeparator()
            add_colours(menu, colour, lambda it: presenter.recolour(ids, it))
            menu.addSeparator()
            menu.addAction(delete).triggered.connect(lambda: presenter.delete(ids))

    # -- parts

    def _book_chosen(self, key: str) -> None:
        by_key = {str(one.book.id): one.book.id for one in self._shown.books}
        self.books.chosen.emit(by_key.get(key))

    def _fill_orders(self, presenter: AllMarksPresenter) -> None:
        menu = QMenu(self)
        for order, words in (
            (MarkOrder.PLACE, tr("Place in book")),
            (MarkOrder.NEWEST, tr("Newest first")),
        ):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(order is MarkOrder.PLACE)
            action.triggered.connect(lambda _=False, it=order: presenter.order_by(it))
            self._orders[order] = action
        self.order.setMenu(menu)
        self.order.setPopupMode(self.order.ToolButtonPopupMode.InstantPopup)

    def _fill_menus(self, files: MarkFiles) -> None:
        exporting = QMenu(self)

        add_export_actions(
            exporting,
            lambda it: files.export(self._scopes(), it),
            lambda: files.copy(found(self._shown.query)),
        )
        self.export.set_menu(exporting)
        more = QMenu(self)
        importing = more.addAction(icon("download-simple"), tr("Import…"))
        importing.triggered.connect(self._import)
        self.more.setMenu(more)
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)

    def _scopes(self, *, selected_first: bool = False) -> list[ExportScope]:
        """What may be exported now, what is most likely wanted first."""
        query, ids = self._shown.query, self.cards.selected()
        scopes = [ExportScope(listed(len(self._shown.keys)), found(query))]
        if query != MarkQuery(order=query.order):
            every = every_highlight(self._shown.total)
            scopes.append(ExportScope(every, found(MarkQuery())))
        if len(ids) > 1 or selected_first:
            scopes.insert(
                0 if selected_first else len(scopes), ExportScope(selected(len(ids)), these(ids))
            )
        return scopes

    def _import(self) -> None:
        if self._files is not None:
            self._files.importing.ask()

    # -- files of marks can be dropped on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()  # books are the window's

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event.mimeData())
        if path is not None and self._files is not None:
            event.acceptProposedAction()
            self._files.importing.start(path)

    def _lay_out(self) -> None:
        self.header = QWidget()
        self.header.setFixedHeight(max(theme.size("header"), theme.control_height("heading") + 12))
        row = QHBoxLayout(self.header)
        row.setContentsMargins(SIDE, 0, SIDE, 0)
        row.setSpacing(12)
        dots = QHBoxLayout()
        dots.setSpacing(0)
        for dot in self.dots.values():
            dots.addWidget(dot)
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addLayout(dots)
        row.addWidget(self.noted)
        row.addWidget(self.order)
        row.addWidget(self.export)
        row.addWidget(self.more)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 6, 0, 0)
        right.setSpacing(0)
        self._choice = QWidget()
        choice = QHBoxLayout(self._choice)
        choice.setContentsMargins(SIDE, 8, SIDE, 2)
        choice.addWidget(self.book_choice)
        choice.addStretch(1)
        right.addWidget(self._choice)
        right.addWidget(self.cards, 1)
        right.addWidget(self._none_found, 1)
        side = QVBoxLayout()
        side.setContentsMargins(0, 8, 0, 0)
        side.addWidget(self.books)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addLayout(side)
        below.addWidget(self._edge)
        below.addWidget(self._right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.header)
        box.addWidget(line())
        box.addWidget(self._empty, 1)
        box.addLayout(below, 1)
        self._none_found.hide()
        self._empty.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_controls()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self._presenter is not None:
            self._place_bar()
        return False

    def _show_controls(self) -> None:
        narrow = self.window().width() < _NARROW
        some = not self._shown.is_empty
        self.books.setVisible(some and not narrow)
        self._edge.setVisible(some and not narrow)
        self._choice.setVisible(some and narrow)
        words = tr("With notes")
        self.noted.setText("" if narrow else words)
        self.noted.setAccessibleName(words)
        self.noted.setToolTip(words if narrow else "")
        self._count.setVisible(not narrow)
        exporting = tr("Export")
        self.export.setText("" if narrow else exporting)
        self.export.setAccessibleName(exporting)
        self.export.setToolTip(exporting if narrow else "")
        self.export.setEnabled(bool(self._shown.keys))
        for control in (self.search, *self.dots.values(), self.noted, self.order, self.export):
            control.setVisible(some)


def _dropped(mime: QMimeData) -> Path | None:
    """The one file that is dragged, if it may be one of marks."""
    paths = [local_path(url) for url in mime.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix.lower() in _FILES else None
