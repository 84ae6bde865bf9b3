"""Checks a book file: walks through it in several layouts."""

from collections.abc import Sequence
from pathlib import Path

from kios_desktop.domain.errors import Encrypted, Missing, PublicationError
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.doubt import has_documents
from kios_desktop.ui.walk.layouts import WalkLayout
from kios_desktop.ui.walk.report import BookReport, LayoutReport
from kios_desktop.ui.walk.walked_book import WalkedBook
from kios_desktop.ui.walk.walked_page import EngineStopped
from kios_desktop.ui.walk.walker import walk


async def check(
    profile: BookProfile, path: Path, layouts: Sequence[WalkLayout], script: str
) -> BookReport:
    """The report of one book; `script` is that of the probe. Contrast is in the first layout."""
    try:
        book = WalkedBook(path)
    except PublicationError as e:
        is_refused = isinstance(e, Encrypted) and not has_documents(path)
        reason = _why_not_opened(path, e)
        return BookReport(path.name, reason=reason, is_refused=is_refused, path=str(path))
    found: list[LayoutReport] = []
    stopped = []
    with book:
        for layout in layouts:
            try:
                is_first = not found
                found.append(await walk(profile, book, layout, script, contrast=is_first))
            except EngineStopped:
                stopped.append(layout.name)
    return BookReport(path.name, tuple(found), tuple(stopped), book.defects, path=str(path))


def _why_not_opened(path: Path, error: PublicationError) -> str:
    if path.is_dir():
        return tr("This is a folder. Name the books in it.")
    if isinstance(error, Missing) and not path.exists():
        return tr("There is no such file.")
    return explain(error).text
