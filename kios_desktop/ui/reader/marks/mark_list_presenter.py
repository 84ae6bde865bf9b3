"""Filters and sorts the marks of one book, for a list of them. No Qt."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder, in_order
from kios_desktop.domain.marks import Mark, MarkColour
from kios_desktop.ui.kit.translation import tr

MarkRow = Mark | str
"""A mark, or the heading of those below it."""


class MarkListView(Protocol):
    """What the presenter shows."""

    def show_rows(self, rows: Sequence[MarkRow], empty: str) -> None:
        """`empty` says why there are no rows."""

    def show_filter(self, wanted: MarkFilter, order: MarkOrder) -> None: ...


class MarkListPresenter:
    """`none_yet` is said of a book without any marks, `none_found` when the filter admits none."""

    def __init__(self, view: MarkListView, none_yet: str, none_found: str = "") -> None:
        self._view, self._none_yet, self._none_found = view, none_yet, none_found
        self._marks: Sequence[Mark] = ()
        self._wanted, self._order = MarkFilter(), MarkOrder.PLACE

    @property
    def every(self) -> Sequence[Mark]:
        """All marks, also those that the filter leaves out."""
        return self._marks

    def show(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._fill()

    def toggle_colour(self, colour: MarkColour) -> None:
        self._filter(self._wanted.with_colour_toggled(colour))

    def set_noted(self, noted: bool) -> None:
        """Whether only those with notes are shown."""
        self._filter(replace(self._wanted, noted=noted))

    def search(self, words: str) -> None:
        self._filter(replace(self._wanted, words=words))

    def order_by(self, order: MarkOrder) -> None:
        self._order = order
        self._fill()

    def _filter(self, wanted: MarkFilter) -> None:
        self._wanted = wanted
        self._fill()

    def _fill(self) -> None:
        shown = in_order(self._wanted.admitted(self._marks), self._order)
        rows: list[MarkRow] = [mark for mark in shown if mark.passage is not None]
        lost = [mark for mark in shown if mark.passage is None]
        if lost:
            rows += [tr("Not found in this file"), *lost]
        empty = "" if rows else self._none_found if self._marks else self._none_yet
        self._view.show_filter(self._wanted, self._order)
        self._view.show_rows(rows, empty)
