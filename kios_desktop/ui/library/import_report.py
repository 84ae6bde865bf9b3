"""The popover of an import: how far it is, then what became of every file."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.domain.library import Imported, ImportOutcome, ImportReport
from kios_desktop.ui.messages import explain
from kios_desktop.ui.widgets.badge import Badge
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label, line
from kios_desktop.ui.widgets.progress_bar import ProgressBar
from kios_desktop.ui.wording import counted, isolated, tr

_ROWS_SHOWN: Final = 200  # more are in the copied report
_LIST_HEIGHT: Final = 300


def reason(item: Imported) -> str:
    """Why a file was not added, or was not needed."""
    if item.outcome is ImportOutcome.ALREADY_HERE:
        title = isolated(item.same_as or item.title)
        return tr("Same file as ‘{title}’. Kept the one you have.", title=title)
    return explain(item.error).text if item.error is not None else ""


def report_text(report: ImportReport) -> str:
    """The report as plain text, one file a line."""
    lines = [", ".join(_summary(report))]
    for item in report.items:
        name = Path(item.path).name
        why = reason(item)
        lines.append(f"{name}: {why}" if why else f"{name}: {tr('added')}")
    return "\n".join(lines) + "\n"


def _summary(report: ImportReport) -> list[str]:
    words = {
        ImportOutcome.ADDED: ("{n} added", "{n} added"),
        ImportOutcome.ALREADY_HERE: ("{n} already here", "{n} already here"),
        ImportOutcome.FAILED: ("{n} not added", "{n} not added"),
    }
    return [counted(n, *words[o]) for o in ImportOutcome if (n := report.count(o))]


class ImportProgress(QWidget):
    """“Adding books… 12 of 40” with a bar and Stop."""

    def __init__(self, on_stop: Callable[[], None]) -> None:
        super().__init__()
        self._words = label(tr("Adding books…"), "section", tabular=True)
        self._bar = ProgressBar(tr("Adding books…"))
        stop = button(tr("Stop"), "default", height="controlSmall")
        stop.clicked.connect(on_stop)
        stop.clicked.connect(lambda: stop.setEnabled(False))
        head = QHBoxLayout()
        head.addWidget(self._words, 1)
        head.addWidget(stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._bar)

    def set_progress(self, done: int, total: int) -> None:
        self._words.setText(tr("Adding books… {n} of {all}", n=done, all=total))
        self._bar.set_fraction(done / total if total else None)


class ImportReportView(QWidget):
    """Badges, a row for every file that was not added, and what to do next."""

    def __init__(
        self,
        report: ImportReport,
        on_close: Callable[[], None],
        on_show: Callable[[], None],
        width: int,
    ) -> None:
        super().__init__()
        title = tr("Import stopped") if report.cancelled else tr("Import finished")
        close = IconButton("x", tr("Close"), px=16)
        close.clicked.connect(on_close)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.addWidget(label(title, "section"), 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        body = QVBoxLayout()
        body.setContentsMargins(16, 12, 16, 14)
        body.setSpacing(12)
        column.addLayout(body)
        body.addLayout(_badges(report))
        rest = [i for i in report.items if i.outcome is not ImportOutcome.ADDED]
        if rest:
            body.addWidget(_rows(rest[:_ROWS_SHOWN], width - 34))
        body.addLayout(self._buttons(report, on_show))

    def _buttons(self, report: ImportReport, on_show: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        added = report.count(ImportOutcome.ADDED)
        if added:
            show = button(counted(added, "Show the new book", "Show the {n} new books"))
            show.clicked.connect(on_show)
            row.addWidget(show)
        copy = button(tr("Copy report"), "quiet")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report_text(report)))
        row.addWidget(copy)
        row.addStretch(1)
        return row


def _badges(report: ImportReport) -> QHBoxLayout:
    look = {
        ImportOutcome.ADDED: ("{n} added", "success", "check"),
        ImportOutcome.ALREADY_HERE: ("{n} already here", "neutral", ""),
        ImportOutcome.FAILED: ("{n} not added", "danger", "warning"),
    }
    row = QHBoxLayout()
    row.setSpacing(8)
    for outcome, (words, tone, icon_name) in look.items():
        if n := report.count(outcome):
            row.addWidget(Badge(counted(n, words, words), tone, icon_name))
    row.addStretch(1)
    return row


def _rows(items: list[Imported], width: int) -> QScrollArea:
    inner = QWidget()
    inner.setObjectName("scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(10)
    # what failed is what the reader can do something about: it comes first
    for item in sorted(items, key=lambda i: i.outcome is not ImportOutcome.FAILED):
        failed = item.outcome is ImportOutcome.FAILED
        row = QHBoxLayout()
        row.setSpacing(12)
        mark = IconLabel(
            "warning-circle" if failed else "copy", "danger" if failed else "textMuted", 18
        )
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(Path(item.path).name, "bodyStrong"))
        words.addWidget(label(reason(item), "small", "muted", wrap=True))
        row.addLayout(words, 1)
        column.addLayout(row)
    column.addStretch(1)
    area = QScrollArea()
    area.setProperty("kind", "page")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    area.setFixedHeight(min(_LIST_HEIGHT, inner.heightForWidth(width)))
    return area
