"""The highlights and notes of all books, a page of the main window."""
