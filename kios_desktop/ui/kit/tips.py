"""Tooltips of texts that are not ours: titles, names of chapters and of servers."""

from PySide6.QtGui import Qt


def tip(text: str) -> str:
    """A text as a tooltip shows it: Qt would take one with tags for markup."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
