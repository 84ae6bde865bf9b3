"""Makes the text of pages available to screen readers."""

from PySide6.QtGui import QAccessible


def announce_screen_reader() -> None:
    """Make a web engine that has just started notice a screen reader that runs already.

    Qt WebEngine only notices one that starts later; else pages have no text for it. Without a
    screen reader nothing is done, since accessibility makes pages slower.
    """
    if QAccessible.isActive():
        QAccessible.setActive(False)  # only a change is passed on to the engine
        QAccessible.setActive(True)
