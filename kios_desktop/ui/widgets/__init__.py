"""Widgets that several screens share, each composed of Qt's own."""
