"""The recorded exchanges with real servers: beside the project, never in it."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent.parent.parent / "shared" / "specs" / "transcripts"

PROTOCOLS = (
    *("booklore", "booklore-2.3", "kobo", "komga", "kosync", "opds", "storyteller", "stump"),
)

_HEADING = re.compile(r"#{2,4} (.*)")
_STATUS = re.compile(r"HTTP/1\.[01] (\d{3})")
_HEADER = re.compile(r"([A-Za-z-]+): ?(.*)")
_ROW = re.compile(r"\| (2\d{2}) [^|]* \| ([{\[].+) \|$")  # BookLore's tables shorten errors
_NAME = re.compile(r"`([^`]+)`")
_OF_THE_WIRE = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})
_CUT = re.compile(rb"\n?\[\.\.\. \d+ more characters\]\s*$")


def body(protocol: str, section: str) -> bytes:
    """The body of the answer in one numbered section (“4.8”); cut where the recording is.

    Skips the test when the recordings are absent, fails it in continuous runs.
    """
    _need()
    text = _sections(protocol)[section]
    answer = text.rpartition("```http\n")[2].rpartition("\n```")[0]
    return _CUT.sub(b"", answer.partition("\n\n")[2].encode())


@cache
def _sections(protocol: str) -> dict[str, str]:
    text = (RECORDED / f"{protocol}.md").read_text(encoding="utf-8")
    parts = re.split(r"^### ([0-9.]+) .*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@dataclass(frozen=True)
class Recorded:
    """One answer as it came. `title` is its heading, or the name of its case.

    The body is without what was cut off; headers go by lower-case name, those of the wire are left
    out.
    """

    server: str
    title: str
    status: int
    headers: dict[str, str]
    body: bytes


@cache
def answers(protocol: str) -> tuple[Recorded, ...]:
    """All answers in one file, in its order. Skips the test when the recordings are absent."""
    _need()
    found: list[Recorded] = []
    title, lines = "", (RECORDED / f"{protocol}.md").read_text(encoding="utf-8").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if (heading := _HEADING.match(line)) is not None:
            title = heading[1]
        elif (row := _ROW.search(line)) is not None and (case := _NAME.search(line)) is not None:
            found.append(Recorded(protocol, case[1], int(row[1]), {}, row[2].encode()))
        elif (status := _STATUS.match(line)) is not None:
            headers: dict[str, str] = {}
            while at < len(lines) and (header := _HEADER.match(lines[at])) is not None:
                headers[header[1].lower()] = header[2]
                at += 1
            content: list[str] = []
            while at < len(lines) and not lines[at].startswith(("```", "HTTP/1.")):
                content.append(lines[at])
                at += 1
            kept = {name: value for name, value in headers.items() if name not in _OF_THE_WIRE}
            body = _CUT.sub(b"", "\n".join(content).strip("\n").encode())
            found.append(Recorded(protocol, title, int(status[1]), kept, body))
    return tuple(found)


def recorded(protocol: str, title: str, number: int = 0) -> Recorded:
    """One of the answers whose title begins so, counted from 0."""
    return [one for one in answers(protocol) if one.title.startswith(title)][number]


def _need() -> None:
    if not RECORDED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the recordings are not at {RECORDED}")
        pytest.skip(f"the recordings are not at {RECORDED}")
