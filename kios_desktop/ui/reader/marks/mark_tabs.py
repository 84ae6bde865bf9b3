"""The tabs “Bookmarks” and “Highlights” of a reader window's panel.

Their widgets are made when they are first shown, and filled while they are shown only: marks change
far more often than anybody looks at a list of them.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, MarkId
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.marks.marking import Marking

if TYPE_CHECKING:
    from kios_desktop.application.book_marks import BookMarks
    from kios_desktop.exchange.writers import ExportFormat
    from kios_desktop.ui.exchange.mark_files import MarkFiles
    from kios_desktop.ui.reader.marks.bookmarks_tab import BookmarksTab
    from kios_desktop.ui.reader.marks.highlights_tab import HighlightsTab


class MarkTab(QObject):
    """Implements `panel.PanelTab`. `make` makes its widget, `marks_of` are those that it lists."""

    def __init__(
        self,
        title: str,
        make: "Callable[[], BookmarksTab | HighlightsTab]",
        marks_of: "Callable[[BookMarks], Sequence[Mark]]",
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._title, self._make, self._marks_of = title, make, marks_of
        self._made: BookmarksTab | HighlightsTab | None = None
        self._marks: BookMarks | None = None
        self._filling = QTimer(self, singleShot=True, interval=0)
        self._filling.timeout.connect(self._fill)
        self._is_stale = True

    @property
    def title(self) -> str:
        return self._title

    def widget(self) -> "BookmarksTab | HighlightsTab":
        if self._made is None:
            self._made = self._make()
        return self._made

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.widget().tab_stops()

    def first(self) -> QWidget:
        return self.widget().list

    def shown(self) -> None:
        marks = self.widget().list
        self._fill()
        if not marks.currentIndex().isValid():
            marks.setCurrentIndex(marks.model().index(0, 0, QModelIndex()))
        marks.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def changed(self, marks: "BookMarks") -> None:
        """Fill the tab once, however many marks change within this turn of the event loop."""
        self._marks, self._is_stale = marks, True
        self._filling.start()

    def _fill(self) -> None:
        made = self._made
        if self._is_stale and made is not None and made.isVisible():
            self._is_stale = False
            made.presenter.show([] if self._marks is None else self._marks_of(self._marks))


class MarkTabs(QObject):
    """Both tabs, and what is done in them. `percent_at` is set as soon as there is a book.

    `make_files` makes what exports from a book of the library and imports into it.
    """

    chosen = Signal()  # a mark, to which the page goes
    ended = Signal()

    def __init__(self, marking: Marking) -> None:
        super().__init__(marking)
        self._marking = marking
        self.percent_at: Callable[[Place], str] = lambda _place: ""
        self.make_files: Callable[[QWidget], MarkFiles] | None = None
        self.bookmarks = MarkTab(
            tr("Bookmarks"), self._make_bookmarks, lambda marks: marks.bookmarks, self
        )
        self.highlights = MarkTab(
            tr("Highlights"), self._make_highlights, lambda marks: marks.highlights, self
        )
        marking.marks_changed.connect(self.bookmarks.changed)
        marking.marks_changed.connect(self.highlights.changed)

    def end(self) -> None:
        """The window is closed."""
        self.ended.emit()

    def _make_bookmarks(self) -> "BookmarksTab":
        from kios_desktop.ui.reader.marks.bookmarks_tab import BookmarksTab

        made = BookmarksTab(lambda place: self.percent_at(place))
        made.list.chosen.connect(self._go_to)
        made.list.delete_wanted.connect(self._delete)
        made.model.renamed.connect(lambda mark, name: self._save_note(mark.id, name))
        return made

    def _make_highlights(self) -> "HighlightsTab":
        from kios_desktop.ui.reader.marks.highlights_tab import HighlightsTab

        made = HighlightsTab()
        made.list.chosen.connect(self._go_to)
        made.list.delete_wanted.connect(self._delete)
        made.list.edit_wanted.connect(self._edit_note)
        made.coloured.connect(self._colour)
        files = self.make_files(made.more) if self.make_files is not None else None
        made.more.setVisible(files is not None)
        if files is not None:
            made.export_wanted.connect(lambda it: self._export(made, files, it))
            made.copy_wanted.connect(lambda: files.copy(files.as_shown(made.model.marks)))
            made.import_wanted.connect(files.importing.ask)
            self.ended.connect(files.end)
        return made

    def _export(
        self, tab: "HighlightsTab", files: "MarkFiles", file_format: "ExportFormat"
    ) -> None:
        from kios_desktop.ui.exchange.export_choice import ExportScope
        from kios_desktop.ui.exchange.export_texts import all_of_book, listed

        marks, every = tab.model.marks, tab.presenter.every
        scopes = [ExportScope(listed(len(marks)), files.as_shown(marks))]
        if len(marks) < len(every):
            scopes.append(ExportScope(all_of_book(len(every)), files.as_shown(every)))
        files.export(scopes, file_format)

    def _go_to(self, mark: Mark) -> None:
        if mark.passage is not None:
            self._marking.act(lambda it: it.go_to(mark))()
            self.chosen.emit()

    def _delete(self, mark: Mark) -> None:
        self._marking.act(lambda it: it.delete_marks([mark.id]))()

    def _save_note(self, mark_id: MarkId, note: str) -> None:
        self._marking.act(lambda it: it.save_note(mark_id, note))()

    def _colour(self, mark: Mark, colour: MarkColour) -> None:
        self._marking.act(lambda it: it.recolour(mark.id, colour))()

    def _edit_note(self, mark: Mark) -> None:
        marks = self.highlights.widget().list
        overlay = self._marking.edit_note_beside(marks.box_of(mark), mark)
        overlay.closed.connect(lambda: marks.setFocus(Qt.FocusReason.PopupFocusReason))
