"""The field in which a note is written: what is only read stays as it is."""

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.marks.note_editor import NoteEditor

pytestmark = pytest.mark.gui


def saved_by(note: str, typed: str = "") -> list[str]:
    """What is saved when the popover is closed."""
    editor, saved = NoteEditor(note), list[str]()
    editor.saved.connect(saved.append)
    editor.field.insertPlainText(typed)
    editor.closed()
    editor.closed()
    return saved


@pytest.mark.parametrize("note", ["", "short", " in spaces ", "two\r\nlines", "long " * 20_000])
def test_a_note_that_was_only_read_is_not_saved(note: str, qapp: QApplication) -> None:
    assert saved_by(note) == []


def test_what_is_added_to_a_long_note_cuts_nothing_of_it(qapp: QApplication) -> None:
    long = "long " * 20_000
    assert saved_by(long, "and more") == [long + "and more"]
    assert saved_by("", " new ") == ["new"]
