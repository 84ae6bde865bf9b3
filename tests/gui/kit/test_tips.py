"""Tooltips of titles show their signs, whatever a book calls itself."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.library.model import BookModel
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.label import ElidedLabel
from tests.fakes_ui import sample_books

pytestmark = pytest.mark.gui

MARKUP = "<h1>Big</h1><img src='file:///etc/passwd'> & small"


@pytest.mark.parametrize("words", ["Emma", "a < b", "2 > 1 & 0", "<3", ""])
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert tip(words) == words


def test_markup_is_shown_as_it_was_written() -> None:
    shown = tip(MARKUP)
    assert "<h1" not in shown and "<img" not in shown
    assert "&lt;h1&gt;Big" in shown


async def test_a_title_in_a_label_and_on_a_button_is_no_markup(qapp: QApplication) -> None:
    label, back = ElidedLabel(MARKUP), IconButton("arrow-left", f"Back to {MARKUP}")
    label.resize(20, 20)
    for one in (label, back):
        assert "<img" not in one.toolTip(), one
        one.deleteLater()


async def test_a_title_in_the_library_is_no_markup(qapp: QApplication) -> None:
    model = BookModel()
    book = replace(sample_books()[0], title=MARKUP)
    model.set_ids([book.id])
    model.put([book])
    assert "<img" not in str(model.index(0).data(Qt.ItemDataRole.ToolTipRole))
