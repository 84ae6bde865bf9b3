"""Back and forward after jumps. No Qt."""

from dataclasses import dataclass, replace

from kios_desktop.domain.locator import Place

DEPTH = 100
FADE_TURNS = 3  # page turns after which the back pill goes; the stack stays


@dataclass(frozen=True, slots=True)
class JumpOrigin:
    """Where a jump came from, with the words for the pill (“Back to Chapter 4”).

    `look`: it was left only to look at something, such as a note.
    """

    place: Place
    label: str
    look: bool = False


class JumpHistory:
    """The back stack of one reader window."""

    def __init__(self) -> None:
        self._back: list[JumpOrigin] = []
        self._forward: list[JumpOrigin] = []
        self._turns = FADE_TURNS

    def jumped(self, origin: JumpOrigin) -> None:
        """The reader left `origin` by a jump."""
        if not (self._back and self._back[-1].place == origin.place):
            self._back.append(origin)
            del self._back[:-DEPTH]
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
        """A page was turned; after a few the pill goes by itself."""
        self._turns += 1

    def dismissed(self) -> None:
        self._turns = FADE_TURNS

    @property
    def origin(self) -> JumpOrigin | None:
        """Where “back” leads to; None when nothing was jumped from."""
        return self._back[-1] if self._back else None

    @property
    def pill(self) -> str:
        """The label of the back pill, "" when there is none to show."""
        return self._back[-1].label if self._back and self._turns < FADE_TURNS else ""
