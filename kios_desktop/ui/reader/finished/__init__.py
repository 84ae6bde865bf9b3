"""The card that is shown behind the last page of a book."""
