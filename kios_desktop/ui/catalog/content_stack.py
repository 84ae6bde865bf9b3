"""What fills the catalog screen: the list, the page of an entry, or a page instead of them."""

from PySide6.QtWidgets import QStackedWidget, QWidget


class ContentStack(QStackedWidget):
    """Holds permanent `pages` and at most one replacement page, which is deleted when it is
    left."""

    def __init__(self, *pages: QWidget) -> None:
        super().__init__()
        self.replacement: QWidget | None = None
        for page in pages:
            self.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Show one of the permanent pages."""
        self.setCurrentWidget(page)
        self._drop(self.replacement)
        self.replacement = None

    def show_replacement(self, page: QWidget) -> None:
        """Show a page instead of the permanent ones, for instance one that explains an error."""
        before, self.replacement = self.replacement, page
        self.addWidget(page)
        self.setCurrentWidget(page)
        self._drop(before)

    def _drop(self, page: QWidget | None) -> None:
        if page is not None:
            self.removeWidget(page)
            page.deleteLater()
