"""Where an overlay goes, and what direction text has: pure geometry."""

from enum import Enum

from PySide6.QtCore import QRect, QSize, Qt

MARGIN = 8  # px kept free between an overlay and the edge of the window
GAP = 6  # px between an anchor and its popover
_UPRIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
# worked out once: flags are put together slowly, and a grid paints hundreds of lines
_LINE_FLAGS = tuple(
    int(side | _UPRIGHT) | int(Qt.TextFlag.TextSingleLine)
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


class Side(Enum):
    """On which side of its anchor a popover prefers to open."""

    BELOW = "below"
    ABOVE = "above"


def place(
    size: QSize, anchor: QRect, bounds: QRect, side: Side = Side.BELOW, mirrored: bool = False
) -> QRect:
    """A rectangle for `size` beside `anchor`, inside `bounds` less `MARGIN`.

    It flips to the other side when it does not fit and the other side has more room, and is cut
    (its content then scrolls) when neither side holds it. Its leading edge is aligned with the
    anchor's when the anchor is in the leading half of the window, else its trailing edge.
    """
    room = bounds.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    below = room.bottom() + 1 - (anchor.bottom() + 1 + GAP)
    above = anchor.top() - GAP - room.top()
    go_below = side is Side.BELOW
    wanted, other = (below, above) if go_below else (above, below)
    if size.height() > wanted and other > wanted:
        go_below, wanted = not go_below, other
    height = max(1, min(size.height(), wanted))
    width = min(size.width(), room.width())
    y = anchor.bottom() + 1 + GAP if go_below else anchor.top() - GAP - height
    leading_half = anchor.center().x() < bounds.center().x()
    x = anchor.left() if leading_half else anchor.right() + 1 - width
    if mirrored and anchor.width() > width:
        x = anchor.right() + 1 - width
    x = max(room.left(), min(x, room.right() + 1 - width))
    y = max(room.top(), min(y, room.bottom() + 1 - height))
    return QRect(x, y, width, height)


def clear_of(taken: QRect, box: QRect, bounds: QRect) -> QRect:
    """`box`, moved sideways off `taken` if that fits into `bounds`, else above it."""
    if not box.intersects(taken):
        return box
    room = bounds.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    moved = QRect(box)
    moved.moveLeft(taken.right() + 1 + MARGIN)
    if room.contains(moved):
        return moved
    moved.moveLeft(taken.left() - MARGIN - box.width())
    if not room.contains(moved):
        moved = QRect(box)
        moved.moveTop(taken.top() - MARGIN - box.height())
    return moved


def mirror(box: QRect, room: QRect, mirrored: bool) -> QRect:
    """`box` where the reading direction puts it in `room`."""
    if not mirrored:
        return box
    x = room.x() + room.right() + 1 - box.x() - box.width()
    return QRect(x, box.y(), box.width(), box.height())


def line_flags(mirrored: bool) -> int:
    """For `drawText`: one line from the leading edge, in the middle of its box."""
    return _LINE_FLAGS[mirrored]
