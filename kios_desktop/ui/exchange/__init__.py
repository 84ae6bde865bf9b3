"""Marks as files, in windows: what is asked before one is written or read, and told after it."""
