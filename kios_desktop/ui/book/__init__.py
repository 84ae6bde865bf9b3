"""The details page of one book: metadata, sync, timeline and file."""
