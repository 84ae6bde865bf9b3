"""Small books that are walked through, for tests of the measure itself."""

from pathlib import Path

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.layouts import LAYOUTS
from kios_desktop.ui.walk.probe import probe_script
from kios_desktop.ui.walk.report import ChapterReport, LayoutReport
from kios_desktop.ui.walk.walked_book import WalkedBook
from kios_desktop.ui.walk.walker import walk
from tests.books import BookDraft
from tests.gui.reader.conftest import READER


async def walked(
    profile: BookProfile, path: Path, layout: str = "pages", *, fitted: bool = True
) -> LayoutReport:
    with WalkedBook(path) as book:
        script = probe_script(READER.parent)
        return await walk(profile, book, LAYOUTS[layout], script, fitted=fitted)


async def walked_body(
    profile: BookProfile, folder: Path, body: str, layout: str = "pages", *, css: str = ""
) -> ChapterReport:
    """One chapter with this body and style sheet, as the page lays it out without mending it."""
    draft = BookDraft(chapters=[body], css=css or "p {}")
    report = await walked(profile, draft.write(folder / "book.epub"), layout, fitted=False)
    return report.chapters[0]
