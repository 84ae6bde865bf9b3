"""What every window is made of: theme, icons, texts, dialogs, overlays, tasks."""
