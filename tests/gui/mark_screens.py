"""“Highlights and notes” with dummy data, each state one screen."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QSize, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from kios_desktop.application.mark_exchange import MarkImport
from kios_desktop.application.mark_export import MarkExport
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.application.publications import Publications
from kios_desktop.domain.library import BookId, ShelfCounts
from kios_desktop.domain.mark_differences import Difference
from kios_desktop.domain.marks import Mark, MarkColour, MarkId
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.book_choice import BookChoice
from kios_desktop.ui.exchange.export_choice import ExportHow, LastExport
from kios_desktop.ui.exchange.export_dialog import ExportDialog
from kios_desktop.ui.exchange.export_texts import every_highlight, listed
from kios_desktop.ui.exchange.export_texts import selected as selected_words
from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.exchange.keep_dialog import KeepDialog
from kios_desktop.ui.exchange.mark_files import MarkFiles
from kios_desktop.ui.exchange.windows import Toast
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.marks.controller import AllMarksController
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_marks import FakeHighlights, SampleBooks
from tests.fakes_ui import sample_books
from tests.marks import highlight

PASSAGES = (
    ("In spite of this amendment, however, she requested to have a note sent to Longbourn, "
     "desiring her mother to visit Jane, and form her own judgement of her situation.", "",
     MarkColour.YELLOW),
    ("Vanity and pride are different things, though the words are often used synonymously. A "
     "person may be proud without being vain.", "Mary sums up the whole book here.",
     MarkColour.BLUE),
    ("A lady’s imagination is very rapid; it jumps from admiration to love, from love to matrimony "
     "in a moment.", "", MarkColour.GREEN),
    ("Whatever I do is done in a hurry; and therefore if I should resolve to quit Netherfield, I "
     "should probably be off in five minutes.", "Compare with how he leaves in Chapter 21.",
     MarkColour.PINK),
    ("Think only of the past as its remembrance gives you pleasure.", "", MarkColour.PURPLE),
)  # fmt: skip

_running: list[Tasks] = []
_windows: list[QWidget] = []


async def close_all() -> None:
    """Stop what the screens started, and let go of their windows."""
    while _running:
        await _running.pop().aclose()
    while _windows:
        window = _windows.pop()
        window.hide()
        window.deleteLater()


def unexpected(error: Exception) -> None:
    raise error


def marks_of(count: int, first: int = 0) -> list[Mark]:
    now = datetime.now(UTC)
    made = []
    for n in range(first, first + count):
        text, note, colour = PASSAGES[n % len(PASSAGES)]
        at = now - timedelta(hours=19 * n)
        made.append(
            highlight(
                n * 90, n * 90 + 60, spine=n // 3, colour=colour, note=note, text=text, made_at=at
            )
        )
    return made


def library() -> dict[BookId, list[Mark]]:
    counts = (8, 21, 34, 5, 12, 7)
    return {
        book.id: marks_of(count, number)
        for number, (book, count) in enumerate(zip(sample_books()[:6], counts, strict=True))
    }


def window(size: QSize, marks: dict[BookId, list[Mark]]) -> tuple[MainWindow, AllMarksController]:
    """A main window that shows the page. Needs a running loop."""
    tasks = Tasks(unexpected)
    _running.append(tasks)
    folder = Path(tempfile.gettempdir())
    memory = WindowMemory(folder / "none" / "windows.json", lambda save: None)
    shown = MainWindow(Covers(folder, tasks, QColor("#888888")), folder, memory)
    _windows.append(shown)
    shown.resize(size)
    shown.set_onboarded(True)
    shown.show_counts(ShelfCounts(248, 6, 171, 71))
    records, books = FakeHighlights(marks), SampleBooks()

    def make_files(overlays: OverlayHost, opener: QWidget, toast: Toast) -> MarkFiles:
        importer = MarkImporter(
            books, Publications(books, folder), records, lambda: datetime.now(UTC), lambda _id: None
        )
        exporter = MarkExport(records, books)
        return MarkFiles(exporter, importer, LastExport(), tasks, overlays, opener, toast)

    page = shown.join_marks(records, books, tasks, lambda _id: None, make_files)
    shown.show_marks(page)
    return shown, page


def all_books(size: QSize) -> QWidget:
    return window(size, library())[0]


def one_book(size: QSize) -> QWidget:
    shown, made = window(size, library())
    made.page.books.chosen.emit(sample_books()[0].id)
    return shown


def selected(size: QSize) -> QWidget:
    shown, made = window(size, library())

    def select() -> None:
        cards, flags = made.page.cards, QItemSelectionModel.SelectionFlag
        cards.setFocus()
        for row in (1, 3):
            index = made.page.model.index(row)
            cards.selectionModel().setCurrentIndex(index, flags.Select)

    QTimer.singleShot(150, shown, select)
    return shown


def newest(size: QSize) -> QWidget:
    shown, made = window(size, library())
    made.page.order.menu().actions()[1].trigger()
    return shown


def none_found(size: QSize) -> QWidget:
    shown, made = window(size, library())
    made.page.search.setText("zzz")
    return shown


def which_book(_size: QSize) -> QWidget:
    told = MarksOfBook("Pride & Prejudice", (), authors=("Austen, Jane",))
    books = sample_books()
    return BookChoice(told, books[:1], books, 2, None)


def how_to_export(_size: QSize) -> QWidget:
    scopes = [listed(12), every_highlight(87), selected_words(3)]
    return ExportDialog(ExportFormat.MARKDOWN, scopes, ExportHow(), None)


def which_to_keep(size: QSize) -> QWidget:
    here = highlight(6, 90, text=PASSAGES[1][0], note="Mary sums up the whole book here.")
    theirs = replace(here, note="Who says this?", colour=MarkColour.GREEN)
    moved = replace(here, colour=MarkColour.BLUE, note="")
    result = MarkImport(
        imported=(here,),
        differing=tuple(Difference(one, theirs, MarkId("c")) for one in (here, moved)),
    )
    summary = ImportSummary(results=[(sample_books()[0], result)])
    shown = window(size, library())[0]
    return KeepDialog(summary, shown)


def empty(size: QSize) -> QWidget:
    return window(size, {})[0]


MARK_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "marks": all_books,
    "marks-empty": empty,
    "marks-newest": newest,
    "marks-none-found": none_found,
    "marks-one-book": one_book,
    "marks-selected": selected,
    "marks-which-book": which_book,
    "marks-export": how_to_export,
    "marks-keep": which_to_keep,
}
