"""The bar of reading aloud, in the place of the footer: it covers no text."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.aloud.machine import SLEEP_MIN, Sleep
from kios_desktop.ui.reader.aloud.ports import AloudShown
from kios_desktop.ui.reader.aloud.texts import minutes_left, rate_text
from kios_desktop.ui.reader.bars import Bar
from kios_desktop.ui.widgets.buttons import IconButton, MenuButton, button
from kios_desktop.ui.widgets.label import ElidedLabel

RATES: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
T = TypeVar("T")

_SIDE, _GAP = 24, 8  # px
_NARROW: Final = 700  # px; below it words are short


class AloudBar(Bar):
    """Previous, play, next | speed, voice, sleep timer | back to what is read, close."""

    toggled = Signal()
    skipped = Signal(int)
    rate_chosen = Signal(float)
    voice_chosen = Signal(str)
    sleep_chosen = Signal(object)  # minutes, or a Sleep
    back = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Edge.TopEdge, parent)
        self.setFixedHeight(theme.size("readerFooter"))
        self.setAccessibleName(tr("Read aloud"))
        self.previous = IconButton("skip-back", tr("Previous sentence"))
        self.play = IconButton("pause", tr("Pause"), px=22, side=36)
        self.next = IconButton("skip-forward", tr("Next sentence"))
        self.speed, self.voice = MenuButton("", "quiet"), MenuButton("", "quiet", "speaker-high")
        self.sleep = MenuButton("", "quiet", "timer")
        self.back_button = button("", "link")
        self.back_button.setAccessibleName(tr("Back to what is read"))
        self.close_button = IconButton("x", tr("Stop reading aloud"))
        self._title = ElidedLabel("", "body", "muted")
        for one in (self.speed, self.voice, self.sleep, self.back_button):
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the page
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(_GAP)
        for part in (self.previous, self.play, self.next, self.speed, self.voice, self.sleep):
            row.addWidget(part)
        row.addWidget(self._title, 1)
        row.addWidget(self.back_button)
        row.addWidget(self.close_button)
        self.previous.clicked.connect(lambda: self.skipped.emit(-1))
        self.play.clicked.connect(self.toggled)
        self.next.clicked.connect(lambda: self.skipped.emit(1))
        self.back_button.clicked.connect(self.back)
        self.close_button.clicked.connect(self.closed)
        self._shown: AloudShown | None = None
        self._room = 0

    def make_room(self, width: int) -> None:
        """Keep `width` px at the leading edge free for the back pill; 0 if it is hidden."""
        self._room = width
        self._fit()

    def show_state(self, shown: AloudShown) -> None:
        before, self._shown = self._shown, shown
        self.play.set_icon("play" if shown.paused else "pause")
        self.play.set_name(tr("Go on reading aloud") if shown.paused else tr("Pause"))
        self.back_button.setVisible(shown.is_away)
        self._title.set_text(tr("Paused") if shown.paused else "")
        if before is None or before.rate != shown.rate:
            self._fill_speeds(shown.rate)
        if before is None or (before.voices, before.voice) != (shown.voices, shown.voice):
            self._fill_voices(shown.voices, shown.voice)
        if before is None or _timer(before) != _timer(shown):
            self._fill_timers(shown)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space on the bar itself, or on a part of it that does nothing with it."""
        if event.key() == Qt.Key.Key_Space:
            self.toggled.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, what is needed least gives way."""
        layout = self.layout()
        if layout is None:
            return
        narrow = self.width() - self._room < _NARROW
        side = _GAP if narrow else _SIDE
        sides = [self._room + _SIDE if self._room else side, side]
        left, right = reversed(sides) if self.isRightToLeft() else sides
        layout.setContentsMargins(left, 0, right, 0)
        self.back_button.setText(tr("Back") if narrow else tr("Back to what is read"))
        yielding = [self.voice, self.sleep, self.speed, self.previous]
        staying: list[QWidget] = [self.play, self.next, self.close_button]
        if not self.back_button.isHidden():
            staying.append(self.back_button)
        room = self.width() - left - right - sum(_needed(one) for one in staying)
        for number, one in enumerate(yielding):
            rest = sum(_needed(other) for other in yielding[number:])
            one.setVisible(rest <= room)
        self._title.setVisible(not narrow)

    # -- menus

    def _fill_speeds(self, rate: float) -> None:
        self.speed.setText(rate_text(rate))
        self.speed.setAccessibleName(tr("Speed: {rate}", rate=rate_text(rate)))
        self.speed.setToolTip(tr("Speed"))
        choices = [(rate_text(one), one) for one in RATES]
        _fill(self.speed, choices, rate, self.rate_chosen.emit)

    def _fill_voices(self, voices: Sequence[str], voice: str) -> None:
        known = voice if voice in voices else (voices[0] if voices else "")
        self.voice.setText(tr("Voice"))
        self.voice.setEnabled(bool(voices))
        words = tr("Voice: {name}", name=known) if known else tr("The book’s own recording")
        self.voice.setAccessibleName(words)
        self.voice.setToolTip(words)
        _fill(self.voice, [(one, one) for one in voices], known, self.voice_chosen.emit)

    def _fill_timers(self, shown: AloudShown) -> None:
        current: int | Sleep = Sleep.CHAPTER_END if shown.sleep_at_end else Sleep.OFF
        words = tr("Sleep timer: end of the chapter") if shown.sleep_at_end else tr("Sleep timer")
        short = tr("Chapter") if shown.sleep_at_end else tr("Timer")
        if shown.sleep_min:
            current = next(one for one in (*SLEEP_MIN, 10**6) if one >= shown.sleep_min)
            short = minutes_left(shown.sleep_min)
            words = tr("Sleep timer: {time}", time=short)
        self.sleep.setText(short)
        self.sleep.setAccessibleName(words)
        self.sleep.setToolTip(words)
        choices: list[tuple[str, int | Sleep]] = [(tr("Off"), Sleep.OFF)]
        choices += [(minutes_left(one), one) for one in SLEEP_MIN]
        choices.append((tr("End of the chapter"), Sleep.CHAPTER_END))
        _fill(self.sleep, choices, current, self.sleep_chosen.emit)


def _needed(part: QWidget) -> int:
    """Px in the row."""
    return max(part.sizeHint().width(), part.minimumWidth()) + _GAP


def _timer(shown: AloudShown) -> tuple[int, bool]:
    return shown.sleep_min, shown.sleep_at_end


def _fill(
    into: MenuButton, choices: Sequence[tuple[str, T]], current: T, choose: Callable[[T], object]
) -> None:
    """Give a button a menu of (text, value), of which the current one is checked."""
    menu = QMenu(into)
    group = QActionGroup(menu)
    for text, value in choices:
        action = group.addAction(menu.addAction(text))
        action.setCheckable(True)
        action.setChecked(value == current)
        action.triggered.connect(lambda _=False, value=value: choose(value))
    into.set_menu(menu)
