"""Every kind of damage has its words, or heals by itself."""

import pytest

from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.ui.shell.damage_texts import damage_text

HEALS = {RecordKind.HISTORY, RecordKind.ACQUISITION, RecordKind.SHELF}


@pytest.mark.parametrize("lost", RecordKind)
def test_what_a_reader_would_miss_is_said_with_what_helps(lost: RecordKind) -> None:
    words = damage_text(lost)
    assert bool(words) is (lost not in HEALS)
    assert words.count(".") <= 2
