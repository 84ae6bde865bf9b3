"""The families that are offered for pages are ones that Chromium sets text in."""

from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QListView

from kios_desktop.ui.kit.faces import OWN, READING, page_families
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.widgets.font_choice import FontChoice
from tests.books import BookDraft
from tests.gui.reader.engine import open_engine

pytestmark = pytest.mark.gui

# How wide a line is in a family, before two faces that differ: the same where the family is there
_WIDTHS = """((family) => {
  const pen = document.createElement("canvas").getContext("2d");
  return ["monospace", "serif"].map((after) => {
    pen.font = `72px "${family}", ${after}`;
    return pen.measureText("The fog came in, iiii WWWW").width;
  });
})(%r)"""


async def test_each_family_offered_is_one_that_the_page_finds(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await open_engine(profile, BookDraft().write(tmp_path / "book.epub"))
    try:
        offered = page_families()
        unknown = await engine.ask(_WIDTHS % "No such family")
        assert unknown[0] != unknown[1]
        for family in offered:
            first, second = await engine.ask(_WIDTHS % family)
            assert first == second, family
    finally:
        await engine.close()
    assert offered


def test_our_own_faces_are_not_offered(qapp: QApplication) -> None:
    assert not icon("books").isNull()  # the icons' face is loaded
    assert {OWN, "Phosphor"} <= set(QFontDatabase.families())
    assert not {OWN, "Phosphor"} & set(page_families())


def test_the_reading_face_is_the_first(qapp: QApplication) -> None:
    choice = FontChoice()
    assert [choice.itemData(row) for row in (0, 1)] == ["", READING]


def test_only_rows_in_sight_ask_for_their_fonts(qapp: QApplication) -> None:
    """Hundreds of fonts are installed on some computers."""
    choice = FontChoice()
    view = choice.view()
    assert isinstance(view, QListView)
    assert view.uniformItemSizes()


def test_a_family_that_is_gone_is_still_what_was_chosen(qapp: QApplication) -> None:
    choice = FontChoice()
    choice.set_value("Some Old Face")
    assert choice.value() == "Some Old Face"
    assert choice.currentText() == "Some Old Face (not installed)"
    choice.set_value("")
    assert choice.currentText() == "The book’s font"


def test_a_face_that_is_there_and_not_offered_is_not_called_missing(qapp: QApplication) -> None:
    """Older profiles may have chosen one."""
    cut = next((one for one in QFontDatabase.families() if one.endswith(" Condensed")), None)
    if cut is None or cut in page_families():
        pytest.skip("no single cut of a family is installed here")
    choice = FontChoice()
    choice.set_value(cut)
    assert choice.currentText() == cut
