"""The viewer of a book's pictures, drawings, tables and formulas, over the page."""
