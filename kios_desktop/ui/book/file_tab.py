"""The File tab: the file of a book, and the hashes by which servers know it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from kios_desktop.domain.library import Book
from kios_desktop.domain.text import clean_line
from kios_desktop.ui.book.ports import BookShown
from kios_desktop.ui.kit.formats import file_size
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.defect_texts import defect_text
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.layouts import clear

_ROW = 28  # px, the height of the buttons in some rows


class FileTab(QWidget):
    """`folder` is the folder of the library."""

    folder_requested = Signal(object)  # Book

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._book: Book | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 16, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_book(self, shown: BookShown) -> None:
        book = shown.book
        if book == self._book:
            return
        self._book = book
        clear(self._grid)
        folder = button(tr("Show in folder"), "link", height="controlSmall")
        folder.setProperty("flush", True)
        folder.clicked.connect(lambda: self.folder_requested.emit(book))
        self._add(tr("File"), str(self._folder / book.file), folder)
        self._add(tr("Added as"), clean_line(book.original_name))
        self._add(tr("Size"), file_size(book.size_bytes))
        self._add(tr("Source"), ", ".join(one.source_name for one in shown.came_from))
        self._add(tr("Identifier"), book.identifier)
        self._add(tr("KOReader hash"), book.hashes.partial_md5, copied=True)
        self._add(tr("SHA-256"), book.hashes.sha256, copied=True)
        self._add(tr("Defects"), "\n".join(map(defect_text, book.defects)))
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _add(
        self, name: str, value: str, extra: QWidget | None = None, *, copied: bool = False
    ) -> None:
        if not value:
            return
        number = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        caption = label(name, "body", "muted")
        caption.setMinimumHeight(_ROW)
        self._grid.addWidget(caption, number, 0, top)
        words = label(value.replace("/", "/\u200b"), wrap=True)
        words.setAccessibleName(f"{name}, {value}")
        words.setMinimumHeight(_ROW)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(words, 1 if extra is None and not copied else 0)
        if copied:
            copy = IconButton("copy", tr("Copy {name}", name=name), px=14, side=28)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
            row.addWidget(copy, 0, top)
        if extra is not None:
            row.addWidget(extra, 0, top)
        row.addStretch(1)
        self._grid.addWidget(holder, number, 1)
