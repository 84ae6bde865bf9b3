"""A server's clock: its skew to ours, and the hours by which one server misreports it.

Calibre-Web-Automated answers a read with a time that is off by its time zone, while the time of a
write is right (kosync.md 6.4). The difference is learned from our own record coming back.
"""

from datetime import datetime, timedelta

_STEP = timedelta(minutes=15)  # time zones are multiples of it
_SLACK = timedelta(seconds=5)
_WIDEST = timedelta(hours=15)


class ServerClock:
    """One server's time. `bias` is None until it is learned, where there is one to learn."""

    def __init__(self, biased: bool, bias: timedelta | None = None) -> None:
        self._biased = biased
        self.bias = bias
        self.skew = timedelta(0)

    def heard(self, server_now: datetime | None, now: datetime) -> None:
        """A `Date` header."""
        if server_now is not None:
            self.skew = server_now - now

    def read(self, at: datetime | None) -> datetime | None:
        """A record's time in the server's true time; None when it can't be trusted."""
        if at is None or not self._biased:
            return at
        return None if self.bias is None else at - self.bias

    def learn(self, written_at: datetime | None, read_at: datetime | None) -> bool:
        """From one record of ours: when the server took it and what it says now. True if new."""
        if not self._biased or written_at is None or read_at is None:
            return False
        off = read_at - written_at
        bias = round(off / _STEP) * _STEP
        if abs(off - bias) > _SLACK or abs(bias) > _WIDEST or bias == self.bias:
            return False
        self.bias = bias
        return True

    def here(self, at: datetime | None) -> datetime | None:
        """A time of the server by the clock of this computer."""
        return None if at is None else at - self.skew
