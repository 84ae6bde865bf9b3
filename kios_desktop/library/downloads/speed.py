"""How fast bytes arrive, over the last seconds."""

from collections import deque

_WINDOW_S = 4.0
_LEAST_S = 0.5  # a shorter interval is too inaccurate


class Speed:
    """The speed of one transfer."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, at_s: float, got_bytes: int) -> float | None:
        """Bytes per second; None while it is too early to say."""
        self._seen.append((at_s, got_bytes))
        while at_s - self._seen[0][0] > _WINDOW_S and len(self._seen) > 2:
            self._seen.popleft()
        first_s, first_bytes = self._seen[0]
        passed_s = at_s - first_s
        return (got_bytes - first_bytes) / passed_s if passed_s >= _LEAST_S else None
