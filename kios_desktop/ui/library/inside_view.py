"""The group “Inside books” below the books that a search of the library has found."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.domain.inside_books import IndexProgress, IndexStage
from kios_desktop.ui.kit.formats import isolated, number
from kios_desktop.ui.kit.index_error_texts import explain_index
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.inside_list import InsideList
from kios_desktop.ui.library.inside_model import InsideModel
from kios_desktop.ui.library.inside_presenter import InsidePresenter, InsideResults
from kios_desktop.ui.library.scroll_area import SIDE
from kios_desktop.ui.widgets.label import label

_TOP: Final = 26  # px above the heading


class InsideBooksView(QWidget):
    """Implements `InsideScreen`. Emits what is chosen with the words that were asked for."""

    chosen = Signal(object, str)  # Excerpt, the words
    moved = Signal(QRect)  # the row that the keyboard chose, in this widget

    def __init__(self) -> None:
        super().__init__()
        self.results = InsideResults()
        self.model = InsideModel()
        self._heading = label(tr("Inside books"), "section")
        self._summary = label("", "small", "muted", wrap=True)
        self.list = InsideList(self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _TOP, 0, 0)
        column.setSpacing(2)
        words = QVBoxLayout()
        words.setContentsMargins(SIDE, 0, SIDE, 0)
        words.setSpacing(2)
        words.addWidget(self._heading)
        words.addWidget(self._summary)
        column.addLayout(words)
        column.addWidget(self.list)
        self.list.excerpt_chosen.connect(lambda it: self.chosen.emit(it, self.results.words))
        self.list.moved.connect(self._moved)
        self.hide()

    def bind(self, presenter: InsidePresenter) -> None:
        self.list.expand_requested.connect(presenter.expand)
        self.list.more_requested.connect(presenter.more)

    def show_inside(self, results: InsideResults) -> None:
        self.results = results
        self.model.show(results)
        self.list.setVisible(bool(results.groups))
        self._summary.setText(summary(results))
        self.setVisible(bool(results.words))

    def choose_first(self) -> None:
        """Choose the first excerpt, if there is one."""
        for group in self.results.groups[:1]:
            for excerpt in group.found.excerpts[:1]:
                self.chosen.emit(excerpt, self.results.words)

    def _moved(self, row: QRect) -> None:
        self.moved.emit(row.translated(self.list.mapTo(self, QPoint(0, 0))))


def summary(results: InsideResults) -> str:
    """What was found, and what was not looked through."""
    return " ".join(filter(None, (_found(results), _incomplete(results.progress))))


def _found(results: InsideResults) -> str:
    if results.problem is not None:
        return explain_index(results.problem)
    if results.looking:
        return tr("Searching…")
    if not results.books:
        return tr("‘{q}’ isn’t in any book that Kios has read.", q=isolated(results.words))
    if results.is_cut:
        return counted(
            "In %Ln of the books that were added last. More words find others.",
            "",
            results.books,
            one="In the book that was added last. More words find others.",
        )
    return counted("In %Ln books.", "", results.books, one="In %Ln book.")


def _incomplete(progress: IndexProgress) -> str:
    if progress.is_incomplete:
        read, total = number(progress.read), number(progress.total)
        if progress.stage is IndexStage.PAUSED:
            return tr("Reading your books is paused: {n} of {total}.", n=read, total=total)
        return tr("Still reading your books: {n} of {total}.", n=read, total=total)
    if progress.unread:
        return counted(
            "%Ln books couldn’t be read.", "", progress.unread, one="%Ln book couldn’t be read."
        )
    return ""
