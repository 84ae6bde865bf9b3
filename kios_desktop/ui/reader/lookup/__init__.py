"""What selected words mean: dictionaries, an encyclopedia and a translation, in a popover."""
