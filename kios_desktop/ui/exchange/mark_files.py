"""Export and import of one window: the two presenters, and what they show."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from kios_desktop.application.mark_export import MarkExport
from kios_desktop.application.mark_import import MarkImporter
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import MarkId
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_presenter import ExportPresenter, Gather
from kios_desktop.ui.exchange.import_presenter import ImportPresenter
from kios_desktop.ui.exchange.windows import ExchangeWindow, Toast
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks


class MarkFiles:
    """`of` is the book of a reader window, None for a page about all books.

    Progress is shown beside `opener`, a widget of the window.
    """

    def __init__(
        self,
        exporter: MarkExport,
        importer: MarkImporter,
        tasks: Tasks,
        overlays: OverlayHost,
        opener: QWidget,
        toast: Toast,
        of: BookId | None = None,
    ) -> None:
        view = ExchangeWindow(overlays, opener, toast)
        self._export = ExportPresenter(exporter, view, tasks)
        self.importing = ImportPresenter(importer, view, tasks, of)
        view.stop = self.importing.stop

    def end(self) -> None:
        """The window is closed."""
        self._export.end()
        self.importing.end()

    def export(self, gather: Gather, file_format: ExportFormat) -> None:
        self._export.export(gather, file_format)

    def copy(self, gather: Gather) -> None:
        self._export.copy(gather)


def these(ids: Sequence[MarkId]) -> Gather:
    """Highlights that are known already, as they are when they are read."""
    return lambda marks: marks.of(ids)


MakeMarkFiles = Callable[[OverlayHost, QWidget, Toast], MarkFiles]
"""Makes that of a window about all books."""
