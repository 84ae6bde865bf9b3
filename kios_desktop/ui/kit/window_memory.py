"""How windows stood when they were last closed.

Not Qt's own settings: those wait for the disk in the window's thread, which on a busy disk takes
half a second, just when a book is closed.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from kios_desktop.domain.disk import write_private

log = logging.getLogger(__name__)

_decoder = msgspec.json.Decoder(dict[str, bool | bytes])


class WindowMemory:
    """Small values in `file`, read once. Whatever can't be read or kept is forgotten silently.

    `in_background` is given what writes them, to be called in some thread.
    """

    def __init__(self, file: Path, in_background: Callable[[Callable[[], None]], object]) -> None:
        self._file, self._in_background = file, in_background
        self._lock = threading.Lock()  # held while writing
        self._written = self._read()
        self._values = dict(self._written)

    def geometry(self, key: str) -> bytes | None:
        """What `QWidget.restoreGeometry` takes, or whatever else was kept as bytes."""
        value = self._values.get(key)
        return value if isinstance(value, bytes) else None

    def is_on(self, key: str) -> bool:
        return self._values.get(key) is True

    def keep(self, key: str, value: bool | bytes) -> None:
        self._values[key] = value
        self._in_background(self.save)

    def save(self) -> None:
        """Write what changed. Blocking; thread-safe."""
        with self._lock:
            values = dict(self._values)
            if values == self._written:
                return
            part = self._file.with_name(self._file.name + ".part")
            try:
                write_private(part, msgspec.json.encode(values))
                part.replace(self._file)
            except OSError as e:
                log.info("how windows stood was not kept: %s", type(e).__name__)
                return
            self._written = values

    def _read(self) -> dict[str, bool | bytes]:
        try:
            return _decoder.decode(self._file.read_bytes())
        except (OSError, msgspec.MsgspecError):
            return {}
