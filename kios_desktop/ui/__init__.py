"""Windows, views and presenters."""
