"""The library: what is shown of the books, and what can be done with them."""
