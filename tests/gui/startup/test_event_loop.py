"""The shipped loop does for generators and connections what asyncio's own does."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.startup.event_loop import new_event_loop
from tests.protocols.http.test_given_up import (  # noqa: F401  (they run here as well)
    test_many_at_once_are_given_up_and_the_next_is_answered,
    test_the_next_request_is_answered,
)
from tests.protocols.http.test_wire import (  # noqa: F401
    test_a_closed_wire_stays_closed,
    test_what_is_under_way_ends_well_and_then_its_connection_is_closed,
)

pytestmark = pytest.mark.gui


class Held:
    """What somebody has taken and must give back."""

    given_back = False

    async def parts(self) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            await asyncio.sleep(0)
            self.given_back = True


async def test_a_generator_that_nobody_finishes_comes_to_its_end() -> None:
    held = Held()
    parts = held.parts()
    await anext(parts)
    del parts
    gc.collect()
    await asyncio.sleep(0.05)
    assert held.given_back


def test_one_that_is_open_at_the_end_of_the_loop_as_well(qapp: QApplication) -> None:
    held = Held()
    parts = held.parts()

    async def run() -> None:
        await anext(parts)

    with asyncio.Runner(loop_factory=lambda: new_event_loop(qapp)) as runner:
        runner.run(run())
        assert not held.given_back
    assert held.given_back
    assert sys.get_asyncgen_hooks() == (None, None)
