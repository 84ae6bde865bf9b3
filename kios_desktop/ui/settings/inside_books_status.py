"""How far the books have been read for “Also search inside books”, and a way to pause that."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.inside_books import IndexProgress, IndexStage
from kios_desktop.ui.kit.formats import file_size, number
from kios_desktop.ui.kit.index_error_texts import can_go_on, explain_index
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.progress_bar import ProgressBar

_BAR_WIDTH: Final = 260


class InsideBooksStatus(QWidget):
    """Hidden while the setting is off."""

    pause_requested = Signal(bool)  # pause, or go on
    retry_requested = Signal()  # after a problem

    def __init__(self) -> None:
        super().__init__()
        self._progress = IndexProgress()
        self._line = label("", "small", "muted", tabular=True, wrap=True)
        self._notes = label("", "small", "muted", wrap=True)
        self._bar = ProgressBar(tr("Reading your books"))
        self._bar.setMaximumWidth(_BAR_WIDTH)
        self.button = button("", "default")
        self.button.setAccessibleDescription(tr("Reading your books"))
        self.button.clicked.connect(self._pressed)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(1)
        words.addWidget(self._line)
        bar = QHBoxLayout()  # with a stretch, as its widest width would be that of all
        bar.addWidget(self._bar, 100)
        bar.addStretch(1)
        words.addLayout(bar)
        words.addWidget(self._notes)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 8)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        self.show_progress(self._progress)

    def show_progress(self, progress: IndexProgress) -> None:
        self._progress = progress
        self.setVisible(progress.stage is not IndexStage.OFF)
        problem = progress.problem
        hopeless = problem is not None and not can_go_on(problem)
        self._line.setText(progress_text(progress))
        self._line.setVisible(not hopeless)
        self._bar.setVisible(progress.is_incomplete and bool(progress.total) and not hopeless)
        self._bar.set_fraction(progress.read / progress.total if progress.total else 0.0)
        notes = notes_text(progress)
        self._notes.setText(notes)
        self._notes.setVisible(bool(notes))
        self.button.setText(
            tr("Pause") if progress.stage is IndexStage.BUILDING else tr("Continue")
        )
        self.button.setVisible((progress.is_incomplete or problem is not None) and not hopeless)

    def _pressed(self) -> None:
        if self._progress.problem is not None:
            self.retry_requested.emit()
        else:
            self.pause_requested.emit(self._progress.stage is IndexStage.BUILDING)


def progress_text(progress: IndexProgress) -> str:
    """“Reading 312 of 1,004 books · 84 MB”."""
    total, size = progress.total, file_size(progress.size_bytes)
    read = number(progress.read)
    match progress.stage:
        case IndexStage.OFF:
            return ""
        case IndexStage.COMPLETE:
            return counted(
                "All %Ln books are read · {size}",
                "",
                total,
                one="The one book is read · {size}",
                size=size,
            )
        case IndexStage.BUILDING:
            return counted(
                "Reading {n} of %Ln books · {size}",
                "",
                total,
                one="Reading {n} of %Ln book · {size}",
                n=read,
                size=size,
            )
        case IndexStage.PAUSED:
            return counted(
                "Paused at {n} of %Ln books · {size}",
                "",
                total,
                one="Paused at {n} of %Ln book · {size}",
                n=read,
                size=size,
            )


def notes_text(progress: IndexProgress) -> str:
    """What is wrong: a problem, and books that could not be read."""
    notes: list[str] = []
    if progress.problem is not None:
        notes.append(explain_index(progress.problem))
    if progress.unread:
        notes.append(
            counted(
                "%Ln books couldn’t be read, so search does not look inside them.",
                "",
                progress.unread,
                one="%Ln book couldn’t be read, so search does not look inside it.",
            )
        )
    return " ".join(notes)
