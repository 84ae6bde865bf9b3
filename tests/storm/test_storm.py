"""A short storm with every run of the tests, and a long one with `tasks.py test --all`."""

from pathlib import Path

import pytest

from tests.storm.__main__ import storm


@pytest.mark.parametrize("rounds", [40, pytest.param(1000, marks=pytest.mark.long)])
async def test_nothing_is_lost_overwritten_or_asked_twice_in_a_storm(
    rounds: int, tmp_path: Path
) -> None:
    faults = await storm(rounds, seed=11, folder=tmp_path)
    assert not faults.any, faults
