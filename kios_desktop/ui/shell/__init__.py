"""The main window, its parts and its controllers."""
