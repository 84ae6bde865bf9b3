"""From an entry of a catalog to a book in the library: the queue, and what it decides."""

from kios_desktop.library.downloads.queue import Downloads

__all__ = ["Downloads"]
