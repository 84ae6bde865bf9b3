"""The full-text index, a virtual table. Its rows are found by the ids of the books."""

from typing import Final

MAKE_FULL_TEXT: Final = (
    "CREATE VIRTUAL TABLE book_words USING fts5(title, authors, series, "
    "prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
)
