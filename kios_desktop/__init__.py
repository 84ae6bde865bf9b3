"""Kios Desktop: an EPUB reader that keeps your place in step with your own library server."""

__version__ = "0.1.0"
