"""The downloads panel: running, waiting and finished downloads."""
