"""Recognises a record of KOReader sync as a write of our own.

The device id alone does not tell: Kavita and BookLore answer with ids of their own, and newer
Grimmory puts ours on places of its web reader.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from kios_desktop.domain.locator import Place, Resolution
from kios_desktop.domain.progress import Sent
from kios_desktop.protocols.kosync import Progress
from kios_desktop.sources.presets import BOOKLORE, KAVITA, KOMGA

GRACE = timedelta(seconds=5)  # a server's clock may be read twice within one request
SAME_TIME = timedelta(seconds=1)  # one time, with and without fractions of a second
FRACTION = 1e-4  # rounding of ×100÷100 and of 32-bit floats
ANONYMOUS = frozenset({"", "BookLore", "Kavita"})  # device names of servers, not of devices

_FIRST = re.compile(r"\[1\]")
_TEXT = re.compile(r"/text\(\)(\[\d+\])?(\.\d+)?$|\.\d+$")


def own_write(
    record: Progress,
    resolution: Resolution,
    own_writes: Sequence[Sent],
    preset: str,
    device_id: str,
) -> Sent | None:
    """The write of ours that `record` is; None for the record of another device.

    `own_writes` are our writes, the newest first. All times are by the server's clock.
    """
    own_id = record.device_id.casefold() == device_id.casefold()
    for sent in own_writes:
        if _is(record, resolution.place, sent, preset, own_id):
            return sent
    if own_id:
        for sent in own_writes:
            if _earlier(record, sent):
                return sent  # an older write of ours
    return None


def element(xpointer: str) -> str:
    """The xpointer of the element: without text node, offset and indices of 1."""
    return _FIRST.sub("", _TEXT.sub("", xpointer))


def _is(record: Progress, place: Place | None, sent: Sent, preset: str, own_id: bool) -> bool:
    ours = sent.locator.place
    if _same_text(record, sent) and _same_time(record, sent):
        return True  # whatever the id: one clone makes up a new one for each answer
    if preset == KOMGA:
        return own_id and place is not None and place.spine_index == ours.spine_index
    if preset == KAVITA or record.device == "Kavita":
        return _kavita(record, place, sent)
    if preset == BOOKLORE or record.device == "BookLore":
        return _same_element(record, sent) or place == ours or _earlier(record, sent)
    if not own_id:
        return False
    if not record.progress:  # Stump drops it when a book is finished
        return record.fraction is not None and abs(record.fraction - sent.fraction) <= FRACTION
    return _same_text(record, sent) or place == ours


def _kavita(record: Progress, place: Place | None, sent: Sent) -> bool:
    """Kavita keeps the element, or only the spine item."""
    if place is None or place.spine_index != sent.locator.place.spine_index:
        return False
    kept = element(record.progress)
    only_the_item = kept.removesuffix("/body").count("/") <= 2
    if not (only_the_item or kept == element(sent.raw)):
        return False
    return record.at is None or sent.at is None or record.at <= sent.at + GRACE


def _same_text(record: Progress, sent: Sent) -> bool:
    return bool(record.progress) and _FIRST.sub("", record.progress) == _FIRST.sub("", sent.raw)


def _same_time(record: Progress, sent: Sent) -> bool:
    if record.at is None or sent.at is None:
        return False
    return abs(record.at - sent.at) < SAME_TIME


def _same_element(record: Progress, sent: Sent) -> bool:
    return bool(record.progress) and element(record.progress) == element(sent.raw)


def _earlier(record: Progress, sent: Sent) -> bool:
    """Whether the record is older than our write, which replaced it: an outdated answer.

    No grace here: another device that takes over within seconds must not be missed.
    """
    return record.at is not None and sent.at is not None and record.at < sent.at
