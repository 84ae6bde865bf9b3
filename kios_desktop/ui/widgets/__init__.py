"""Small widgets of design.md 4, each composed of Qt's own."""
