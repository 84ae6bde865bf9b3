"""Settings: pages whose rows act at once, and the one form that holds credentials."""
