"""The catalog of a source: feeds, entries and their covers, browsed page by page."""
