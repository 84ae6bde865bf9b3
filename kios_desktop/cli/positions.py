"""`kios-desktop positions BOOK.epub`: converts places, one JSON object per line.

For support and tests. Reads objects with one of `xpointer`, `cfi`, `kobo_span` (+ `href`),
`locator`, `fraction`, or `spine_index` + `ordinal` from standard input, and writes for each, in
order, the place in all notations. Imports no Qt.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from kios_desktop.cli.command import Command
from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places

Answer = dict[str, object]

_KEYS = (
    "spine_index",
    "href",
    "ordinal",
    "ordinal_total",
    "precision",
    "progression",
    "total_progression",
    "xpointer",
    "cfi",
    "kobo_span",
    "locator",
    "before",
    "after",
    "error",
)
_ASKED = ("xpointer", "cfi", "kobo_span", "locator", "fraction", "spine_index")
_MAX_LINE_CHARACTERS = 16 * 1024 * 1024


class BadLine(ValueError):
    """A line that can't be understood; the message is a sentence."""


def positions_main(
    argv: Sequence[str], questions: TextIO | None = None, answers: TextIO | None = None
) -> int:
    """Run the command with the arguments after `positions`. Returns the exit status."""
    questions, answers = questions or sys.stdin, answers or sys.stdout
    for stream in (questions, answers):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors="surrogateescape")
    parser = argparse.ArgumentParser(prog="kios-desktop positions", description=__doc__)
    parser.add_argument("book", type=Path, metavar="BOOK.epub")
    parser.add_argument("--profile", help=argparse.SUPPRESS)  # accepted, and without effect
    book: Path = parser.parse_args(argv).book
    try:
        container = Container.open(book)
    except PublicationError as e:
        sys.stderr.write(f"{book}: {e}\n")
        return 1
    with container:
        try:
            publication = read_publication(container)
        except PublicationError as e:
            sys.stderr.write(f"{book}: {e}\n")
            return 1
        answerer = Answerer(container, publication)
        for line in questions:
            answers.write(json.dumps(answerer.answer(line), ensure_ascii=True) + "\n")
            answers.flush()
    return 0


class PositionsCommand(Command):
    """Converts places; needs the book only, no library."""

    def main(self, words: Sequence[str]) -> int:
        return positions_main(words)


COMMAND = PositionsCommand()


class Answerer:
    """Converts places of one publication."""

    def __init__(self, container: Container, publication: Publication) -> None:
        self._publication = publication
        self._places = Places(container, publication)
        self._measured = False

    def answer(self, line: str) -> Answer:
        """The place of one line in all notations; for a bad line an `error`."""
        try:
            return self._answer(_question(line))
        except BadLine as e:
            return _empty(str(e))

    def _answer(self, question: Mapping[str, object]) -> Answer:
        if not self._measured:
            self._places.measure()
            self._measured = True
        value = question.get("kobo_span")
        resolution = self._resolve(question)
        if resolution.place is not None:
            return self._described(resolution)
        if isinstance(value, str):
            outside = self._outside(value, str(question.get("href") or ""))
            if outside is not None:
                return outside
        return {**_empty("This position was not found in the book."), "precision": "none"}

    def _resolve(self, question: Mapping[str, object]) -> Resolution:
        places = self._places
        texts: dict[str, Callable[[str], Resolution]] = {
            "xpointer": lambda text: places.from_xpointer(text, _maybe_fraction(question)),
            "cfi": places.from_cfi,
            "kobo_span": lambda text: places.from_kobo_span(text, _text(question, "href")),
        }
        for key, resolve in texts.items():
            if question.get(key) is not None:
                return resolve(_text(question, key))
        if question.get("locator") is not None:
            if not isinstance(question["locator"], Mapping):
                raise BadLine("“locator” must be an object.")
            return places.from_locator(question["locator"])
        if question.get("spine_index") is not None:
            return self._placed(question)
        fraction = _maybe_fraction(question)
        if fraction is None:
            raise BadLine("“fraction” must be a number.")
        return places.from_fraction(fraction)

    def _placed(self, question: Mapping[str, object]) -> Resolution:
        spine_index = _whole(question, "spine_index")
        ordinal = _whole(question, "ordinal")
        if spine_index >= len(self._publication.reading_order):
            raise BadLine("“spine_index” is beyond the end of the book.")
        place = Place(spine_index, ordinal)
        clamped = self._places.clamp(place)
        precision = Precision.EXACT if clamped == place else Precision.ITEM
        return Resolution(clamped, precision)

    def _described(self, resolution: Resolution) -> Answer:
        place = resolution.place
        if place is None:
            return _empty("This position was not found in the book.")
        locator = self._places.locator(place)
        return _empty(None) | {
            "spine_index": place.spine_index,
            "href": locator.href,
            "ordinal": place.ordinal,
            "ordinal_total": locator.ordinal_total,
            "precision": str(resolution.precision),
            "progression": locator.progression,
            "total_progression": locator.total_progression,
            "xpointer": self._places.xpointer(place),
            "cfi": self._places.cfi(place),
            "kobo_span": self._places.kobo_span(place) or None,
            "locator": self._places.readium_locator(place),
            "before": locator.quote.before,
            "after": locator.quote.after,
        }

    def _outside(self, value: str, href: str) -> Answer | None:
        found = self._places.outside(value, href)
        if found is None:
            return None
        total = found.ordinal_total
        return _empty(None) | {
            "href": found.href,
            "ordinal": found.ordinal,
            "ordinal_total": total,
            "precision": str(found.precision),
            "progression": found.ordinal / total if total else 0.0,
            "kobo_span": found.kobo_span,
            "before": found.quote.before,
            "after": found.quote.after,
        }


def _question(line: str) -> Mapping[str, object]:
    if len(line) > _MAX_LINE_CHARACTERS:
        raise BadLine("The line is too long.")
    try:
        question = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("The line is not a JSON object.") from None
    if not isinstance(question, Mapping):
        raise BadLine("The line is not a JSON object.")
    if not any(question.get(key) is not None for key in _ASKED):
        raise BadLine(f"The object has none of {', '.join(_ASKED)}.")
    return question


def _empty(error: str | None) -> Answer:
    return {**dict.fromkeys(_KEYS), "error": error}


def _text(question: Mapping[str, object], key: str) -> str:
    value = question.get(key)
    if value is None and key == "href":
        raise BadLine("“kobo_span” needs an “href”.")
    if not isinstance(value, str):
        raise BadLine(f"“{key}” must be text.")
    return value


def _whole(question: Mapping[str, object], key: str) -> int:
    value = question.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadLine(f"“{key}” must be a whole number from 0.")
    return value


def _maybe_fraction(question: Mapping[str, object]) -> float | None:
    value = question.get("fraction")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
