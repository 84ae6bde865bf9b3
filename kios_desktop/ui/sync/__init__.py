"""The state of sync: its texts, its line in the sidebar, its menu."""
