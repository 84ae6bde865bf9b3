"""The details page of one book."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.library import Book, BookId, ReadingStatus
from kios_desktop.domain.locator import Locator
from kios_desktop.ui.book.file_tab import FileTab
from kios_desktop.ui.book.ports import BookShown
from kios_desktop.ui.book.presenter import BookDetailsPresenter
from kios_desktop.ui.book.sync_tab import SyncTab
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.formats import file_size, percent
from kios_desktop.ui.kit.languages import language_name
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.delegate import paint_cover
from kios_desktop.ui.library.model import status_text
from kios_desktop.ui.widgets.badge import Badge
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.inline_banner import InlineBanner
from kios_desktop.ui.widgets.label import ElidedLabel, label
from kios_desktop.ui.widgets.layouts import clear
from kios_desktop.ui.widgets.progress_bar import ProgressBar
from kios_desktop.ui.widgets.stars import Stars, rating_text

_COVER, _SMALL_COVER = 176, 128
_NARROW: Final = 1000
_BAR: Final = 424
_MARGIN: Final = 40
_SHADOW: Final = 12


class BookCover(QWidget):
    """The cover of a book, as wide as `set_width` says."""

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self._covers = covers
        self._book: Book | None = None
        covers.ready.connect(self._ready)
        self.set_width(_COVER)

    def set_width(self, width: int) -> None:
        self._width = width
        self.setFixedSize(width + 2 * _SHADOW, round(width * 1.5) + 2 * _SHADOW + 6)

    def show_book(self, book: Book) -> None:
        self._book = book
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._book is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cover = QRect(QPoint(_SHADOW, _SHADOW), QSize(self._width, round(self._width * 1.5)))
        ratio = self.devicePixelRatioF()
        with theme.painting(self):
            paint_cover(painter, cover, self._covers.pixmap(self._book, self._width, ratio, "page"))
        painter.end()

    def _ready(self, book_id: object) -> None:
        if self._book is not None and self._book.id == book_id:
            self.update()


class BookDetailsPage(QWidget):
    """Implements `BookScreen`."""

    open_requested = Signal(object)  # BookId
    go_requested = Signal(object, object)  # BookId, Locator
    finish_requested = Signal(object)  # Book
    unread_requested = Signal(object)  # Book
    reading_requested = Signal(object)  # Book: it is being read again
    menu_requested = Signal(object, QPoint)  # Book, global position
    folder_requested = Signal(object)  # Book
    set_up_requested = Signal()
    left = Signal()

    def __init__(self, covers: Covers, folder: Path) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._presenter: BookDetailsPresenter | None = None
        self._book: Book | None = None
        self.back = IconButton("arrow-left", tr("Back"), QKeySequence("Alt+Left"))
        self._where = ElidedLabel("", "body", "muted")
        self.more = IconButton("dots-three-vertical", tr("More"))
        self._problem = InlineBanner("", "danger", closable=False)
        self._problem.hide()
        self._cover = BookCover(covers)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(8)
        self.stars = Stars()
        self._rating = QWidget()
        self._rated = label("", "small", "muted")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        self.tabs = QTabBar()
        self.sync_tab, self.file_tab = SyncTab(), FileTab(folder)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def bind(self, presenter: BookDetailsPresenter) -> None:
        self._presenter = presenter
        self.sync_tab.choice.connect(presenter.choose)
        self.sync_tab.sync_requested.connect(presenter.sync_now)
        self.sync_tab.match_requested.connect(presenter.match_again)
        self.sync_tab.never_requested.connect(presenter.never_send)
        self.stars.rated.connect(presenter.rate)

    @property
    def book_id(self) -> BookId | None:
        return None if self._book is None else self._book.id

    def come_from(self, title: str) -> None:
        """Set the title of the screen that “Back” leads to."""
        self._where.set_text(title)
        self.back.set_name(tr("Back to {title}", title=title), QKeySequence("Alt+Left"))

    # -- BookScreen

    def show_book(self, shown: BookShown) -> None:
        self._problem.hide()
        book = shown.book
        new = self._book is None or self._book.id != book.id
        if book != self._book:
            self._book = book
            self._cover.show_book(book)
            self._show_facts(book)
            self._show_rating(book)
            self._show_actions(book)
        self.sync_tab.show_book(shown, datetime.now(UTC))
        self.file_tab.show_book(shown)
        if new:
            self._scroll.verticalScrollBar().setValue(0)
            self.setAccessibleName(", ".join((book.title, *book.authors)))
            announce(self, book.title)
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, message: Message) -> None:
        self._problem.set_text(message.line)
        self._problem.show()

    def go_there(self, book_id: BookId, locator: Locator) -> None:
        self.go_requested.emit(book_id, locator)

    def regions(self) -> list[QWidget]:
        """The parts that F6 goes through, in order."""
        return [self._head, self._top, self.tabs, self._stack]

    # -- construction

    def _lay_out(self) -> None:
        rating = QHBoxLayout(self._rating)
        rating.setContentsMargins(0, 0, 0, 0)
        rating.setSpacing(8)
        rating.addWidget(label(tr("Your rating"), "body", "muted"))
        rating.addWidget(self.stars)
        rating.addWidget(self._rated)
        rating.addStretch(1)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(24, 0, 24, 0)
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self._where, 1)
        head.addWidget(self.more)
        self._head.setFixedHeight(max(48, theme.control_height() + 12))
        side = QVBoxLayout()
        side.setContentsMargins(0, _SHADOW, 0, 0)
        side.setSpacing(16)
        side.addLayout(self._facts)
        side.addWidget(self._rating)
        side.addLayout(self._actions)
        side.addStretch(1)
        self._top = QWidget()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(_MARGIN - _SHADOW, 0, _MARGIN, 8)
        top.setSpacing(20)
        top.addWidget(self._cover, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(side, 1)
        self._stack.addWidget(self.sync_tab)
        self._stack.addWidget(self.file_tab)
        below = QVBoxLayout()
        below.setContentsMargins(_MARGIN, 0, _MARGIN, 32)
        below.setSpacing(0)
        below.addWidget(self._dressed_tabs())
        edge = QFrame()
        edge.setProperty("kind", "line")
        edge.setFixedHeight(1)
        below.addWidget(edge)
        below.addWidget(self._stack, 1)
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top)
        column.addLayout(below, 1)
        self._scroll = QScrollArea()
        dress_as_page(self._scroll)
        self._scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._head)
        outer.addWidget(self._problem)
        outer.addWidget(self._scroll, 1)

    def _dressed_tabs(self) -> QTabBar:
        self.tabs.setProperty("kind", "tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFont(theme.font("control"))
        self.tabs.setAccessibleName(tr("About this book"))
        self.tabs.setFixedHeight(max(40, theme.control_height() + 8))
        for title in (tr("Sync"), tr("File")):
            self.tabs.addTab(title)
        return self.tabs

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.more.clicked.connect(self._show_menu)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.sync_tab.set_up_requested.connect(self.set_up_requested)
        self.sync_tab.go_requested.connect(self._go)
        self.file_tab.folder_requested.connect(self.folder_requested)
        keys: dict[str, Callable[[], None]] = {
            "Alt+Left": self.left.emit,
            "Ctrl+Tab": lambda: self._turn_tab(1),
            "Ctrl+Shift+Tab": lambda: self._turn_tab(-1),
        }
        for sequence, done in keys.items():
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(done)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.window().width() < _NARROW
        self._cover.set_width(_SMALL_COVER if narrow else _COVER)
        self.sync_tab.set_narrow(narrow)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.BackButton:
            self.left.emit()
        else:
            super().mousePressEvent(event)

    def _turn_tab(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _show_menu(self) -> None:
        if self._book is not None:
            corner = self.more.mapToGlobal(self.more.rect().bottomLeft())
            self.menu_requested.emit(self._book, corner)

    def _go(self, locator: Locator) -> None:
        if self._book is not None:
            self.go_there(self._book.id, locator)

    # -- the book

    def _show_facts(self, book: Book) -> None:
        clear(self._facts)
        self._facts.addWidget(label(book.title, "display", wrap=True))
        line = QHBoxLayout()
        line.setSpacing(6)
        authors = ", ".join(book.authors)
        if authors:
            line.addWidget(label(authors, "bodyStrong"))
        facts = [language_name(book.language), file_size(book.size_bytes)]
        rest = " · ".join(fact for fact in facts if fact)
        line.addWidget(label(f"· {rest}" if authors else rest, "body", "muted"))
        line.addStretch(1)
        self._facts.addLayout(line)
        if book.series:
            index = f" · {book.series_index:g}" if book.series_index is not None else ""
            self._facts.addWidget(label(f"{book.series}{index}", "body", "muted", wrap=True))
        if book.status is ReadingStatus.READING:
            self._add_progress(book)
        else:
            row = QHBoxLayout()
            row.addWidget(Badge(status_text(book), "neutral"))
            row.addStretch(1)
            self._facts.addLayout(row)

    def _show_rating(self, book: Book) -> None:
        """Of a book that was begun; who has not read it has nothing to say of it."""
        self._rating.setVisible(book.status is not ReadingStatus.UNREAD or book.rating is not None)
        self.stars.show_rating(book.rating)
        self._rated.setText("" if book.rating is None else rating_text(book.rating))

    def _add_progress(self, book: Book) -> None:
        progress = book.total_progression or 0
        bar = ProgressBar(tr("Progress"))
        bar.set_fraction(progress)
        bar.setMaximumWidth(theme.scaled(_BAR))
        self._facts.addSpacing(8)
        self._facts.addWidget(bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(percent(progress), "smallStrong", tabular=True))
        row.addWidget(label(book.chapter_title, "small", "muted"))
        row.addStretch(1)
        self._facts.addLayout(row)

    def _show_actions(self, book: Book) -> None:
        clear(self._actions)
        reading = book.status is ReadingStatus.READING
        words = tr("Continue reading") if reading else tr("Read")
        self.primary = button(words, "primary", "book-open", height="controlLarge")
        self.primary.clicked.connect(lambda: self.open_requested.emit(book.id))
        self._actions.addWidget(self.primary)
        if book.status is ReadingStatus.FINISHED:
            again = button(tr("Mark as reading"), icon_name="book-open", height="controlLarge")
            again.clicked.connect(lambda: self.reading_requested.emit(book))
            self._actions.addWidget(again)
            other = button(tr("Mark as unread"), icon_name="circle-dashed", height="controlLarge")
            other.clicked.connect(lambda: self.unread_requested.emit(book))
        else:
            other = button(tr("Mark as finished"), icon_name="check-circle", height="controlLarge")
            other.clicked.connect(lambda: self.finish_requested.emit(book))
        self._actions.addWidget(other)
        self._actions.addStretch(1)
