"""Books of which it is not certain which book of the server they are: a person says it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.application.account_values import UnknownBook
from kios_desktop.domain.accounts import BookCandidate
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.words_field import WordsField

_ROWS: Final = 6
_ROLE: Final = Qt.ItemDataRole.UserRole


class BooksDialog(Dialog):
    """One book after the other. `named` carries the book's id and the choice, None for “never”."""

    named = Signal(object, object)  # BookId, BookCandidate or None
    sought = Signal(str)

    def __init__(self, server: str, parent: QWidget | None) -> None:
        title = tr("Which book is it on {server}?", server=isolated(server))
        super().__init__(title, parent, theme.scaled(560))
        self._books: list[UnknownBook] = []
        self.body.addWidget(label(title, "title", wrap=True))
        self.which = Combo((), tr("Book of your library"))
        self.which.chosen.connect(lambda _key: self._show_candidates())
        self.body.addWidget(self.which)
        words = tr("Find it by words of its title, or paste the address of its page")
        self.field = line_edit(words, words, field=WordsField())
        self.field.returnPressed.connect(lambda: self.sought.emit(self.field.text()))
        self.body.addWidget(self.field)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Books of the server"))
        self.list.setProperty("kind", "choices")
        self.list.setFont(theme.font("body"))
        self.list.setFixedHeight(_ROWS * theme.control_height(measure="controlSmall") + 4)
        self.list.itemSelectionChanged.connect(self._selected)
        self.list.itemActivated.connect(lambda _item: self._choose())
        holder = QVBoxLayout()
        holder.setSpacing(4)
        holder.addWidget(self.list)
        self._empty = label("", "small", "muted", wrap=True)
        holder.addWidget(self._empty)
        self.body.addLayout(holder)
        self.never = self.add_left(tr("Never send this book"))
        self.never.clicked.connect(lambda: self._answer(None))
        role = QDialogButtonBox.ButtonRole
        self.add_button(tr("Close"), role.RejectRole)
        self.choose = self.add_button(
            tr("It is this one"), role.ActionRole, "primary", self._choose
        )
        self.choose.setDefault(True)

    def show_books(self, books: Sequence[UnknownBook]) -> None:
        """It closes itself when none is left."""
        if not books:
            self.accept()
            return
        now = self.which.value() if self._books else ""
        self._books = list(books)
        self.which.set_options([(str(one.link.book_id), _name(one)) for one in books])
        self.which.set_value(now)
        self._show_candidates()

    def show_found(self, found: Sequence[BookCandidate] | None) -> None:
        if found is None:
            self._fill((), tr("This server has no search: paste the address of the book’s page."))
        else:
            self._fill(found, tr("The server has nothing like it."))

    # -- parts

    def _book(self) -> UnknownBook | None:
        key = self.which.value()
        return next((one for one in self._books if str(one.link.book_id) == key), None)

    def _show_candidates(self) -> None:
        book = self._book()
        if book is not None:
            self._fill(book.link.choices, tr("The server has nothing like it. Find it yourself."))

    def _fill(self, found: Sequence[BookCandidate], otherwise: str) -> None:
        self.list.clear()
        for one in found:
            item = QListWidgetItem(_candidate(one))
            item.setData(_ROLE, one)
            self.list.addItem(item)
        self._empty.setText("" if found else otherwise)
        self._selected()

    def _selected(self) -> None:
        self.choose.setEnabled(bool(self.list.selectedItems()))

    def _choose(self) -> None:
        selected = self.list.selectedItems()
        if selected:
            self._answer(selected[0].data(_ROLE))

    def _answer(self, candidate: BookCandidate | None) -> None:
        book = self._book()
        if book is not None:
            self.named.emit(book.link.book_id, candidate)


def _name(book: UnknownBook) -> str:
    authors = ", ".join(book.authors)
    return f"{book.title} · {authors}" if authors else book.title


def _candidate(one: BookCandidate) -> str:
    authors = ", ".join(one.authors)
    return f"{one.title} · {authors}" if authors else one.title
