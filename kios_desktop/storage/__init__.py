"""SQLite and the password store, all on one storage thread."""
