"""The page’s menu about selected text or a highlight."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from kios_desktop.domain.marks import Mark, MarkStyle
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.wire import Box
from kios_desktop.ui.reader.marks.colours import add_colours

if TYPE_CHECKING:
    from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter


def add_mark_actions(menu: QMenu, mark: Mark | None, box: Box, presenter: "MarksPresenter") -> None:
    """`mark` is the highlight that the menu is about, at a box of the page; None: the selection."""

    def act(do: Callable[[], object]) -> Callable[[], None]:
        def call() -> None:
            if mark is not None:  # not before: a menu that is left has chosen nothing
                presenter.choose(mark, box)
            do()

        return call

    current = None if mark is None else mark.colour
    add_colours(menu, current, lambda colour: act(lambda: presenter.colour(colour))())
    underline = menu.addAction(tr("Underline"))
    underline.setCheckable(True)
    underline.setChecked(mark is not None and mark.style is MarkStyle.UNDERLINE)
    underline.triggered.connect(act(lambda: presenter.underline(underline.isChecked())))
    menu.addSeparator()
    note = tr("Edit note…") if mark is not None and mark.note else tr("Add note…")
    menu.addAction(note).triggered.connect(act(presenter.note))
    if mark is not None:
        menu.addAction(tr("Change the range")).triggered.connect(act(presenter.edit_range))
    menu.addSeparator()
    menu.addAction(tr("Copy")).triggered.connect(act(presenter.copy))
    words = tr("Copy with reference")
    menu.addAction(words).triggered.connect(act(presenter.copy_with_reference))
    menu.addAction(tr("Look up")).triggered.connect(act(presenter.look_up))
    menu.addAction(tr("Search in book")).triggered.connect(act(presenter.search))
    if mark is not None:
        menu.addSeparator()
        menu.addAction(tr("Delete highlight")).triggered.connect(act(presenter.delete))
