"""The text of a page for screen readers."""

from PySide6.QtGui import QAccessible


def announce_screen_reader() -> None:
    """Make the web engine, which has just started, notice a screen reader that was there before.

    Qt WebEngine looks only for one that comes while it runs; without, pages have no text for it.
    Nobody else is told, and without a screen reader nothing is done: pages then stay as fast as
    they are.
    """
    if QAccessible.isActive():
        QAccessible.setActive(False)  # what does not change is not passed on
        QAccessible.setActive(True)
