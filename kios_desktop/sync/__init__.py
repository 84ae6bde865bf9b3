"""The sync engine: a pure machine and a thin driver."""
