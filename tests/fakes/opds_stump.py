"""A Stump on the loopback device, as far as places over OPDS go.

What its own reader stored is told with the time of the question; places can only be read.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from tests.fakes.loopback import Asked, Loopback, Says

PROGRESSION: Final = "application/vnd.readium.progression+json"
_NOTHING: Final = {"modified": "", "device": {"id": "", "name": ""}, "locator": {}}


class Stump(Loopback):
    """One book. `whole_seconds`: its times are cut off, as other servers' are."""

    def __init__(self, *, whole_seconds: bool = False) -> None:
        super().__init__(self.answer)
        self.cfi, self.total = "", 0.0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._whole_seconds = whole_seconds

    def read_to(self, cfi: str, total: float) -> None:
        """A person reads to a place in the server's own reader."""
        self.cfi, self.total = cfi, total

    def answer(self, asked: Asked) -> Says:
        now = self.now()
        headers = {"Date": format_datetime(now, usegmt=True)}
        if asked.method != "GET":
            return Says(405, b"", {**headers, "Allow": "GET,HEAD"})
        body = json.dumps(self._document(now)).encode()
        return Says(200, body, {**headers, "Content-Type": "application/json"})

    def _document(self, now: datetime) -> dict[str, Any]:
        if not self.cfi:
            return _NOTHING
        stamp = now.replace(microsecond=0) if self._whole_seconds else now
        where = {"fragments": [self.cfi], "totalProgression": self.total}
        return {
            "modified": stamp.isoformat(),
            "device": {"id": "", "name": ""},
            "locator": {
                "title": "Ebook Progress",
                "type": "application/xhtml+xml",
                "locations": [where],
            },
        }
