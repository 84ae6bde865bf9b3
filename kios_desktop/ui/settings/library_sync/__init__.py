"""Settings → Library sync: the sources to browse and download from."""
