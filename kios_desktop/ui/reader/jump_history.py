"""The history of jumps, for “Back” and “Forward”. No Qt."""

from msgspec import Struct
from msgspec.structs import replace

from kios_desktop.domain.locator import Place

DEPTH = 100
FADE_TURNS = 3  # page turns after which the back pill is hidden; the history stays


class JumpOrigin(Struct, frozen=True):
    """Where a jump came from, with the label of the back pill (“Back to Chapter 4”).

    `look`: the jump was only to look at something, such as a note.
    """

    place: Place
    label: str
    look: bool = False


class JumpHistory:
    """The history of one reader window."""

    def __init__(self) -> None:
        self._back: list[JumpOrigin] = []
        self._forward: list[JumpOrigin] = []
        self._turns = FADE_TURNS

    def jumped(self, origin: JumpOrigin) -> None:
        """A jump was made from `origin`."""
        if not (self._back and self._back[-1].place == origin.place):
            self._back.append(origin)
            del self._back[:-DEPTH]
        self._forward.clear()
        self._turns = 0

    def went_on(self) -> None:
        """From what was jumped to, to the next of its kind: the way back stays."""
        self._forward.clear()
        self._turns = 0

    def back(self, here: JumpOrigin) -> JumpOrigin | None:
        return self._step(self._back, self._forward, here)

    def forward(self, here: JumpOrigin) -> JumpOrigin | None:
        return self._step(self._forward, self._back, here)

    def _step(
        self, source: list[JumpOrigin], target: list[JumpOrigin], here: JumpOrigin
    ) -> JumpOrigin | None:
        if not source:
            return None
        left = source.pop()
        target.append(replace(here, look=left.look))
        self._turns = FADE_TURNS
        return left

    def turned(self) -> None:
        """A page was turned; after a few of them the pill is hidden."""
        self._turns += 1

    def dismissed(self) -> None:
        self._turns = FADE_TURNS

    @property
    def origin(self) -> JumpOrigin | None:
        """Where “Back” leads; None without a jump."""
        return self._back[-1] if self._back else None

    @property
    def pill(self) -> str:
        """The label of the back pill; "" while it is hidden."""
        return self._back[-1].label if self._back and self._turns < FADE_TURNS else ""
