"""Walks through a whole book as a reader does, and tells what could not be seen."""
