"""The card behind the last page: what the book took, its rating, and where to go from here."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import duration, isolated
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.finished.presenter import FinishedFacts
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label
from kios_desktop.ui.widgets.stars import Stars, rating_text

WIDTH: Final = 640  # px
NARROW: Final = 560  # px of the window, below which there is no cover
COVER: Final = 132  # px
_MARGIN: Final = 28


class FinishedCard(QWidget):
    """`cover` has the pixels of the screen; None leaves it out."""

    rated = Signal(object)  # half stars or None
    finish_chosen = Signal(bool)
    again_chosen = Signal()
    highlights_chosen = Signal()
    library_chosen = Signal()
    following_chosen = Signal()

    def __init__(self, facts: FinishedFacts, cover: QImage | None) -> None:
        super().__init__()
        self._facts = facts
        self.stars = Stars(facts.book.rating)
        self.stars.rated.connect(self._rate)
        self._given = label("", "small", "muted")
        self.finish = self._finish_button()
        self.again = button(tr("Read again"))
        self.again.clicked.connect(self.again_chosen)
        self.highlights = button(tr("Show highlights"), "link")
        if not facts.highlights:
            self.highlights.hide()
        self.highlights.clicked.connect(self.highlights_chosen)
        self.library = button(tr("Back to the library"), "link")
        self.library.clicked.connect(self.library_chosen)
        self.following: QPushButton | None = None
        self._lay_out(cover)
        self._show_rating(facts.book.rating)

    def _finish_button(self) -> QPushButton:
        finished = self._facts.is_finished
        words = tr("Keep as reading") if finished else tr("Mark as finished")
        made = button(words, "default" if finished else "primary")
        made.clicked.connect(lambda: self.finish_chosen.emit(not finished))
        return made

    def _lay_out(self, cover: QImage | None) -> None:
        words = QVBoxLayout()
        words.setSpacing(6)
        title = tr("You finished {title}", title=isolated(self._facts.book.title))
        if self._facts.is_finished:
            done = QHBoxLayout()
            done.setSpacing(6)
            done.addWidget(IconLabel("check-circle", "success", theme.icon_px("inline")))
            done.addWidget(label(tr("Finished"), "smallStrong", "success"))
            done.addStretch(1)
            words.addLayout(done)
        words.addWidget(label(title, "title", wrap=True))
        words.addWidget(label(_taken(self._facts), "body", "muted", wrap=True))
        words.addSpacing(12)
        words.addWidget(label(tr("Your rating"), "bodyStrong"))
        rating = QHBoxLayout()
        rating.setContentsMargins(-4, 0, 0, 0)  # the room for the focus ring
        rating.setSpacing(8)
        rating.addWidget(self.stars)
        rating.addWidget(self._given)
        rating.addStretch(1)
        words.addLayout(rating)
        words.addSpacing(12)
        words.addLayout(_row(self.finish, self.again))
        if (following := self._facts.following) is not None:
            words.addSpacing(4)
            words.addLayout(self._following_row(following.title))
        words.addSpacing(4)
        words.addLayout(_row(self.highlights, self.library))
        box = QHBoxLayout(self)
        box.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        box.setSpacing(_MARGIN)
        if cover is not None:
            picture = QLabel()
            picture.setPixmap(QPixmap.fromImage(cover))
            box.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(words, 1)

    def _following_row(self, title: str) -> QHBoxLayout:
        name = ElidedLabel(tr("Next: {title}", title=isolated(title)), "body")
        self.following = button(tr("Open"), icon_name="book-open")
        self.following.setAccessibleName(tr("Open {title}", title=isolated(title)))
        self.following.clicked.connect(self.following_chosen)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(name, 1)
        row.addWidget(self.following)
        return row

    def _rate(self, rating: int | None) -> None:
        self._show_rating(rating)
        self.rated.emit(rating)

    def show_rating(self, rating: int | None) -> None:
        """As it is on the disk."""
        self.stars.show_rating(rating)
        self._show_rating(rating)

    def _show_rating(self, rating: int | None) -> None:
        self._given.setText("" if rating is None else rating_text(rating))


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for one in buttons:
        row.addWidget(one)
    row.addStretch(1)
    return row


def _taken(facts: FinishedFacts) -> str:
    """“9 h 52 min over 23 days · 31 highlights”, as far as that is known."""
    parts = []
    if facts.read_s:
        days = counted("%Ln days", "", facts.days, one="one day")
        parts.append(tr("{time} over {days}", time=duration(facts.read_s), days=days))
    if facts.highlights:
        parts.append(counted("%Ln highlights", "", facts.highlights, one="1 highlight"))
    return " · ".join(parts) or ", ".join(facts.book.authors)
