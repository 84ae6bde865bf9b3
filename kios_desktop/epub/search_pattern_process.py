"""A process of its own that searches with a regular expression, and that may be lost.

Some expressions take longer than anyone lives, or all memory, and Python can't stop one. So this
process ends by itself when its time is over, whatever it is doing. It knows nothing of Kios.

Messages are a length of four bytes, and as many bytes. The first one in is a JSON object
{pattern, ignore_case, seconds, bytes}; the others are texts in UTF-8. The answer to the first is
a JSON object, {} or {reason, position} of what is wrong with the pattern; that to a text is the
beginnings and ends of what matches in its lines, integers of four bytes.
"""

import contextlib
import faulthandler
import json
import os
import re
import struct
import time
from array import array
from typing import BinaryIO


class _OutOfTime(Exception):
    """There is none left for another text."""


class _Clock:
    """Ends the process when what runs within it has taken `seconds` in all."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._nowhere = open(os.devnull, "wb")  # noqa: SIM115, PTH123 (for as long as it runs)

    def __enter__(self) -> None:
        if self._left <= 0:
            raise _OutOfTime
        self._since = time.monotonic()
        # its thread needs no lock of Python's, and matching holds that one to the end
        faulthandler.dump_traceback_later(self._left, exit=True, file=self._nowhere)

    def __exit__(self, *_: object) -> None:
        faulthandler.cancel_dump_traceback_later()
        self._left -= time.monotonic() - self._since


def run() -> None:
    """Answer until there are no more questions."""
    ended = contextlib.suppress(MemoryError, _OutOfTime, EOFError, BrokenPipeError)
    with open(0, "rb") as questions, open(1, "wb") as answers, ended:
        _answer(questions, answers)


def _answer(questions: BinaryIO, answers: BinaryIO) -> None:
    asked = json.loads(_receive(questions))
    _limit_memory(asked["bytes"])
    clock = _Clock(asked["seconds"])
    wrong: dict[str, object] = {}
    with clock:
        try:
            pattern = re.compile(asked["pattern"], re.IGNORECASE if asked["ignore_case"] else 0)
        except re.error as e:
            wrong = {"reason": e.msg, "position": e.pos}
        except (RecursionError, OverflowError):
            wrong = {"reason": "", "position": None}
    _send(answers, json.dumps(wrong).encode())
    while not wrong:
        text = _receive(questions).decode()
        with clock:
            found = _matches(pattern, text)
        _send(answers, found.tobytes())


def _matches(pattern: re.Pattern[str], text: str) -> "array[int]":
    found = array("I")
    start = 0
    for line in text.split("\n"):
        for match in pattern.finditer(line):
            if match.end() > match.start():
                found.extend((start + match.start(), start + match.end()))
        start += len(line) + 1
    return found


def _limit_memory(most: int) -> None:
    """Where the system can; elsewhere only time is limited."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _receive(stream: BinaryIO) -> bytes:
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    (length,) = struct.unpack("!I", head)
    return stream.read(length)


def _send(stream: BinaryIO, message: bytes) -> None:
    stream.write(struct.pack("!I", len(message)) + message)
    stream.flush()


if __name__ == "__main__":
    run()
