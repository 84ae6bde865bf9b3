"""The popover of an import: its progress, then a report of what became of the files."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.domain.defect import Defect
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Imported, ImportOutcome, ImportReport
from kios_desktop.ui.kit.error_texts import explain_import
from kios_desktop.ui.kit.formats import isolated, number
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.defect_texts import defect_text
from kios_desktop.ui.widgets.badge import Badge
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label, line
from kios_desktop.ui.widgets.progress_bar import ProgressBar

_ROWS_SHOWN: Final = 200  # all are in the copied report
_LIST_HEIGHT: Final = 300
_DEFECTS_SHOWN: Final = 3  # of one book; its page and the copied report have all


def reason(item: Imported) -> str:
    """Why a file was not added, or which defects an added one has; "" for neither."""
    if item.outcome is ImportOutcome.ALREADY_HERE:
        title = isolated(item.same_as or item.title)
        return tr("Same file as ‘{title}’. Kept the one you have.", title=title)
    if item.error is not None:
        return explain_import(item.error).text
    return _read_with(item.defects) if item.defects else ""


def _read_with(defects: Sequence[Defect]) -> str:
    return tr("Read with defects: {defects}", defects=" ".join(map(defect_text, defects)))


def report_text(report: ImportReport) -> str:
    """The report as plain text: a summary, then one line per file."""
    lines = [", ".join(_summary(report))]
    for item in report.items:
        why = reason(item)
        if item.outcome is ImportOutcome.ADDED:
            why = ". ".join(filter(None, (tr("added"), why)))
        lines.append(f"{item.name}: {why}")
    return "\n".join(lines) + "\n"


class ReportRow(Struct, frozen=True):
    """One entry of the report; `icon` and `tone` as in `IconLabel`."""

    name: str
    text: str
    icon: str
    tone: str


def report_rows(report: ImportReport) -> list[ReportRow]:
    """What the report lists: failures first, then books with defects, then duplicates.

    Books that were added without defects are left out.
    """
    of = {outcome: [i for i in report.items if i.outcome is outcome] for outcome in ImportOutcome}
    failed, here = of[ImportOutcome.FAILED], of[ImportOutcome.ALREADY_HERE]
    unread = [i for i in failed if not isinstance(i.error, StorageError)]
    return [
        *_not_stored([i for i in failed if isinstance(i.error, StorageError)]),
        *(_failed(i.name, reason(i)) for i in unread),
        *(_defective(i) for i in of[ImportOutcome.ADDED] if i.defects),
        *(ReportRow(i.name, reason(i), "copy", "textMuted") for i in here),
    ]


def _not_stored(items: Sequence[Imported]) -> list[ReportRow]:
    """One row per storage error, with the number of files it concerns."""
    found: dict[str, list[Imported]] = {}
    for item in items:
        found.setdefault(reason(item), []).append(item)
    return [
        _failed(
            files[0].name
            if len(files) == 1
            else counted("%Ln files", "", len(files), one="%Ln file"),
            f"{why} "
            + counted("%Ln files were not added.", "", len(files), one="%Ln file was not added."),
        )
        for why, files in found.items()
    ]


def _defective(item: Imported) -> ReportRow:
    text = _read_with(item.defects[:_DEFECTS_SHOWN])
    if (more := len(item.defects) - _DEFECTS_SHOWN) > 0:
        text += " " + counted("And %Ln more.", "", more, one="And %Ln more.")
    return ReportRow(item.name, text, "warning", "warning")


def _failed(name: str, text: str) -> ReportRow:
    return ReportRow(name, text, "warning-circle", "danger")


def _summary(report: ImportReport) -> list[str]:
    return [_count_text(o, n) for o in ImportOutcome if (n := report.count(o))]


def _count_text(outcome: ImportOutcome, n: int) -> str:
    match outcome:
        case ImportOutcome.ADDED:
            return counted("%Ln added", "", n, one="%Ln added")
        case ImportOutcome.ALREADY_HERE:
            return counted("%Ln already here", "", n, one="%Ln already here")
        case ImportOutcome.FAILED:
            return counted("%Ln not added", "", n, one="%Ln not added")


class ImportProgress(QWidget):
    """“Adding books… 12 of 40”, a progress bar, and Stop."""

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
        self._words.setText(tr("Adding books… {n} of {all}", n=number(done), all=number(total)))
        self._bar.set_fraction(done / total if total else None)


class ImportReportView(QWidget):
    """Counts as badges, the rows of the report, and buttons for what to do next."""

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
        if shown := report_rows(report):
            body.addWidget(_list(shown[:_ROWS_SHOWN], width - 34))
        body.addLayout(self._buttons(report, on_show))

    def _buttons(self, report: ImportReport, on_show: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        added = report.count(ImportOutcome.ADDED)
        if added:
            show = button(counted("Show the %Ln new books", "", added, one="Show the new book"))
            show.clicked.connect(on_show)
            row.addWidget(show)
        copy = button(tr("Copy report"), "quiet")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report_text(report)))
        row.addWidget(copy)
        row.addStretch(1)
        return row


def _badges(report: ImportReport) -> QHBoxLayout:
    look = {
        ImportOutcome.ADDED: ("success", "check"),
        ImportOutcome.ALREADY_HERE: ("neutral", ""),
        ImportOutcome.FAILED: ("danger", "warning"),
    }
    row = QHBoxLayout()
    row.setSpacing(8)
    for outcome, (tone, icon_name) in look.items():
        if n := report.count(outcome):
            row.addWidget(Badge(_count_text(outcome, n), tone, icon_name))
    row.addStretch(1)
    return row


def _list(shown: Sequence[ReportRow], width: int) -> QScrollArea:
    inner = QWidget()
    inner.setObjectName("scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(10)
    for one in shown:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(IconLabel(one.icon, one.tone, 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(one.name, "bodyStrong"))
        words.addWidget(label(one.text, "small", "muted", wrap=True))
        row.addLayout(words, 1)
        column.addLayout(row)
    column.addStretch(1)
    area = QScrollArea()
    dress_as_page(area, by_keys=True)
    area.setWidget(inner)
    area.setFixedHeight(min(_LIST_HEIGHT, inner.heightForWidth(width)))
    return area
