"""Export and import in a window: its dialogs, toasts, and the progress beside a button."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.library import Book
from kios_desktop.domain.mark_differences import Keep
from kios_desktop.domain.text import clean_line
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.book_choice import BookChoice
from kios_desktop.ui.exchange.export_choice import ExportAnswer, ExportHow
from kios_desktop.ui.exchange.export_dialog import ExportDialog
from kios_desktop.ui.exchange.file_dialogs import choose_file, choose_place
from kios_desktop.ui.exchange.import_presenter import BookAnswer
from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.exchange.keep_dialog import KeepDialog
from kios_desktop.ui.exchange.summary_dialog import SummaryDialog
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import isolated, number
from kios_desktop.ui.kit.overlay import Overlay, OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.progress_bar import ProgressBar

PATIENCE_MS: Final = 400  # before progress is shown: most files are read at once
_WIDTH: Final = 340  # px

Toast = Callable[[str, str, Callable[[], None] | None], object]


class MarkImportProgress(QWidget):
    """“Importing highlights… 120 of 4,000”, a bar, and Stop."""

    def __init__(self, on_stop: Callable[[], object]) -> None:
        super().__init__()
        words = tr("Importing highlights…")
        self._words = label(words, "section", tabular=True)
        self._bar = ProgressBar(words)
        self.stop = button(tr("Stop"), "default", height="controlSmall")
        self.stop.clicked.connect(lambda: self.stop.setEnabled(False))
        self.stop.clicked.connect(lambda: on_stop())
        head = QHBoxLayout()
        head.addWidget(self._words, 1)
        head.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._bar)

    def show_count(self, done: int, total: int) -> None:
        """`total` is 0 as long as it is not known."""
        self._bar.set_fraction(done / total if total else None)
        if total:
            words = tr("Importing… {n} of {all}", n=number(done), all=number(total))
            self._words.setText(words)


class ExchangeWindow(QObject):
    """Implements `ExportView` and `ImportView`. `opener` is what progress is shown beside."""

    def __init__(self, overlays: OverlayHost, opener: QWidget, toast: Toast) -> None:
        super().__init__(opener)
        self._overlays, self._opener, self._toast = overlays, opener, toast
        self.stop: Callable[[], object] = lambda: None
        self._count = (0, 0)
        self._progress: Overlay | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._open_progress)
        self._is_importing = False

    # -- ExportView and ImportView

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._toast(text, action, on_action)

    # -- ExportView

    def ask_how(
        self,
        file_format: ExportFormat,
        scopes: Sequence[str],
        last: ExportHow,
        answered: Callable[[ExportAnswer], None],
    ) -> None:
        dialog = ExportDialog(file_format, scopes, last, self._opener.window())
        dialog.answered.connect(answered)
        dialog.open()

    def ask_where(self, name: str, chosen: Callable[[Path], None]) -> None:
        choose_place(self._opener.window(), name, chosen)

    def copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def show_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    # -- ImportView

    def ask_file(self, chosen: Callable[[Path], None]) -> None:
        choose_file(self._opener.window(), chosen)

    def ask_book(
        self,
        told: MarksOfBook,
        likely: Sequence[Book],
        books: Sequence[Book],
        more: int,
        answered: Callable[[BookAnswer], None],
    ) -> None:
        dialog = BookChoice(told, likely, books, more, self._opener.window())
        dialog.chosen.connect(lambda book: answered(BookAnswer(book)))
        dialog.rest_skipped.connect(lambda: answered(BookAnswer(None, for_all=True)))
        dialog.rejected.connect(lambda: answered(BookAnswer(None)))
        dialog.open()

    def ask_this_book(
        self, told: MarksOfBook, book: Book, answered: Callable[[BookAnswer], None]
    ) -> None:
        title = clean_line(told.title)
        text = (
            tr(
                "The file is about “{other}”. Its highlights are looked for in “{title}” by their "
                "text.",
                other=isolated(title),
                title=isolated(book.title),
            )
            if title
            else tr("The file is about another book. Its highlights are looked for by their text.")
        )
        dialog = AskDialog(
            tr("Import the highlights into this book?"), text, tr("Import"), self._opener.window()
        )
        dialog.finished.connect(
            lambda code: answered(
                BookAnswer(book if code == QDialog.DialogCode.Accepted.value else None)
            )
        )
        dialog.open()

    def show_progress(self, done: int, total: int) -> None:
        self._count = done, total
        if not self._is_importing:
            self._is_importing = True
            self._patience.start()
        elif self._progress is not None:
            self._show_count(self._progress)

    def hide_progress(self) -> None:
        self._is_importing = False
        self._patience.stop()
        if self._progress is not None:
            self._overlays.close(self._progress.kind)

    def show_summary(self, summary: ImportSummary) -> None:
        if summary.is_plain:
            self._toast(summary.line, "", None)
        else:
            told = SummaryDialog(summary, self._opener.window())
            told.add_button(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole, "primary")
            told.open()

    def ask_differing(self, summary: ImportSummary, answered: Callable[[Keep], None]) -> None:
        dialog = KeepDialog(summary, self._opener.window())
        dialog.answered.connect(answered)
        dialog.open()

    # -- parts

    def _open_progress(self) -> None:
        content = MarkImportProgress(lambda: self.stop())
        self._progress = self._overlays.popover(
            content, self._opener, width=theme.scaled(_WIDTH), sticky=True
        )
        self._progress.closed.connect(self._progress_closed)
        self._show_count(self._progress)

    def _show_count(self, progress: Overlay) -> None:
        if isinstance(progress.content, MarkImportProgress):
            progress.content.show_count(*self._count)

    def _progress_closed(self) -> None:
        self._progress = None
