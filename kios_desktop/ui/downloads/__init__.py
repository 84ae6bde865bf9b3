"""The downloads panel: what is fetched, what waits, and what came of it."""
