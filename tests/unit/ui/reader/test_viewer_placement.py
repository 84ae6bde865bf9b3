"""Where what is viewed is: fitted, zoomed, moved, and never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.ui.reader.viewer.placement import Room, placed

ROOM = Room(16, 64, 800, 500)
SIZES = st.floats(1, 20_000)


def test_a_large_picture_is_fitted_and_in_the_middle() -> None:
    at = placed("picture", 1600, 900, ROOM)
    assert at.scale == 0.5
    assert (at.x, at.y) == (16, 64 + 25)
    assert at.is_fitted and not at.moves


def test_a_small_picture_grows_to_twice_its_size_and_a_drawing_to_the_room() -> None:
    assert placed("picture", 100, 100, ROOM).scale == 2
    assert placed("drawing", 100, 100, ROOM).scale == 5


def test_the_point_under_the_pointer_stays_there() -> None:
    at = placed("picture", 1600, 900, ROOM)
    point = (300.0, 200.0)
    zoomed = at.zoomed(6, point)
    before = ((point[0] - at.x) / at.scale, (point[1] - at.y) / at.scale)
    after = ((point[0] - zoomed.x) / zoomed.scale, (point[1] - zoomed.y) / zoomed.scale)
    assert after == pytest.approx(before)


def test_zooming_stops_where_it_fits_on_the_way() -> None:
    at = placed("picture", 1600, 900, ROOM).zoomed(1).zoomed(0.3)
    assert at.zoomed(-2).is_fitted


def test_at_least_eight_times_can_be_reached() -> None:
    assert placed("picture", 1600, 900, ROOM).zoomed(40).scale >= 8


def test_toggling_goes_to_100_percent_and_back() -> None:
    at = placed("picture", 1600, 900, ROOM)
    assert at.toggled().scale == 1
    assert at.toggled().toggled() == at


def test_a_large_table_is_shown_at_its_size_from_where_it_starts() -> None:
    at = placed("table", 2000, 5000, ROOM)
    assert (at.scale, at.x, at.y) == (1, ROOM.left, ROOM.top)
    assert at.moves
    assert placed("table", 2000, 100, ROOM, rtl=True).x == ROOM.left + ROOM.width - 2000
    assert placed("table", 900, 100, ROOM).is_fitted


def test_a_new_room_keeps_it_fitted() -> None:
    at = placed("picture", 1600, 900, ROOM).into(Room(16, 64, 400, 300))
    assert at.is_fitted
    assert at.scale == 0.25


@given(SIZES, SIZES, st.floats(-60, 60), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_it_never_leaves_its_room(
    width: float, height: float, steps: float, dx: float, dy: float
) -> None:
    at = placed("picture", width, height, ROOM).zoomed(steps).moved(dx, dy)
    for start, length, room_start, room in (
        (at.x, width * at.scale, ROOM.left, ROOM.width),
        (at.y, height * at.scale, ROOM.top, ROOM.height),
    ):
        slack = 1e-6 * max(1.0, length)
        if length <= room:
            assert start >= room_start - slack
            assert start + length <= room_start + room + slack
        else:
            assert start <= room_start + slack
            assert start + length >= room_start + room - slack
