"""The catalog screens: browsing the feeds of a source and downloading their entries."""
