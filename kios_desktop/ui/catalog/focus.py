"""Where the keyboard is in the catalog, and where it goes when what had the focus goes away."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.feed_head import FeedHead
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.navigation import NavigationCards

_REASON = Qt.FocusReason.OtherFocusReason


@contextlib.contextmanager
def passed_on(
    content: QWidget,
    around: Sequence[QWidget],
    take: Callable[[], None],
    *,
    always: bool = False,
) -> Iterator[None]:
    """What had the focus in `content` or `around` it and is gone leaves it to `take`.

    Qt would give it to the next button, which is “Back”: Enter twice left the catalog. `always`:
    also when it is still there, because the content is another one now. Nobody else loses it.
    """
    held = QApplication.focusWidget()
    if held is None or not any(part.isAncestorOf(held) for part in (content, *around)):
        yield
        return
    inside = content.isAncestorOf(held)
    yield
    if (always and inside) or not (isValid(held) and held.isVisible() and held.isEnabled()):
        take()


def focus_list(head: FeedHead, grid: EntryGrid, followed: ServerUrl | None) -> None:
    """The entry that is current, else the link that was followed from here, else the beginning."""
    cards = [] if head.isHidden() or grid.currentIndex().isValid() else head.cards
    known = [one for one in cards if followed is not None and one.choose(followed)]
    target: EntryGrid | NavigationCards = next(iter((*known, *cards)), grid)
    if target is grid and not head.isHidden() and not grid.currentIndex().isValid() and head.grids:
        target = head.grids[0]
    target.begin()
    target.setFocus(_REASON)


def focus_page(page: QWidget) -> None:
    """The first button of a page that says why there is nothing."""
    (page.findChild(QPushButton) or page).setFocus(_REASON)
