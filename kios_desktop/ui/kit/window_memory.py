"""Remembers how windows were placed when they were closed.

Qt's own settings are not used: they write to the disk in the GUI thread, which can take half a
second whenever a book is closed.
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
    """Small values in `file`, which is read once. Values that can't be read or written are lost.

    `in_background` gets the function that writes them, to call it in a thread.
    """

    def __init__(self, file: Path, in_background: Callable[[Callable[[], None]], object]) -> None:
        self._file, self._in_background = file, in_background
        self._lock = threading.Lock()  # held while writing
        self._written = self._read()
        self._values = dict(self._written)

    def geometry(self, key: str) -> bytes | None:
        """The bytes stored under a key, such as those for `QWidget.restoreGeometry`."""
        value = self._values.get(key)
        return value if isinstance(value, bytes) else None

    def is_on(self, key: str) -> bool:
        return self._values.get(key) is True

    def keep(self, key: str, value: bool | bytes) -> None:
        self._values[key] = value
        self._in_background(self.save)

    def save(self) -> None:
        """Write changed values to the disk. Blocking and thread-safe."""
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
