"""Every kind of damage has its words, or heals by itself."""

import pytest

from kios_desktop.domain.lost import Lost
from kios_desktop.ui.shell.damage_texts import lost_words

HEALS = {Lost.HISTORY, Lost.ACQUISITION, Lost.SHELF}


@pytest.mark.parametrize("lost", Lost)
def test_what_a_reader_would_miss_is_said_with_what_helps(lost: Lost) -> None:
    words = lost_words(lost)
    assert bool(words) is (lost not in HEALS)
    assert words.count(".") <= 2
