"""Searches with a regular expression, in a process that can be lost without loss.

See `search_pattern_process.py` for why, and for what the two say to each other.
"""

import contextlib
import json
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kios_desktop.domain.errors import BadPattern, PatternError, PatternTooSlow
from kios_desktop.epub import search_pattern_process

WORD: Final = "match-pattern"
"""The command of the packaged program that runs the process; elsewhere Python runs its file."""

SECONDS: Final = 5.0  # that a pattern may take for a book
MEMORY_BYTES: Final = 1 << 30  # of the process, where the system limits it


class PatternProcess:
    """The process for one pattern, to be begun and closed; as a context it is both.

    Methods raise PatternTooSlow when it is lost, of whatever cause.
    """

    def __init__(self, pattern: str, ignore_case: bool, seconds: float = SECONDS) -> None:
        self._asked = {
            "pattern": pattern,
            "ignore_case": ignore_case,
            "seconds": seconds,
            "bytes": MEMORY_BYTES,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self) -> None:
        """Raises BadPattern as well, and PatternError where no process can be started."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as e:
            raise PatternError(str(e)) from e
        try:
            wrong = json.loads(self._ask(json.dumps(self._asked).encode()))
            if wrong:
                raise BadPattern(wrong["reason"], wrong["position"])
        except BaseException:
            self.close()
            raise

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of what matches in each line of a text, without what is empty."""
        found = array("I")
        found.frombytes(self._ask(text.encode()))
        pairs = iter(found)
        return zip(pairs, pairs, strict=True)

    def stop(self) -> None:
        """Lose the process, also while another thread waits for its answer."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process. Not while another thread waits for its answer."""
        self.stop()
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.communicate()

    def _ask(self, message: bytes) -> bytes:
        process = self._process
        if self._stopped or process is None or process.stdin is None or process.stdout is None:
            raise PatternTooSlow
        with contextlib.suppress(OSError):
            process.stdin.write(struct.pack("!I", len(message)) + message)
            process.stdin.flush()
        head = process.stdout.read(4)
        if len(head) == 4:
            (length,) = struct.unpack("!I", head)
            answer = process.stdout.read(length)
            if len(answer) == length:
                return answer
        raise PatternTooSlow


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, WORD]
    return [sys.executable, "-I", "-S", str(Path(search_pattern_process.__file__))]
