"""What was read when, a page of the main window."""
