"""What the tab “Search” shows: the field, its options, how many results there are, and the list."""

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.search_list import SearchList
from kios_desktop.ui.reader.search_model import SearchModel, TitleOf
from kios_desktop.ui.reader.search_results import BookResults
from kios_desktop.ui.widgets.check_box import CheckBox
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.progress_bar import ProgressBar
from kios_desktop.ui.widgets.words_field import WordsField

PAUSE_MS = 250  # after the last key, until what is typed is searched for
_LEAST = 2  # letters that are searched for while typing; a single one is everywhere
_BAR, _APART = 2, 16  # px


class SearchTab(QWidget):
    """Emits what is asked for; keeps what it was given."""

    asked = Signal(object)  # SearchQuery, while it is typed
    entered = Signal(object)  # SearchQuery, by Enter
    chosen = Signal(int)  # the number of a result

    def __init__(self) -> None:
        super().__init__()
        self.model = SearchModel()
        self.field, name = WordsField(), tr("Search in this book")
        line_edit(name, name, field=self.field)
        self.field.addAction(
            icon("magnifying-glass", "textMuted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._clear = QAction(icon("x", "textMuted"), tr("Clear search"), self)
        self.field.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.case = CheckBox(tr("Match case"))
        self.whole = CheckBox(tr("Whole words"))
        self.pattern = CheckBox(tr("Regular expression"))
        self._summary = label("", "small", "muted", wrap=True)
        self.bar = ProgressBar(tr("Searching"))
        self.bar.setFixedHeight(_BAR)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.bar.hide()
        self.list = SearchList(self.model)
        self._typing = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._connect()

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.field, self.case, self.whole, self.pattern, self.list

    def query(self) -> SearchQuery:
        """What is typed and chosen."""
        return SearchQuery(
            self.field.text(),
            self.case.isChecked(),
            self.whole.isChecked(),
            self.pattern.isChecked(),
        )

    def set_words(self, words: str) -> None:
        """Show words that are not typed; "" for none."""
        self._typing.stop()
        self.field.setText(words)

    def show_results(self, results: BookResults, title_of: TitleOf) -> None:
        self.model.show(results, title_of)

    def show_progress(self, progress: float | None) -> None:
        self.bar.setVisible(progress is not None)
        if progress is not None:
            self.bar.set_fraction(progress)

    def show_summary(self, words: str, wrong: bool) -> None:
        self._summary.setText(words)
        self._summary.setProperty("tone", "danger" if wrong else "muted")
        style = self._summary.style()
        style.unpolish(self._summary)
        style.polish(self._summary)

    def announce_summary(self) -> None:
        """Have a screen reader say what was found."""
        if self._summary.text():
            announce(self._summary, self._summary.text())

    def mark_result(self, result: int | None) -> None:
        """Mark the result that is looked at, and scroll to it."""
        self.model.current = result
        if result is not None:
            index = self.model.index_of(result)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
        self.list.viewport().update()

    def _lay_out(self) -> None:
        first = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        first.setSpacing(_APART)
        width = self.case.sizeHint().width() + _APART + self.whole.sizeHint().width()
        if width > theme.size("panel") - 2 * _APART:  # large text
            first.setDirection(QBoxLayout.Direction.TopToBottom)
            first.setSpacing(0)
        first.addWidget(self.case)
        first.addWidget(self.whole)
        first.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.field)
        box.addSpacing(6)
        box.addLayout(first)
        box.addWidget(self.pattern)
        box.addSpacing(6)
        box.addWidget(self.bar)
        box.addSpacing(6)
        box.addWidget(self._summary)
        box.addSpacing(4)
        box.addWidget(self.list, 1)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._ask)
        self.field.textChanged.connect(lambda words: self._clear.setVisible(bool(words)))
        self.field.textEdited.connect(self._typed)
        self.field.entered.connect(self._enter)
        self._clear.triggered.connect(self._cleared)
        for option in (self.case, self.whole, self.pattern):
            option.clicked.connect(self._ask)
        self.list.clicked.connect(self._clicked)

    def _typed(self, words: str) -> None:
        if words:
            self._typing.start()
        else:
            self._ask()

    def _ask(self) -> None:
        self._typing.stop()
        words = self.field.text().strip()
        if len(words) >= _LEAST or not words.isascii() or not words:
            self.asked.emit(self.query())

    def _enter(self) -> None:
        self._typing.stop()
        self.entered.emit(self.query())

    def _cleared(self) -> None:
        self.field.clear()
        self._ask()

    def _clicked(self, index: QModelIndex) -> None:
        result = self.model.result(index)
        if result is not None:
            self.chosen.emit(result)
