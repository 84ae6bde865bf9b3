"""Modules that are imported while Kios runs already, and when.

What the first paint needs is imported while the storage thread, a book's file or Chromium are
waited for. The rest takes half a second and follows the first paint, while the window must respond:
modules without widgets in a thread, those with widgets in the GUI thread, one in each turn of its
event loop. Two threads that make the same Qt enumeration at once crash the process.
"""

import asyncio
from importlib import import_module
from typing import Final

from PySide6.QtWidgets import QAbstractScrollArea

from kios_desktop.startup.garbage_collection import settle_garbage

# one by one: after each, `settle_garbage` exempts it, so that a collection in between is short
IN_A_THREAD: Final = (
    "sqlalchemy",
    "sqlalchemy.dialects.sqlite",
    "kios_desktop.storage.book_changes",
    "kios_desktop.storage.position_changes",
    "httpx",
    "kios_desktop.epub.places",
    "kios_desktop.ui.reader.book_map",
    "kios_desktop.protocols.http",
    "kios_desktop.protocols.opds",
    "kios_desktop.application.connections",
    "kios_desktop.application.sync_accounts",
    "kios_desktop.application.account_desk",
    "kios_desktop.library.importer",
    "kios_desktop.library.downloads",
    "kios_desktop.application.inside_books",
    "kios_desktop.application.library_search",
    "kios_desktop.ui.statistics.summary",
    "kios_desktop.exchange.session_writers",
    "anyio._backends._asyncio",  # httpx imports it at the first request, in the GUI thread
)
# a module follows those that it imports, so that no turn takes longer than a frame or two
OPENS_A_BOOK: Final = (
    "kios_desktop.domain.publication",
    "kios_desktop.epub.container",
    "lxml.etree",
    "kios_desktop.epub.xml",
    "kios_desktop.epub.cover_picture",
    "kios_desktop.epub.package",
    "kios_desktop.library.importer",
    "kios_desktop.domain.reading_sessions",
    "kios_desktop.domain.statistics",
    "kios_desktop.ui.reader.reading_sessions",
    "kios_desktop.ui.reader.links",
    "kios_desktop.ui.reader.presenter",
    "kios_desktop.ui.reader.actions",
    "kios_desktop.ui.reader.bars",
    "kios_desktop.ui.reader.engine.book_view",
    "kios_desktop.ui.widgets.combo",
    "kios_desktop.ui.reader.display",
    "kios_desktop.ui.reader.appearance",
    "kios_desktop.ui.reader.viewer.overlay",
    "kios_desktop.ui.reader.viewer.viewer",
    "kios_desktop.ui.reader.window",
)
ON_GUI_THREAD: Final = (
    "kios_desktop.ui.reader.engine.page",
    *OPENS_A_BOOK,
    "kios_desktop.ui.reader.panel_frame",
    "kios_desktop.ui.reader.contents_tab",
    "kios_desktop.ui.reader.search_tab",
    "kios_desktop.ui.library.covers",
    "kios_desktop.ui.library.grid",
    "kios_desktop.ui.library.header",
    "kios_desktop.ui.library.view",
    "kios_desktop.ui.library.inside_view",
    "kios_desktop.ui.shell.main_window",
    "kios_desktop.ui.settings.library_sync.form_rules",
    "kios_desktop.ui.settings.library_sync.source_dialog",
    "kios_desktop.ui.settings.progress_sync_page",
    "kios_desktop.ui.settings.appearance_page",
    "kios_desktop.ui.settings.data_page",
    "kios_desktop.ui.settings.accounts.page",
    "kios_desktop.ui.settings.accounts.presenter",
    "kios_desktop.ui.settings.accounts.view",
    "kios_desktop.ui.settings.window",
    "kios_desktop.ui.settings.controller",
    "kios_desktop.ui.shell.browse_controller",
    "kios_desktop.ui.catalog.presenter",
    "kios_desktop.ui.catalog.feed_sections",
    "kios_desktop.ui.catalog.view",
    "kios_desktop.ui.catalog.area",
    "kios_desktop.ui.shell.browsing",
    "kios_desktop.ui.book.page",
    "kios_desktop.ui.book.controller",
    "kios_desktop.ui.statistics.year_grid",
    "kios_desktop.ui.statistics.book_lines",
    "kios_desktop.ui.statistics.controller",
)


async def import_ahead() -> None:
    """Import what opens a book, in the turns of the loop in which its opening waits."""
    for name in OPENS_A_BOOK:
        import_module(name)
        await asyncio.sleep(0)
    make_widget_classes()


def make_widget_classes() -> None:
    """Let PySide make its classes for all kinds of widgets, which takes 20 ms.

    It does so when it first wraps a widget that Qt has made, such as the inner one of a web view.
    """
    QAbstractScrollArea().viewport()


async def import_deferred() -> None:
    """Afterwards accounts and catalogs can be made and shown without delay."""
    for name in IN_A_THREAD:
        await asyncio.to_thread(import_module, name)
        settle_garbage()
    make_widget_classes()
    for name in ON_GUI_THREAD:
        import_module(name)
        settle_garbage()
        await asyncio.sleep(0)
