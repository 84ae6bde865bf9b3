"""The reader: one window per open book."""
