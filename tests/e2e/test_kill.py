"""A few of the hundred kills; all of them: python -m tests.e2e.kill"""

from pathlib import Path

import pytest

from tests.e2e.kill import kills

pytestmark = [pytest.mark.gui, pytest.mark.slow]


async def test_kill_loses_at_most_the_last_page_turn(tmp_path: Path) -> None:
    assert await kills(3, tmp_path) == []
