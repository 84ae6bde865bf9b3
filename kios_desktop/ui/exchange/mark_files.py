"""Export and import of one window: the two presenters, and what they show."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from kios_desktop.application.mark_export import MarkExport
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_query import MarkQuery
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_choice import ExportScope, Gather, LastExport
from kios_desktop.ui.exchange.export_presenter import ExportPresenter
from kios_desktop.ui.exchange.import_presenter import ImportPresenter
from kios_desktop.ui.exchange.windows import ExchangeWindow, Toast
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks


class MarkFiles:
    """`of` is the book of a reader window, None for a page about all books.

    Progress is shown beside `opener`, a widget of the window. `last` is shared by all windows.
    """

    def __init__(
        self,
        exporter: MarkExport,
        importer: MarkImporter,
        last: LastExport,
        tasks: Tasks,
        overlays: OverlayHost,
        opener: QWidget,
        toast: Toast,
        of: BookId | None = None,
    ) -> None:
        self._of = of
        view = ExchangeWindow(overlays, opener, toast)
        self._export = ExportPresenter(exporter, view, tasks, last)
        self.importing = ImportPresenter(importer, view, tasks, of)
        view.stop = self.importing.stop

    def end(self) -> None:
        """The window is closed."""
        self._export.end()
        self.importing.end()

    def export(self, scopes: Sequence[ExportScope], file_format: ExportFormat) -> None:
        """The first of the scopes is what is exported if nothing else is wanted."""
        self._export.export(scopes, file_format)

    def as_shown(self, marks: Sequence[Mark]) -> Gather:
        """Marks as a window has them: the disk may not have all those of an open book yet."""
        book_id = self._of
        if book_id is None:
            return these([mark.id for mark in marks])
        return lambda export: export.as_told(book_id, marks)

    def copy(self, gather: Gather) -> None:
        self._export.copy(gather)


def found(query: MarkQuery) -> Gather:
    """All highlights that a query finds."""
    return lambda marks: marks.found(query)


def these(ids: Sequence[MarkId]) -> Gather:
    """Highlights that are known already, as they are when they are read."""
    return lambda marks: marks.of(ids)


MakeMarkFiles = Callable[[OverlayHost, QWidget, Toast], MarkFiles]
"""Makes that of a window about all books."""
