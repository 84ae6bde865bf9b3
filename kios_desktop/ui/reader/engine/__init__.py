"""The web engine: pages, the scheme that serves chapters, the bridge, keys."""
