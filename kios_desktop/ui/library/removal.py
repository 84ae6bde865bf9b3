"""The question before a book is removed from the library."""

from PySide6.QtWidgets import QWidget

from kios_desktop.domain.library import Book
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr


def removal_dialog(book: Book, parent: QWidget | None, distinction: str = "") -> AskDialog:
    """The question for a book; `accepted` means yes. Removal keeps the reading position.

    `distinction` distinguishes the book from another one with the same title.
    """
    return removal_question(f"{book.title} ({distinction})" if distinction else book.title, parent)


def removal_question(title: str, parent: QWidget | None) -> AskDialog:
    """The question where only the title is known."""
    return AskDialog(
        tr("Remove {title}?", title=isolated(title)),
        tr(
            "The file is removed from the library of Kios on this computer. "
            "Your place stays in Kios, so you can add the book again."
        ),
        tr("Remove"),
        parent,
        dangerous=True,
    )
