"""Header and footer of the reader. They float in the page's margins and never move the text."""

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, QTime, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.screen import ShownPlace, minutes_text
from kios_desktop.ui.reader.scrubber import Scrubber
from kios_desktop.ui.widgets.buttons import Button, IconButton
from kios_desktop.ui.widgets.label import ElidedLabel, label

_PILL_GAP = 21  # px between the two buttons of the back pill, with a line in the middle
NARROW = 1000  # px; below it the header shows the book's title only, the footer less

_SIDE = 5 * 32 + 4 * 8  # px of the buttons on the right of the header
_LEFT = 2 * 32 + 8


class Bar(QWidget):
    """A bar in the window's colour, with a hairline on the side of the page."""

    def __init__(self, edge: Qt.Edge, parent: QWidget) -> None:
        super().__init__(parent)
        self._edge = edge

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.of(self)
        painter.fillRect(self.rect(), now.color("window"))
        y = 0 if self._edge is Qt.Edge.TopEdge else self.height() - 1
        painter.fillRect(0, y, self.width(), 1, now.color("border"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # a click beside the buttons must not turn the page below


class ReaderHeader(Bar):
    """Library, Contents | title · chapter | Search, Bookmark, Appearance, Sync, More."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Edge.BottomEdge, parent)
        self.setFixedHeight(theme.size("readerHeader"))
        self.library = IconButton("books", tr("Library"))
        self.contents = IconButton("list", tr("Contents"), checkable=True)
        self.search = IconButton("magnifying-glass", tr("Search in this book"), checkable=True)
        self.bookmark = IconButton("bookmark-simple", tr("Bookmark this page"))
        self.appearance = IconButton("text-aa", tr("Appearance"), checkable=True)
        self.sync = IconButton("check-circle", tr("Sync status"), checkable=True)
        self.more = IconButton("dots-three-vertical", tr("More"))
        self._title = ElidedLabel("", "bodyStrong")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._chapter = ElidedLabel("", "body", "muted")
        self._chapter.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._names = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        left, right = QWidget(), QWidget()
        for side, buttons in (
            (left, (self.library, self.contents)),
            (right, (self.search, self.bookmark, self.appearance, self.sync, self.more)),
        ):
            box = QHBoxLayout(side)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(8)
            for button in buttons:
                box.addWidget(button)
        right.setFixedWidth(_SIDE)
        self._left = left
        left_box = left.layout()
        if isinstance(left_box, QHBoxLayout):
            left_box.addStretch(1)
        row.addWidget(left)
        row.addStretch(1)
        names = QHBoxLayout()
        names.setSpacing(4)
        names.addWidget(self._title)
        names.addWidget(self._chapter)
        row.addLayout(names)
        row.addStretch(1)
        row.addWidget(right)

    def show_names(self, title: str, chapter: str) -> None:
        if (title, chapter) != self._names:
            self._names = (title, chapter)
            self._fit()

    def show_bookmarked(self, kept: bool) -> None:
        """Whether the page that is shown has a bookmark."""
        self.bookmark.set_icon("bookmark-simple-fill" if kept else "bookmark-simple")
        words = tr("Remove the bookmark") if kept else tr("Bookmark this page")
        self.bookmark.set_name(words, QKeySequence("Ctrl+B"))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        title, chapter = self._names
        # equal sides keep the title in the middle, as long as there is room for that
        side = _SIDE if self.width() >= 3 * _SIDE else _LEFT
        self._left.setFixedWidth(side)
        room = max(120, self.width() - _SIDE - side - 60)
        metrics = self._title.fontMetrics()
        wide = self.width() >= NARROW and chapter not in ("", title)
        share = room * 6 // 10 if wide else room
        self._title.set_text(title)
        self._title.setFixedWidth(min(share, metrics.horizontalAdvance(title) + 2))
        self._chapter.setVisible(wide)
        if wide:
            words = tr("· {chapter}", chapter=chapter)
            width = self._chapter.fontMetrics().horizontalAdvance(words) + 2
            self._chapter.set_text(words)
            self._chapter.setFixedWidth(min(room - self._title.width(), width))


class _Right(Enum):
    """What the text at the right of the footer shows; a click selects the next."""

    CHAPTER = 0
    BOOK = 1
    PAGES = 2
    CLOCK = 3


class BackPill(QWidget):
    """“Back to Chapter 4 | Stay here ✕”, after a jump."""

    back = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 4, 0)
        row.setSpacing(0)
        self._back = Button()
        self._back.setProperty("kind", "pill")
        self._back.setFont(theme.font("bodyStrong"))
        self._back.setIconSize(QSize(16, 16))
        self._back.setCursor(Qt.CursorShape.PointingHandCursor)
        self._stay = Button(tr("Stay here"))
        self._stay.setProperty("kind", "pill")
        self._stay.setProperty("quiet", True)
        self._stay.setFont(theme.font("control"))
        self._stay.setCursor(Qt.CursorShape.PointingHandCursor)
        self._close = IconButton("x", tr("Hide “Back”"), px=14, side=28)
        for answer in (self._back, self._stay):
            answer.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the page
        row.addWidget(self._back)
        row.addSpacing(_PILL_GAP)
        row.addWidget(self._stay)
        row.addSpacing(4)
        row.addWidget(self._close)
        self._back.clicked.connect(self.back)
        self._stay.clicked.connect(self.dismissed)
        self._close.clicked.connect(self.dismissed)
        self.setFixedHeight(36)

    def show_label(self, text: str) -> None:
        limit = 260
        shown = self._back.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, limit)
        self._back.setText(shown)
        self._back.setAccessibleName(text)
        self._back.setIcon(icon("arrow-u-up-left", "accent"))
        self.setFixedWidth(self.sizeHint().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.of(self)
        painter.setPen(now.color("border") if now.high_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(now.color("accentSoft"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5), 16.5, 16.5)
        beside = self._back if self.isRightToLeft() else self._stay
        x = beside.geometry().left() - _PILL_GAP // 2
        painter.fillRect(x, 10, 1, 16, now.color("borderControl"))
        painter.end()


class ReaderFooter(Bar):
    """Chapter and page | scrubber | what is left."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Edge.TopEdge, parent)
        self.setFixedHeight(theme.size("readerFooter"))
        self._chapter = ElidedLabel("", "bodyStrong")
        # its width is computed here; with “Ignored” its neighbour would overlap it
        self._chapter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._page = label("", "body", "muted", tabular=True)
        self._step = label("", "bodyStrong", "accent", tabular=True)
        self._step.setContentsMargins(8, 0, 8, 0)
        self._step.hide()
        self.scrubber = Scrubber()
        self._left = Button()
        self._left.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the page
        self._left.setProperty("kind", "plain")
        self._left.setFont(theme.font("body", tabular=True))
        self._left.setMinimumHeight(28)
        self._left.setToolTip(tr("Time left in the chapter, in the book, pages left, or the clock"))
        self._percent = label("", "bodyStrong", tabular=True)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("100%") + 2)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._chapter_filled = ""
        self._shown: ShownPlace | None = None
        self._right = _Right.CHAPTER
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(8)
        row.addWidget(self._chapter)
        row.addWidget(self._page)
        row.addWidget(self._step)
        row.addSpacing(8)
        row.addWidget(self.scrubber, 1)
        row.addSpacing(8)
        row.addWidget(self._left)
        row.addWidget(self._percent)
        self._left.clicked.connect(self._next_right)

    def show_place(self, shown: ShownPlace) -> None:
        self._shown = shown
        if self.isVisible():  # hidden while pages are turned; filled when it comes back
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        self._fill()

    def show_step(self, words: str) -> None:
        """Show which search result is looked at, “3 of 27”; "" for none."""
        self._step.setText(words)
        self._step.setVisible(bool(words))

    def make_room(self, width: int) -> None:
        """Keep `width` px at the leading edge free for the back pill; 0 if it is hidden."""
        layout = self.layout()
        if layout is not None:
            sides = [width + 24 if width else 24, 24]
            left, right = reversed(sides) if self.isRightToLeft() else sides
            layout.setContentsMargins(left, 0, right, 0)
        self._chapter.setVisible(not width)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()
        self._fill()

    def _fit(self) -> None:
        self._page.setVisible(not self._chapter.isHidden() and self.width() >= NARROW)

    def _fill(self) -> None:
        shown = self._shown
        if shown is None:
            return
        self.scrubber.show_fraction(shown.fraction, f"{shown.chapter_title}, {shown.percent}")
        if shown.chapter_title != self._chapter_filled:
            self._chapter_filled = shown.chapter_title
            self._let_go()
        width = self._chapter.fontMetrics().horizontalAdvance(shown.chapter_title) + 2
        self._chapter.set_text(shown.chapter_title)
        self._chapter.setFixedWidth(min(width, max(80, self.width() // 5)))
        self._page.setText(_beside_the_title(shown))
        self._left.setText(self._right_text(shown))
        self._left.setVisible(self.width() >= 640)
        self._percent.setText(shown.percent)
        for words in (self._page, self._left):
            words.setMinimumWidth(max(words.minimumWidth(), words.sizeHint().width()))

    def _let_go(self) -> None:
        """Reset the minimum widths. Within a chapter they only grow, so the scrubber stays."""
        for words in (self._page, self._left):
            words.setMinimumWidth(0)

    def _right_text(self, shown: ShownPlace) -> str:
        if self._right is _Right.CHAPTER:
            return tr("{time} left in chapter", time=minutes_text(shown.minutes_in_chapter))
        if self._right is _Right.BOOK:
            return tr("{time} left in book", time=minutes_text(shown.minutes_in_book))
        if self._right is _Right.PAGES and shown.paged:
            left = shown.pages - shown.page
            if not left:
                return tr("Last page of chapter")
            return counted("%Ln pages left in chapter", "", left, one="%Ln page left in chapter")
        return self.locale().toString(QTime.currentTime(), self.locale().FormatType.ShortFormat)

    def _next_right(self) -> None:
        self._right = _Right((self._right.value + 1) % len(_Right))
        self._let_go()
        self._fill()


def _beside_the_title(shown: ShownPlace) -> str:
    of = tr("of {n}", n=shown.chapters) if shown.chapters else ""
    page = ""
    if shown.paged:
        page = tr("· page {page} of {pages}", page=shown.page, pages=shown.pages)
    return " ".join(filter(None, (of, page)))
