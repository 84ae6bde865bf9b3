"""Kobo sync: the protocol between Kobo e-readers and library servers."""
