"""Downloads entries of catalogs into the library."""

from kios_desktop.library.downloads.queue import Downloads

__all__ = ["Downloads"]
