"""Dictionaries and look-ups on the web, in Settings → Data and privacy."""
