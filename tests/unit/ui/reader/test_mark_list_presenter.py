"""What a list of the marks of a book shows, of what it is asked for."""

from collections.abc import Sequence

from msgspec.structs import replace

from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder
from kios_desktop.domain.marks import Mark, MarkColour
from kios_desktop.ui.reader.marks.mark_list_presenter import MarkListPresenter, MarkRow
from kios_desktop.ui.reader.marks.mark_texts import (
    bookmark_name,
    chapter_title,
    spoken_highlight,
)
from tests.marks import highlight


class View:
    def __init__(self) -> None:
        self.rows: list[MarkRow] = []
        self.empty = ""
        self.wanted, self.order = MarkFilter(), MarkOrder.PLACE

    def show_rows(self, rows: Sequence[MarkRow], empty: str) -> None:
        self.rows, self.empty = list(rows), empty

    def show_filter(self, wanted: MarkFilter, order: MarkOrder) -> None:
        self.wanted, self.order = wanted, order


def shown(*marks: Mark) -> tuple[View, MarkListPresenter]:
    view = View()
    presenter = MarkListPresenter(view, "none yet", "none found")
    presenter.show(marks)
    return view, presenter


def lost(mark: Mark) -> Mark:
    return replace(mark, anchor=replace(mark.anchor, passage=None))


def test_marks_whose_text_is_gone_stand_last_in_either_order() -> None:
    gone, here = lost(highlight(1, 2)), highlight(5, 6)
    view, presenter = shown(gone, here)
    assert view.rows == [here, "Not found in this file", gone]
    presenter.order_by(MarkOrder.NEWEST)
    assert view.rows == [here, "Not found in this file", gone]
    assert view.order is MarkOrder.NEWEST


def test_a_list_without_rows_says_why() -> None:
    view, presenter = shown()
    assert view.empty == "none yet"
    presenter.show([highlight(1, 2)])
    assert view.empty == ""
    presenter.toggle_colour(MarkColour.PINK)
    assert (view.rows, view.empty) == ([], "none found")
    assert view.wanted.colours == {MarkColour.PINK}


def test_the_filter_stays_when_marks_change() -> None:
    noted = highlight(1, 2, note="a")
    view, presenter = shown(noted)
    presenter.set_noted(True)
    other = highlight(3, 4)
    presenter.show([noted, other])
    assert view.rows == [noted]
    presenter.set_noted(False)
    presenter.search("some WORDS")
    assert view.rows == [noted, other]


def test_what_a_screen_reader_says_of_a_highlight() -> None:
    plain = highlight(1, 2, spine=8, text="x" * 120)
    assert spoken_highlight(plain, "Yellow") == f"Yellow highlight, Chapter 9: {'x' * 100}"
    noted = highlight(1, 2, note="Fog\nagain", text="In spite of this")
    assert spoken_highlight(noted, "Blue") == (
        "Blue highlight, Chapter 1: In spite of this, note: Fog again"
    )


def test_a_bookmark_without_a_name_has_the_words_after_it() -> None:
    mark = highlight(1, 1)
    assert bookmark_name(mark) == "after it"
    assert bookmark_name(replace(mark, note="Mine")) == "Mine"


def test_a_chapter_without_a_title_has_its_number() -> None:
    anchor = highlight(1, 1).anchor
    nameless = replace(anchor, chapter=replace(anchor.chapter, index=-3, title=""))
    assert chapter_title(nameless) == "Section 3"
    assert chapter_title(replace(nameless, href="")) == ""  # not known yet
