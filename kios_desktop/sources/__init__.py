"""Servers the reader added, as the rest of Kios sees them."""
