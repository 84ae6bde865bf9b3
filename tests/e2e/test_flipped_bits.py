"""Some of the runs; all of them: python -m tests.e2e.flipped_bits --runs 60"""

from pathlib import Path

import pytest

from tests.e2e.flipped_bits import flips


@pytest.mark.slow
@pytest.mark.long
async def test_flipped_bits_cost_at_most_what_they_hit(tmp_path: Path) -> None:
    done = await flips(12, tmp_path)
    assert [run for run in done if run.wrong] == []
    assert any(run.ended == "opened" for run in done)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_many_flipped_bits(tmp_path: Path, seed: int) -> None:
    assert [run for run in await flips(60, tmp_path, seed) if run.wrong] == []
