"""The words for places that the disk did not take."""

import pytest

from kios_desktop.domain.errors import Full, Locked, ReadOnly, StorageError
from kios_desktop.ui.kit.error_texts import Action
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.shell.unsaved_texts import explain_unsaved


def test_the_fault_the_books_and_the_remedy_are_named() -> None:
    said = explain_unsaved(["Emma"], Full())
    assert said.text == (
        "No space is left on this disk. If Kios quits now, it forgets where you were in "
        f"‘{isolated('Emma')}’. Make room on it, then try again."
    )
    assert said.action is Action.TRY_AGAIN


def test_many_books_are_counted() -> None:
    text = explain_unsaved([f"Book {n}" for n in range(9)], Full()).text
    assert "Book 2" in text and "Book 3" not in text
    assert "and 6 more" in text


@pytest.mark.parametrize("error", [Full(), ReadOnly(), Locked(), StorageError("EIO"), None])
def test_whatever_the_disk_said_there_is_a_remedy(error: StorageError | None) -> None:
    assert "then try again" in explain_unsaved(["Emma"], error).text
