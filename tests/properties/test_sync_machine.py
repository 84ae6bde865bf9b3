"""Promises of the sync machine over random lives of a book."""

from types import SimpleNamespace

from hypothesis import HealthCheck, settings

from kios_desktop.sync.machine import step
from kios_desktop.sync.state import State
from tests.effort import examples
from tests.properties.sync_rules import rules

TestOneBook = rules(SimpleNamespace(step=step, State=State)).TestCase
TestOneBook.settings = settings(
    max_examples=examples(250),
    stateful_step_count=40,
    derandomize=True,  # the same lives every time; `tests.mutations` and the storm take others
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
