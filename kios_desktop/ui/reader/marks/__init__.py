"""Highlights, notes and bookmarks in a reader window."""
