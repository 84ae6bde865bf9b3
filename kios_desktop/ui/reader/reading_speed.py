"""How fast somebody reads, learned from page turns; used for “14 min left in chapter”. No Qt."""

from collections import deque
from statistics import median

USUAL_PER_MIN = 1150.0  # ordinals: about 240 words of English
SHORTEST_S, LONGEST_S = 4.0, 180.0  # a quicker turn is leafing, a slower one is a pause
NEEDED = 5


class ReadingSpeed:
    """Ordinals a minute. Starts at the usual pace and follows the reader's own."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=40)
        self._since: float | None = None

    def turned(self, now_s: float, ordinals: int) -> None:
        """A page of `ordinals` was left at `now_s` (any steady clock)."""
        if self._since is not None and ordinals > 200:
            took = now_s - self._since
            if SHORTEST_S <= took <= LONGEST_S:
                self._seen.append(ordinals * 60 / took)
        self._since = now_s

    def paused(self) -> None:
        """The reader looked away or jumped; the next turn says nothing."""
        self._since = None

    def minutes(self, ordinals: int) -> int:
        """Minutes for so much text, at least one."""
        rate = median(self._seen) if len(self._seen) >= NEEDED else USUAL_PER_MIN
        return max(1, round(ordinals / rate))
