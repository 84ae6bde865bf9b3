"""The search of a reader window: a tab of its panel, and what the window shows of it elsewhere."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.bars import ReaderFooter
from kios_desktop.ui.reader.engine.bridge import Bridge
from kios_desktop.ui.reader.engine.wire import Paint

if TYPE_CHECKING:  # what searches is imported when there is something to search for
    from kios_desktop.epub.search_query import SearchQuery
    from kios_desktop.ui.reader.search_presenter import SearchPresenter
    from kios_desktop.ui.reader.search_results import BookResults
    from kios_desktop.ui.reader.search_tab import SearchTab


class ReaderSearch(QObject):
    """Implements `panel.PanelTab` and `search_presenter.SearchScreen`.

    What searches is made when there is something to search for.
    """

    wanted = Signal()  # to be opened: there is no result to go to
    chosen = Signal()  # a result, which is looked at from now on

    def __init__(self, footer: ReaderFooter, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._footer, self._bridge = footer, bridge
        self._make_presenter: Callable[[], SearchPresenter] | None = None
        self._presenter: SearchPresenter | None = None
        self._made: SearchTab | None = None
        self._loaded: set[int] = set()  # the spine items that the page may have

    def start(self, make_presenter: "Callable[[], SearchPresenter]") -> None:
        """From now on there is a book to search."""
        self._make_presenter = make_presenter

    def end(self) -> None:
        self._make_presenter = None
        if self._presenter is not None:
            self._presenter.closed()
            self._presenter = None

    @property
    def is_active(self) -> bool:
        """Whether there is a search to be cleared."""
        return self._presenter is not None and self._presenter.is_active

    def clear(self) -> None:
        """Forget the results, here and on the page."""
        if self._presenter is not None:
            self._presenter.clear()
            self.widget().set_words("")

    def search_for(self, words: str) -> None:
        """Search for words that are not typed, such as a selection: its first paragraph."""
        self.widget().set_words(words.strip().partition("\n")[0])
        self.widget().pattern.setChecked(False)
        self._search(self.widget().query())

    def step(self, by: int) -> None:
        """Go to the next result (1) or the previous one (-1); without any, ask for words."""
        if self._presenter is None or not self._presenter.step(by):
            self.wanted.emit()

    def loaded(self, spine_index: int) -> None:
        """A chapter was laid out."""
        self._loaded.add(spine_index)
        if self._presenter is not None:
            self._presenter.loaded(spine_index)

    def weighed(self, _weights: tuple[int, ...]) -> None:
        """It is known how long the chapters are."""
        if self._presenter is not None:
            self._presenter.weighed()

    # -- the tab

    @property
    def title(self) -> str:
        return tr("Search")

    def widget(self) -> "SearchTab":
        if self._made is None:
            self._made = self._make()
        return self._made

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.widget().tab_stops()

    def first(self) -> QWidget:
        return self.widget().field

    def shown(self) -> None:
        field = self.widget().field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def _make(self) -> "SearchTab":
        from kios_desktop.ui.reader.search_tab import SearchTab

        made = SearchTab()
        made.asked.connect(self._search)
        made.entered.connect(self._enter)
        made.chosen.connect(self._choose)
        return made

    def _search(self, query: "SearchQuery") -> None:
        if self._presenter is None and self._make_presenter is not None:
            self._presenter = self._make_presenter()
        if self._presenter is not None:
            self._presenter.search(query)

    def _enter(self, query: "SearchQuery") -> None:
        """Enter searches for what is typed, then goes from result to result."""
        if self._presenter is None or query != self._presenter.query:
            self._search(query)
        elif self._presenter.step(1):
            self.chosen.emit()

    def _choose(self, result: int) -> None:
        if self._presenter is not None:
            self._presenter.choose(result)
            self.chosen.emit()

    # -- the screen

    def show_results(self, results: "BookResults", title_of: Callable[[Place, int], str]) -> None:
        self.widget().show_results(results, title_of)

    def show_progress(self, progress: float | None) -> None:
        self.widget().show_progress(progress)

    def show_summary(self, words: str, wrong: bool = False) -> None:
        self.widget().show_summary(words, wrong)

    def say_summary(self) -> None:
        self.widget().announce_summary()

    def mark_result(self, result: int | None) -> None:
        self.widget().mark_result(result)

    def show_step(self, words: str) -> None:
        self._footer.show_step(words)

    def mark_hits(self, fractions: Sequence[float]) -> None:
        self._footer.scrubber.mark_hits(fractions)

    def paint(self, what: Paint) -> None:
        if what.spine in self._loaded:
            self._bridge.paint(what)
