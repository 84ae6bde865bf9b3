"""The banner that asks “Another device is in ‘Chapter 12’ — switch?”."""

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.preferences import Answer
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import moment, when
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.screen import Prompt
from kios_desktop.ui.sync.devices import device_icon, device_name
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label

STACK_BELOW = 700  # px; narrower banners stack the two cards


class _PlaceCard(QFrame):
    """The place of one device."""

    def __init__(self, heading: str, icon_name: str, strong: bool) -> None:
        super().__init__()
        self.setProperty("kind", "sunken")
        tone = "accent" if strong else "muted"
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(icon_name, "accent" if strong else "textMuted", 16))
        head.addWidget(label(heading, "control", tone))
        head.addStretch(1)
        self._place = ElidedLabel("", "bodyStrong")
        self._device = ElidedLabel("", "small", "muted")
        self._excerpt = label("", "body", wrap=True)
        face = QFont(theme.reading_serif())
        face.setPointSizeF(theme.font("bodyLarge").pointSizeF())
        self._excerpt.setFont(face)
        self._excerpt.setAlignment(Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self._place)
        box.addWidget(self._device)
        box.addSpacing(4)
        box.addWidget(self._excerpt, 1)

    def show_place(self, place: str, device: str) -> None:
        self._place.set_text(place)
        self._device.set_text(device)

    def show_excerpt(self, text: str) -> None:
        self._excerpt.setText(text)


class _Sentence(ElidedLabel):
    """The question. If it does not fit, the chapter title is shortened."""

    def __init__(self, sentence: str, chapter: str) -> None:
        self._sentence, self._chapter = sentence, chapter
        super().__init__(sentence, "section")

    def _elide(self) -> None:
        if not self._chapter:  # no chapter is known
            super()._elide()
            return
        before, chapter, after = self._sentence.partition(self._chapter)
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(before + after)
        if metrics.horizontalAdvance(chapter) <= room:
            super()._elide()
            return
        shown = metrics.elidedText(chapter, Qt.TextElideMode.ElideRight, max(0, room))
        self.setText(f"{before}{shown}{after}")
        self.setToolTip(tip(self._sentence))


class PromptBanner(QWidget):
    """Collapsed: the sentence and two answers. Expanded: both places with their text."""

    accepted = Signal()
    stayed = Signal()
    resized = Signal()
    always = Signal(object)  # Answer, for this book

    def __init__(self, prompt: Prompt, always: Answer | None) -> None:
        super().__init__()
        report = prompt.offer.report
        self.sentence = prompt.sentence
        self.setAccessibleName(prompt.sentence)
        device = device_name(report.device) if report.device else tr("Another device")
        now = datetime.now(UTC)
        time = when(report.at, now) if report.at else ""
        self._icon = IconLabel(device_icon(report.device), "accent", 18)
        self._sentence = _Sentence(prompt.sentence, prompt.there_title)
        second = " · ".join(part for part in (device, time, prompt.note) if part)
        self._second = ElidedLabel(second, "small", "muted")
        self.go_on = button(tr("Continue"), "primary")
        self.stay = button(tr("Stay here"))
        self.go_on.setAccessibleDescription(
            tr(
                "Continue: go to {place}, {percent}",
                place=prompt.there_title or prompt.there_percent,
                percent=prompt.there_percent,
            )
        )
        self.stay.setAccessibleDescription(
            tr(
                "Stay here: keep {place}, {percent}",
                place=prompt.here_title,
                percent=prompt.here_percent,
            )
        )
        self.caret = IconButton("caret-down", tr("Show both places"), px=16)
        self._details = QWidget()
        self._here = _PlaceCard(tr("You are here"), "desktop", strong=False)
        self._there = _PlaceCard(
            tr("Continue takes you here"), device_icon(report.device), strong=True
        )
        self._here.show_place(
            _place(prompt.here_title, prompt.here_percent), tr("This computer · now")
        )
        there = device
        if report.at:
            there = tr("{device} · {when}", device=device, when=moment(report.at, now))
        self._there.show_place(_place(prompt.there_title, prompt.there_percent), there)
        self._unknown = tr("The exact line isn’t known. Continue goes to about this place.")
        if prompt.there_title:
            self._unknown = tr(
                "The exact line isn’t known. Continue goes to the start of ‘{chapter}’.",
                chapter=prompt.there_title,
            )
        self._book_rule = Combo(
            (
                (Answer.ASK.value, tr("Ask every time")),
                (Answer.CONTINUE.value, tr("Always continue")),
                (Answer.STAY.value, tr("Always stay")),
            ),
            tr("For this book"),
        )
        self._book_rule.set_value((always or Answer.ASK).value)
        self._note = label(prompt.note if prompt.offer.suspicious else "", "small", "warning")
        self.first = self.stay if prompt.offer.suspicious else self.go_on
        self._build()
        self.go_on.clicked.connect(self.accepted)
        self.stay.clicked.connect(self.stayed)
        self.caret.clicked.connect(self._toggle)
        self._book_rule.chosen.connect(lambda key: self.always.emit(Answer(key)))
        if prompt.offer.suspicious:
            self.stay.setDefault(True)

    def show_excerpts(self, here: str, there: str) -> None:
        """Show the text at both places; "" for a place that was not found."""
        self._here.show_excerpt(tr("“{text}…”", text=here) if here else "")
        self._there.show_excerpt(tr("“{text}…”", text=there) if there else self._unknown)
        if not self._details.isHidden():
            self.resized.emit()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 8, 4)  # low enough for the page's upper margin
        head.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._sentence)
        words.addWidget(self._second)
        head.addWidget(self._icon)
        head.addLayout(words, 1)
        for control in (self.go_on, self.stay, self.caret):
            head.addWidget(control)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(12)
        self._cards.addWidget(self._here, 1)
        self._cards.addWidget(self._there, 1)
        foot = QHBoxLayout()
        foot.addWidget(label(tr("For this book"), "small", "muted"))
        foot.addWidget(self._book_rule)
        foot.addStretch(1)
        hint = label(
            tr("Turn the page to stay. You can still switch later from the sync menu."),
            "micro",
            "muted",
            wrap=True,
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(hint, 2)
        details = QVBoxLayout(self._details)
        details.setContentsMargins(16, 8, 16, 12)
        details.setSpacing(10)
        details.addWidget(self._note)
        self._note.setVisible(bool(self._note.text()))
        details.addLayout(self._cards)
        details.addLayout(foot)
        self._details.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self._details)

    def _toggle(self) -> None:
        show = self._details.isHidden()
        self._details.setVisible(show)
        self._second.setVisible(not show)
        self.caret.set_icon("caret-up" if show else "caret-down")
        self.caret.set_name(tr("Hide details") if show else tr("Show both places"))
        self._measure_again()
        self.resized.emit()

    def _measure_again(self) -> None:
        """Recompute heights, which do not include excerpts that came while hidden."""
        inner_first = (self._here, self._there, self._details, self)
        for layout in (widget.layout() for widget in inner_first):
            if layout is not None:
                layout.invalidate()
                layout.activate()

    def resizeEvent(self, event: object) -> None:
        narrow = self.width() < STACK_BELOW
        way = QBoxLayout.Direction
        self._cards.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize(400, 56)


def _place(title: str, percent: str) -> str:
    return tr("{chapter} · {percent}", chapter=title, percent=percent) if title else percent
