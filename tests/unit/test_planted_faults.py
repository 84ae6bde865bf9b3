"""Every fault of `tests.mutations` can still be planted, and its tests are still there."""

import pytest

from tests.mutations.program import FAULTS, ROOT, Planted


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted_and_its_tests_are_there(fault: Planted) -> None:
    assert fault.source() != (ROOT / fault.file).read_text(encoding="utf-8")
    compile(fault.source(), fault.file, "exec")
    for test in fault.tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name or 'test_'}" in text


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
