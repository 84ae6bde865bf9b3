"""Wire clients, one small library per protocol."""
