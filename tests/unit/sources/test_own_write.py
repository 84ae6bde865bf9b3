"""What each server makes of our own write, and what it does not excuse."""

from datetime import UTC, datetime, timedelta

import pytest

from kios_desktop.domain.progress import Sent
from kios_desktop.protocols.kosync import Progress
from kios_desktop.sources.own_write import element, own_write
from kios_desktop.sources.presets import BOOKLORE, CWA, KAVITA, KOMGA, KOREADER, STUMP
from tests.fakes.places import FakePlaces, locator

OURS = "0F1E2D3C4B5A"
AT = datetime(2026, 11, 21, 21, 43, 6, tzinfo=UTC)
HERE = locator(1, 2150)
TEXT = FakePlaces().xpointer(HERE.place)
SENT = Sent(HERE, TEXT, HERE.total_progression, "doc", AT)


def record(
    progress: str = TEXT,
    device_id: str = OURS,
    device: str = "Kios Desktop",
    after_s: float | None = 0,
    fraction: float | None = 0.4,
) -> Progress:
    at = None if after_s is None else AT + timedelta(seconds=after_s)
    return Progress(progress, fraction, device, device_id, at)


def is_echo(one: Progress, preset: str, *mine: Sent) -> bool:
    resolution = FakePlaces().from_xpointer(one.progress)
    return own_write(one, resolution, mine or (SENT,), preset, OURS) is not None


FURTHER = "/body/DocFragment[4]/body/p[21]/text().0"


@pytest.mark.parametrize(
    ("preset", "one", "expected"),
    [
        (KOREADER, record(), True),
        (KOREADER, record(device_id=OURS.lower()), True),
        (KOREADER, record(TEXT.replace("/text()", "/text()[1]")), True),
        (KOREADER, record(device_id="other"), True),
        (KOREADER, record(device_id="other", after_s=5), False),
        (KOREADER, record(device_id="other", after_s=None), False),
        (KOREADER, record(FURTHER, device_id="other"), False),
        (KOREADER, record(FURTHER, after_s=60), False),
        (KOREADER, record(FURTHER, after_s=None), False),
        (KOREADER, record(FURTHER, after_s=-60), True),
        (CWA, record(after_s=None), True),
        (KOMGA, record("/body/DocFragment[2].0", after_s=None), True),
        (KOMGA, record("/body/DocFragment[2].0", device_id="other", after_s=None), False),
        (KOMGA, record("/body/DocFragment[4].0", after_s=None), False),
        (KAVITA, record("/body/DocFragment[2]/body/p[22].0", "A" * 64, "Kavita", 3), True),
        (KAVITA, record("/body/DocFragment[2].0", "A" * 64, "Kavita", 3), True),
        (KAVITA, record("/body/DocFragment[2]/body/p[22].0", "A" * 64, "Kavita", 60), False),
        (KAVITA, record("/body/DocFragment[2]/body/p[25].0", "A" * 64, "Kavita", 3), False),
        (BOOKLORE, record(device_id="BookLore", device="BookLore", after_s=1), True),
        (BOOKLORE, record("/body/DocFragment[2]/body/p[22]", "BookLore", "BookLore", 9), True),
        (BOOKLORE, record(FURTHER, "BookLore", "BookLore", 3), False),
        (BOOKLORE, record(FURTHER, "BookLore", "BookLore", -3), True),
        (BOOKLORE, record(FURTHER, OURS, "Kios Desktop", 60), False),
        (STUMP, record("", fraction=SENT.fraction), True),
        (STUMP, record("", fraction=0.9), False),
    ],
)
def test_each_server_gives_our_place_back_in_its_own_way(
    preset: str, one: Progress, expected: bool
) -> None:
    assert is_echo(one, preset) is expected


def test_a_write_whose_answer_was_lost_is_recognised_too() -> None:
    attempt = Sent(locator(3, 2000), FURTHER, 0.7)
    resolution = FakePlaces().from_xpointer(FURTHER)
    found = own_write(record(FURTHER, after_s=60), resolution, [attempt, SENT], KOREADER, OURS)
    assert found == attempt


def test_nothing_of_ours_is_nobodys_echo() -> None:
    assert own_write(record(), FakePlaces().from_xpointer(TEXT), [], KOREADER, OURS) is None


@pytest.mark.parametrize(
    ("xpointer", "expected"),
    [
        ("/body/DocFragment[2]/body/p[22]/text().5", "/body/DocFragment[2]/body/p[22]"),
        ("/body/DocFragment[2]/body/p[1]/text()[1].5", "/body/DocFragment[2]/body/p"),
        ("/body/DocFragment[2]/body/p[22].0", "/body/DocFragment[2]/body/p[22]"),
        ("/body/DocFragment[2].0", "/body/DocFragment[2]"),
    ],
)
def test_elements_are_compared_without_text_and_indices_of_one(
    xpointer: str, expected: str
) -> None:
    assert element(xpointer) == expected
