"""The cases recorded from three real servers: beside the project, never in it."""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[4] / "shared" / "data" / "booklore-fixtures-run.json"

OURS = re.compile(
    r"/api/(koreader/(users/auth|books/by-hash)|v1/(auth/(login|refresh)|healthcheck"
    r"|public-settings|books/(abc$|by-hash|search|-?\d+|personal-rating"
    r"|reset-personal-rating|shelves)|app/books/search|reading-sessions|annotations|book-notes"
    r"|bookmarks|shelves|koreader-users/me$)|v2/book-notes)"
)
"""The paths of the requests that our client makes."""

_SHORTENED = re.compile(r"(.*)… \((\d+) characters\)", re.DOTALL)
_SHORTENED_LIST = re.compile(r"… \((\d+) in all\)")


@dataclass(frozen=True)
class Case:
    """One request and what the server answered; `text` is the body of what was no JSON."""

    id: str
    variant: str
    auth: str
    method: str
    path: str
    body: Any
    body_text: str | None
    accept: str | None
    status: int
    content_type: str
    answer: Any
    text: str

    @property
    def name(self) -> str:
        return f"{self.variant} {self.id}"

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]

    @property
    def sent(self) -> bytes:
        """The body of the request, as long as it was."""
        if self.body_text is not None:
            return self.body_text.encode()
        return b"" if self.body is None else json.dumps(lengthened(self.body)).encode()

    @property
    def received(self) -> bytes:
        """The body of the answer, with what was shortened as it is."""
        return self.text.encode() if self.answer is None else json.dumps(self.answer).encode()


def cases() -> tuple[Case, ...]:
    """Every case, once for each server that answered so; none when the recordings are absent."""
    return _cases() if FILE.is_file() else ()


@cache
def _cases() -> tuple[Case, ...]:
    found: list[Case] = []
    for given in json.loads(FILE.read_text(encoding="utf-8"))["cases"]:
        request, response = given["request"], given["response"]
        found += [
            Case(
                given["id"],
                variant,
                given["auth"],
                request["method"],
                request["path"],
                request.get("body"),
                request.get("body_text"),
                request.get("accept"),
                response["status"],
                response.get("content_type") or "",
                response.get("body"),
                response.get("body_text") or "",
            )
            for variant in given["variants"]
        ]
    return tuple(found)


def need() -> None:
    """Skips the test when the recordings are absent, fails it in continuous runs."""
    if not FILE.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the recordings are not at {FILE}")
        pytest.skip(f"the recordings are not at {FILE}")


def is_ours(case: Case) -> bool:
    return OURS.match(case.route) is not None


def lengthened(value: Any) -> Any:
    """Text and lists as long as they were, filled up with more of the same."""
    if isinstance(value, str) and (found := _SHORTENED.fullmatch(value)) is not None:
        text, length = found[1], int(found[2])
        return text + text[-1] * (length - len(text))
    if isinstance(value, dict):
        return {name: lengthened(one) for name, one in value.items()}
    if isinstance(value, list):
        kept = [one for one in value if not is_marker(one)]
        for one in value:
            if is_marker(one):
                kept += _more(kept, int(_SHORTENED_LIST.findall(one)[0]))
        return [lengthened(one) for one in kept]
    return value


def is_marker(value: Any) -> bool:
    """Whether it stands for the rest of a list that was shortened."""
    return isinstance(value, str) and _SHORTENED_LIST.fullmatch(value) is not None


def _more(kept: list[Any], count: int) -> list[Any]:
    """Ids go on by one, sessions by an hour each."""
    last, missing = kept[-1], range(1, 1 + count - len(kept))
    if isinstance(last, int):
        return [last + number for number in missing]
    if not isinstance(last, dict) or "startTime" not in last:
        return [last for _ in missing]
    return [
        {**last, **{name: _later(last[name], hours) for name in ("startTime", "endTime")}}
        for hours in missing
    ]


def _later(instant: str, hours: int) -> str:
    at = datetime.fromisoformat(instant) + timedelta(hours=hours)
    return at.isoformat().replace("+00:00", "Z")
