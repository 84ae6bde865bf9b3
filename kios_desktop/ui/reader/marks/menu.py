"""The page’s menu about selected text or a highlight."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from kios_desktop.domain.marks import Mark, MarkColour, MarkStyle
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.marks.colours import NAMES, sample

if TYPE_CHECKING:
    from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter


def add_mark_actions(menu: QMenu, mark: Mark | None, presenter: "MarksPresenter") -> None:
    """`mark` is the highlight that the menu is about, None for the selection."""
    for colour in MarkColour:
        action = menu.addAction(sample(colour), tr(NAMES[colour]))
        action.setCheckable(True)
        action.setChecked(mark is not None and mark.colour is colour)
        action.triggered.connect(lambda _=False, colour=colour: presenter.colour(colour))
    underline = menu.addAction(tr("Underline"))
    underline.setCheckable(True)
    underline.setChecked(mark is not None and mark.style is MarkStyle.UNDERLINE)
    underline.triggered.connect(presenter.underline)
    menu.addSeparator()
    note = tr("Edit note…") if mark is not None and mark.note else tr("Add note…")
    menu.addAction(note).triggered.connect(presenter.note)
    if mark is not None:
        menu.addAction(tr("Change the range")).triggered.connect(presenter.edit_range)
    menu.addSeparator()
    menu.addAction(tr("Copy")).triggered.connect(presenter.copy)
    menu.addAction(tr("Search in book")).triggered.connect(presenter.search)
    if mark is not None:
        menu.addSeparator()
        menu.addAction(tr("Delete highlight")).triggered.connect(presenter.delete)
