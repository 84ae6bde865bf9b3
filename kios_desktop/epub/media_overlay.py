"""Reads a media overlay: which part of a recording belongs to which element of which chapter.

Source: EPUB 3.3 section 9, SMIL 3.0 “clock values”. Nesting (`seq`) has no meaning here but order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.utterance import AudioClip
from kios_desktop.epub import href, xml

_CLOCK = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d(?:\.\d{0,9})?)", re.ASCII)
_COUNT = re.compile(r"(\d{1,9}(?:\.\d{0,9})?)\s*(h|min|s|ms)?", re.ASCII)
_UNITS: Final = {"h": 3600.0, "min": 60.0, "s": 1.0, "ms": 0.001, None: 1.0}


@dataclass(frozen=True, slots=True)
class OverlayPair:
    """An element of a chapter, by its file and id (“” is all of it), and its clip, if it has one.

    `text_href` is "" for a text that is not in the book.
    """

    text_href: str
    fragment: str
    clip: AudioClip | None


def read_overlay(data: bytes, base: str) -> tuple[OverlayPair, ...]:
    """The pairs of an overlay document, in order; `base` is its path. Raises xml.Broken."""
    root, _ = xml.parse(data)
    return tuple(_pairs(root, base))


def _pairs(root: xml.Element, base: str) -> Iterator[OverlayPair]:
    for pair in xml.descendants(root, "par"):
        text = xml.child(pair, "text")
        source = "" if text is None else xml.attribute(text, "src")
        if source:
            path, fragment = href.resolve(base, source)
            yield OverlayPair(path, fragment, _clip(xml.child(pair, "audio"), base))


def _clip(audio: xml.Element | None, base: str) -> AudioClip | None:
    source = "" if audio is None else xml.attribute(audio, "src")
    if not source:
        return None
    begin, end = (seconds(xml.attribute(audio, name)) for name in ("clipBegin", "clipEnd"))
    path = href.resolve(base, source)[0]
    return AudioClip(path, begin or 0.0, end if end is None or end > (begin or 0.0) else None)


def seconds(clock: str) -> float | None:
    """The seconds that a clock value means: “1:02:03.5”, “02:03”, “3.2h”, “45min”, “7s”, “76ms”.

    A number alone is seconds; None for anything else.
    """
    clock = clock.strip().removeprefix("npt=")
    if (found := _CLOCK.fullmatch(clock)) is not None:
        hours, minutes, rest = found.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    if (found := _COUNT.fullmatch(clock)) is not None:
        return float(found[1]) * _UNITS[found[2]]
    return None
