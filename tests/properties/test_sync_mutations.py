"""The properties notice every planted fault, and nothing in the machine as it is."""

import pytest

from tests.mutations.sync import FAULTS, Fault, build, caught

pytestmark = pytest.mark.long


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault: Fault) -> None:
    build(fault)  # a fault that no longer applies is an error, not a catch
    assert caught(fault)


def test_the_machine_itself_has_none() -> None:
    assert not caught(Fault("none", "machine", "RETRY_S = (", "RETRY_S = ("), tries=1)
