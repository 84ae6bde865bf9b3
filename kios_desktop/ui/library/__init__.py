"""The library screen: the grid of books, Continue reading, search, import and removal."""
