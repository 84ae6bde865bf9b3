"""Kobo sync: what an e-reader of that make says to a library server at home."""
