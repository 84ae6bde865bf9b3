"""Keyboard focus in the catalog: where it goes when the focused widget disappears."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.feed_sections import FeedSections
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.navigation_cards import NavigationCards
from kios_desktop.ui.widgets.focus_ring import has_ring, show_ring

_REASON = Qt.FocusReason.OtherFocusReason


@contextlib.contextmanager
def preserve_focus(
    content: QWidget,
    around: Sequence[QWidget],
    move_focus: Callable[[], None],
    *,
    always: bool = False,
) -> Iterator[None]:
    """Keep the focus in the catalog while its widgets change.

    If the focused widget in `content` or in one of `around` disappears, `move_focus` is called. Qt
    would focus the next button, “Back”, and pressing Enter again would leave the catalog. Until
    then `content` has the focus. `always`: call `move_focus` even if the widget is still there,
    because the content was replaced. A focus elsewhere stays, and a focus ring is shown again.
    """
    focused, ring = QApplication.focusWidget(), ring_is_shown()
    inside = focused is not None and content.isAncestorOf(focused)
    if focused is None or not (inside or any(part.isAncestorOf(focused) for part in around)):
        yield
        return
    if inside and not always:
        yield
        if not _can_have_focus(focused):
            move_focus()
        restore_ring(ring)
        return
    content.setFocus(_REASON)
    yield
    if not inside and _can_have_focus(focused):
        focused.setFocus(_REASON)
    else:
        move_focus()
    restore_ring(ring)


def ring_is_shown() -> bool:
    """Whether the focused widget shows a focus ring."""
    focused = QApplication.focusWidget()
    return focused is not None and has_ring(focused)


def restore_ring(ring: bool) -> None:
    """Show a ring on the focused widget if `ring`: Qt takes a programmatic change for a mouse
    click."""
    focused = QApplication.focusWidget()
    if ring and focused is not None:
        show_ring(focused)


def _can_have_focus(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible() and widget.isEnabled()


def focus_list(sections: FeedSections, grid: EntryGrid, followed: ServerUrl | None) -> None:
    """Focus the current entry, else the link that was followed from here, else the first item."""
    cards = [] if sections.isHidden() or grid.currentIndex().isValid() else sections.cards
    known = [one for one in cards if followed is not None and one.choose(followed)]
    target: EntryGrid | NavigationCards = next(iter((*known, *cards)), grid)
    if (
        target is grid
        and not sections.isHidden()
        and not grid.currentIndex().isValid()
        and sections.grids
    ):
        target = sections.grids[0]
    target.ensure_current()
    target.setFocus(_REASON)


def focus_page(page: QWidget) -> None:
    """Focus the first button of a page."""
    (page.findChild(QPushButton) or page).setFocus(_REASON)
