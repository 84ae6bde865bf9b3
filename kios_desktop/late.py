"""Modules that are read after the first paint, so that it comes soon.

Reading them takes half a second, and nobody at the window may feel it. Those that know no widgets
are read in a thread. The others are not: two threads that first meet the same enumeration of Qt's
end the process. They are read in the window's thread, a bite to each turn of its loop.
"""

import asyncio
from importlib import import_module
from typing import Final

from kios_desktop.ui.garbage import settle_garbage

IN_A_THREAD: Final = (
    "kios_desktop.accounts",
    "kios_desktop.library.importer",
    "kios_desktop.library.downloads",
    "anyio._backends._asyncio",  # httpx reads it at the first request, in the window's thread
)
# what one needs stands before it: then no bite takes longer than a frame or two
IN_BITES: Final = (
    "kios_desktop.ui.library.view",
    "kios_desktop.ui.main_window",
    "kios_desktop.ui.settings.window",
    "kios_desktop.settings",
    "kios_desktop.browse",
    "kios_desktop.ui.catalog.presenter",
    "kios_desktop.ui.catalog.feed_head",
    "kios_desktop.ui.catalog.view",
    "kios_desktop.ui.catalog.area",
    "kios_desktop.ui.browsing",
    "kios_desktop.ui.book.page",
    "kios_desktop.ui.book.desk",
)


async def read_late_modules() -> None:
    """Afterwards accounts and catalogs can be made and shown without delay."""
    for name in IN_A_THREAD:
        await asyncio.to_thread(import_module, name)
        settle_garbage()
    for name in IN_BITES:
        import_module(name)
        settle_garbage()
        await asyncio.sleep(0)
