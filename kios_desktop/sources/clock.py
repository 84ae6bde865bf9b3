"""A server's clock: its skew to ours, and the bias of Calibre-Web-Automated.

Calibre-Web-Automated answers a read with a time that is off by its time zone, while the time in the
answer to a write is right. The bias is learned from a record of ours that is read back.
"""

from datetime import datetime, timedelta

_STEP = timedelta(minutes=15)  # time zones are multiples of it
_SLACK = timedelta(seconds=5)
_WIDEST = timedelta(hours=15)


class ServerClock:
    """The clock of one server. `bias` is None until it is learned; `biased`: it has to be."""

    def __init__(self, biased: bool, bias: timedelta | None = None) -> None:
        self._biased = biased
        self.bias = bias
        self.skew = timedelta(0)

    def update(self, server_now: datetime | None, now: datetime) -> None:
        """Takes over the time of a `Date` header."""
        if server_now is not None:
            self.skew = server_now - now

    def read(self, at: datetime | None) -> datetime | None:
        """The time of a record by the server's clock; None while its bias is unknown."""
        if at is None or not self._biased:
            return at
        return None if self.bias is None else at - self.bias

    def learn(self, written_at: datetime | None, read_at: datetime | None) -> bool:
        """Learns the bias from the times of one record of ours, written and read. True if new."""
        if not self._biased or written_at is None or read_at is None:
            return False
        off = read_at - written_at
        bias = round(off / _STEP) * _STEP
        if abs(off - bias) > _SLACK or abs(bias) > _WIDEST or bias == self.bias:
            return False
        self.bias = bias
        return True

    def here(self, at: datetime | None) -> datetime | None:
        """A time of the server's clock, by the clock of this computer."""
        return None if at is None else at - self.skew
