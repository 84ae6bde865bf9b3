"""Whatever a server answers, a client gives a value or an error of its own.

A few of the inputs of `python -m tests.fuzz_answers`, which goes on for as long as it is asked to.
"""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz_answers import WIRE_SHARE, Minutes, fuzz


def failures(seed: int, numbers: "range | Minutes", wire_share: float) -> list[str]:
    run = asyncio.run(fuzz(seed, numbers, wire_share))
    assert sum(run.counted.values()) > 0
    return [f"{one.number} {one.where} {one.answer!r:.400}\n{one.trace}" for one in run.failures]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**9))
def test_above_the_network(seed: int) -> None:
    assert failures(seed, range(60), 0.0) == []


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**9))
def test_over_the_loopback(seed: int) -> None:
    assert failures(seed, range(12), 1.0) == []


@pytest.mark.long
def test_for_minutes() -> None:
    assert failures(11, Minutes(4), WIRE_SHARE) == []
