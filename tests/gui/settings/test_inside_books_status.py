"""What Settings says of the books that are read for search, and what its button asks for."""

import pytest
from PySide6.QtWidgets import QLabel

from kios_desktop.domain.errors import Corrupt, Full, KiosError, NoFullText
from kios_desktop.domain.inside_books import IndexProgress, IndexStage
from kios_desktop.ui.settings.inside_books_status import (
    InsideBooksStatus,
    notes_text,
    progress_text,
)
from kios_desktop.ui.widgets.progress_bar import ProgressBar

pytestmark = pytest.mark.gui

BUILDING = IndexProgress(IndexStage.BUILDING, 312, 1004, 0, 84_000_000)


@pytest.fixture
def status(qapp: object) -> InsideBooksStatus:
    return InsideBooksStatus()


def stopped_by(problem: KiosError) -> IndexProgress:
    return IndexProgress(IndexStage.PAUSED, 312, 1004, 0, 84_000_000, problem)


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (IndexProgress(), ""),
        (BUILDING, "Reading 312 of 1004 books · 84.0 MB"),
        (IndexProgress(IndexStage.PAUSED, 1, 2, 0, 999), "Paused at 1 of 2 books · 999 B"),
        (IndexProgress(IndexStage.COMPLETE, 2, 2, 1, 5000), "All 2 books are read · 5 KB"),
        (IndexProgress(IndexStage.COMPLETE, 1, 1, 0, 5000), "The one book is read · 5 KB"),
    ],
)
def test_how_far_it_is(qapp: object, progress: IndexProgress, text: str) -> None:
    assert progress_text(progress) == text


def test_books_that_could_not_be_read_are_counted(qapp: object) -> None:
    progress = IndexProgress(IndexStage.COMPLETE, 9, 9, 3)
    assert notes_text(progress) == "3 books couldn’t be read, so search does not look inside them."
    assert notes_text(BUILDING) == ""


def test_the_button_pauses_and_goes_on(status: InsideBooksStatus) -> None:
    asked: list[bool] = []
    status.pause_requested.connect(asked.append)
    status.show_progress(BUILDING)
    assert status.button.text() == "Pause"
    status.button.click()
    status.show_progress(IndexProgress(IndexStage.PAUSED, 312, 1004))
    assert status.button.text() == "Continue"
    status.button.click()
    assert asked == [True, False]


@pytest.mark.parametrize("problem", [Full("full"), Corrupt("damaged")])
def test_after_a_problem_it_is_tried_again(status: InsideBooksStatus, problem: KiosError) -> None:
    retried: list[bool] = []
    status.retry_requested.connect(lambda: retried.append(True))
    status.show_progress(stopped_by(problem))
    assert not status.button.isHidden()
    assert notes_text(stopped_by(problem))
    status.button.click()
    assert retried == [True]


def test_where_it_can_never_work_nothing_is_offered(status: InsideBooksStatus) -> None:
    status.show_progress(stopped_by(NoFullText()))
    assert status.button.isHidden()
    assert all(bar.isHidden() for bar in status.findChildren(ProgressBar))
    said = [label.text() for label in status.findChildren(QLabel) if not label.isHidden()]
    assert len(said) == 1
    assert "FTS5" in said[0]


def test_switched_off_or_complete_there_is_no_button(status: InsideBooksStatus) -> None:
    status.show_progress(IndexProgress(IndexStage.COMPLETE, 2, 2))
    assert status.button.isHidden()
    status.show_progress(IndexProgress())
    assert status.isHidden()
