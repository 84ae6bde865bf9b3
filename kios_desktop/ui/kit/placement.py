"""Geometry of overlays, windows and lines of text."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt

MARGIN = 8  # px between an overlay and the edge of the window
STEP = 32  # px between cascaded windows
GAP = 6  # px between an anchor and its popover
_UPRIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
# computed once: combining flags is slow, and a grid paints hundreds of lines
_LINE_FLAGS = tuple(
    int(side | _UPRIGHT) | int(Qt.TextFlag.TextSingleLine)
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


def place(size: QSize, anchor: QRect, bounds: QRect, mirrored: bool = False) -> QRect:
    """A rectangle for `size` below `anchor`, inside `bounds` less `MARGIN`.

    It is above if there is more room, and cut if neither side has enough; its content then scrolls.
    The leading edges are aligned if the anchor is in the leading half of the
    window, else the trailing ones.
    """
    room = bounds.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    below = room.bottom() + 1 - (anchor.bottom() + 1 + GAP)
    above = anchor.top() - GAP - room.top()
    go_below = size.height() <= below or above <= below
    height = max(1, min(size.height(), below if go_below else above))
    width = min(size.width(), room.width())
    y = anchor.bottom() + 1 + GAP if go_below else anchor.top() - GAP - height
    leading_half = anchor.center().x() < bounds.center().x()
    x = anchor.left() if leading_half else anchor.right() + 1 - width
    if mirrored and anchor.width() > width:
        x = anchor.right() + 1 - width
    x = max(room.left(), min(x, room.right() + 1 - width))
    y = max(room.top(), min(y, room.bottom() + 1 - height))
    return QRect(x, y, width, height)


def above(size: QSize, anchor: QRect, bounds: QRect) -> QRect:
    """A rectangle for `size`, `MARGIN` above the middle of `anchor`, or below it for want of room.

    Inside `bounds` less `MARGIN`, also where the anchor reaches beyond them.
    """
    room = bounds.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    y = anchor.top() - MARGIN - size.height()
    if y < room.top():
        y = min(anchor.bottom() + 1 + MARGIN, room.bottom() + 1 - size.height())
    x = anchor.center().x() - size.width() // 2
    x = max(room.left(), min(x, room.right() + 1 - size.width()))
    return QRect(x, y, size.width(), size.height())


def cascaded(box: QRect, others: Sequence[QRect], room: QRect) -> QRect:
    """`box`, moved down and sideways until its corner is on no other box's corner.

    At the end of `room` it continues at the top; with too many boxes it stays where it was.
    """
    for corner in _steps(box, len(others), room):
        gaps = [(one.topLeft() - corner) for one in others]
        if all(max(abs(gap.x()), abs(gap.y())) >= STEP // 2 for gap in gaps):
            return QRect(corner, box.size())
    return box


def _steps(box: QRect, most: int, room: QRect) -> Iterator[QPoint]:
    """Corners to try, one step apart, on more diagonals than there are windows."""
    corner = box.topLeft()
    for diagonal in range(most + 2):
        yield corner
        down = corner + QPoint(STEP, STEP)
        while room.contains(QRect(down, box.size())):
            yield down
            down += QPoint(STEP, STEP)
        corner = room.topLeft() + QPoint(diagonal * STEP, 0)


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
    """`box`, mirrored in `room` for right-to-left layouts."""
    if not mirrored:
        return box
    x = room.x() + room.right() + 1 - box.x() - box.width()
    return QRect(x, box.y(), box.width(), box.height())


def line_flags(mirrored: bool) -> int:
    """Flags of `drawText` for one line, leading-aligned and vertically centred."""
    return _LINE_FLAGS[mirrored]
