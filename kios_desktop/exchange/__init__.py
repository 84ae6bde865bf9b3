"""Marks as files: written for people and programs, and read from what other readers write."""
