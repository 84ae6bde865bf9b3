"""EPUB files and places in them: no Qt, no network."""
