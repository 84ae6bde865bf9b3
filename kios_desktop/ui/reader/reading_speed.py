"""Estimates the reading speed from page turns, for “14 min left in chapter”. No Qt."""

from collections import deque
from statistics import median

USUAL_PER_MIN = 1150.0  # ordinals: about 240 words of English
SHORTEST_S, LONGEST_S = 4.0, 180.0  # a shorter turn is skimming, a longer one is a pause
NEEDED = 5


class ReadingSpeed:
    """The speed in ordinals per minute. Starts at an average and follows the reader."""

    def __init__(self) -> None:
        self._usual = USUAL_PER_MIN
        self._seen: deque[float] = deque(maxlen=40)
        self._since: float | None = None

    def turned(self, now_s: float, ordinals: int) -> None:
        """A page of `ordinals` was turned at `now_s`, by any monotonic clock."""
        if self._since is not None and ordinals > 200:
            took = now_s - self._since
            if SHORTEST_S <= took <= LONGEST_S:
                self._seen.append(ordinals * 60 / took)
        self._since = now_s

    def paused(self) -> None:
        """The reader jumped or paused: the next turn is not measured."""
        self._since = None

    def learn(self, per_min: float) -> None:
        """How fast the reader was until now."""
        self._usual = per_min

    @property
    def per_min(self) -> float:
        return median(self._seen) if len(self._seen) >= NEEDED else self._usual

    def minutes(self, ordinals: int) -> int:
        """The minutes that so many ordinals take, at least one."""
        return max(1, round(ordinals / self.per_min))
