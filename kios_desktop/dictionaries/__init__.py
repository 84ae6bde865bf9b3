"""Reads StarDict dictionaries: files become entries, and a word of a text finds its headwords."""
