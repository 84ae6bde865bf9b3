"""Pictures are dimmed on dark pages, whatever they are made of, and text is not."""

from pathlib import Path

import pytest

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import PageStyle, Relocated
from kios_desktop.ui.reader.page_style import new_page_style
from tests.books import PIXEL_PNG, BookDraft
from tests.gui.reader.engine import open_engine

pytestmark = pytest.mark.gui

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PAGE = """<p id='text'>Words.</p><p><img id='png' src='p.png' alt=''/></p>
<p><img id='vector' src='v.svg' alt=''/></p><p><video id='film' width='40' height='40'></video></p>
<p><svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40'
 height='40'><image id='inside' width='40' height='40' xlink:href='p.png'/><text id='label' y='9'>A
 label</text></svg></p>"""
_FILTERS = """["png", "vector", "film", "inside", "text", "label"].map((id) => {
  const element = kios.current.doc.getElementById(id);
  return kios.current.window.getComputedStyle(element).filter;
})"""


def style(choice: PageTheme, dim: bool) -> PageStyle:
    colors = theme.current().page(choice)
    names = ("bg", "text", "muted", "link", "selection")
    named = {name: getattr(colors, name) for name in names}
    return new_page_style(ReadingSettings(), named, choice, dim)


@pytest.mark.parametrize(
    ("choice", "dim", "dimmed"),
    [
        (PageTheme.DARK, True, True),
        (PageTheme.GREY, True, True),
        (PageTheme.DARK, False, False),
        (PageTheme.SEPIA, True, False),
    ],
)
async def test_every_kind_of_picture_is_dimmed_on_a_dark_page(
    profile: BookProfile, tmp_path: Path, choice: PageTheme, dim: bool, dimmed: bool
) -> None:
    draft = BookDraft(chapters=(PAGE,), files={"OEBPS/p.png": PIXEL_PNG, "OEBPS/v.svg": SVG})
    engine = await open_engine(profile, draft.write(tmp_path / "book.epub"))
    try:
        seen = len(engine.messages)
        engine.page.bridge.apply_settings(style(choice, dim))
        await engine.wait(Relocated, seen)
        filters = await engine.ask(_FILTERS)
        assert filters[:4] == ["brightness(0.85)" if dimmed else "none"] * 4
        assert filters[4:] == ["none"] * 2
    finally:
        await engine.close()
