"""The queue of downloads and its decisions."""
