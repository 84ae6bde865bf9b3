"""The settings window: pages of preferences that apply at once, and forms for servers."""
