"""How many columns the grid has at each width."""

from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.ui.library.delegate import GAP
from kios_desktop.ui.library.grid import columns


def test_1440_shows_seven_columns_and_900_five() -> None:
    assert columns(1440 - 232 - 2 * 13, 142).count == 7
    assert columns(900 - 52 - 2 * 13, 142).count == 5


@given(width=st.integers(320, 4000), least=st.sampled_from((112, 142, 184)))
def test_covers_fill_the_width_and_never_more(width: int, least: int) -> None:
    fitted = columns(width, least)
    used = fitted.count * (fitted.cover_width + GAP)
    assert used <= width
    assert width - used < fitted.count  # flush but for less than a pixel a column
    assert fitted.count == 2 or fitted.cover_width >= least
