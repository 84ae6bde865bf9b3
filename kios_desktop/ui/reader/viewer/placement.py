"""Where what is viewed is, and how large: fitted into its room, zoomed and moved. No Qt."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

LEAST, MOST = 0.05, 16.0  # scales, beside the one that fits
STEP: Final = 1.25  # of a key, a button and a notch of the wheel
_FIT_LIMITS: Final = {"picture": 2.0, "drawing": MOST, "table": 1.5, "formula": 3.0}
_LEGIBLE: Final = 0.8  # of the size of a table's text

Point = tuple[float, float]


class Room(Struct, frozen=True):
    """The part of the page, px, in which all is seen."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2


class Placement(Struct, frozen=True):
    """`x` and `y` are the upper left corner, px of the page; the size is that at scale 1."""

    width: float
    height: float
    room: Room
    limit: float  # of the scale that fits
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def fitting(self) -> float:
        """The scale at which all of it is seen; small things grow, up to their limit."""
        fits = min(self.room.width / self.width, self.room.height / self.height)
        return min(fits, self.limit)

    @property
    def is_fitted(self) -> bool:
        return abs(self.scale - self.fitting) < 1e-6

    @property
    def moves(self) -> bool:
        """Whether a part of it is out of the room."""
        return (
            self.width * self.scale > self.room.width + 1
            or self.height * self.scale > self.room.height + 1
        )

    def contains(self, point: Point) -> bool:
        x, y = point[0] - self.x, point[1] - self.y
        return 0 <= x <= self.width * self.scale and 0 <= y <= self.height * self.scale

    def fitted(self) -> "Placement":
        return replace(self, scale=self.fitting).moved(0, 0)

    def scaled(self, scale: float, at: Point | None = None) -> "Placement":
        """Another scale, at which the point of the page `at` still shows the same."""
        least = min(LEAST, self.fitting)
        scale = max(least, min(scale, max(MOST, self.fitting)))
        x, y = at or self.room.middle
        by = scale / self.scale
        left, top = x - (x - self.x) * by, y - (y - self.y) * by
        return replace(self, scale=scale, x=left, y=top).moved(0, 0)

    def zoomed(self, steps: float, at: Point | None = None) -> "Placement":
        """So many steps larger, or smaller; the scale that fits is not passed over."""
        wanted, fitting = self.scale * STEP**steps, self.fitting
        if min(self.scale, wanted) < fitting * 0.999 and fitting * 1.001 < max(self.scale, wanted):
            wanted = fitting
        return self.scaled(wanted, at)

    def toggled(self, at: Point | None = None) -> "Placement":
        """Between the scale that fits and 100 %; where those are the same, 200 %."""
        if not self.is_fitted:
            return self.fitted()
        return self.scaled(1.0 if abs(self.fitting - 1) > 0.01 else 2.0, at)

    def moved(self, dx: float, dy: float) -> "Placement":
        """Moved, but no further than to its edges; what has room is in the middle."""
        room = self.room
        return replace(
            self,
            x=_kept(self.x + dx, self.width * self.scale, room.left, room.width),
            y=_kept(self.y + dy, self.height * self.scale, room.top, room.height),
        )

    def into(self, room: Room) -> "Placement":
        """In a room of another size; what was fitted still is."""
        moved = replace(self, room=room)
        return moved.fitted() if self.is_fitted else moved.moved(0, 0)


def placed(kind: str, width: float, height: float, room: Room, *, rtl: bool = False) -> Placement:
    """As it is shown first: fitted, but a table that would be too small to read from its start."""
    whole = Placement(max(1.0, width), max(1.0, height), room, _FIT_LIMITS[kind]).fitted()
    if kind != "table" or whole.scale >= _LEGIBLE:
        return whole
    far = width + height
    return whole.scaled(1.0).moved(-far if rtl else far, far)


def _kept(start: float, length: float, room_start: float, room: float) -> float:
    if length <= room:
        return room_start + (room - length) / 2
    return min(room_start, max(start, room_start + room - length))
