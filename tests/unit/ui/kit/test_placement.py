"""Overlays stay inside the window and beside their anchor."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from kios_desktop.ui.kit.placement import GAP, MARGIN, STEP, cascaded, clear_of, place

BOUNDS = QRect(0, 0, 800, 600)


def test_opens_below_and_keeps_the_trailing_edge_at_the_right() -> None:
    box = place(QSize(300, 200), QRect(700, 10, 32, 32), BOUNDS)
    assert box == QRect(432, 42 + GAP, 300, 200)


def test_flips_above_when_there_is_no_room_below() -> None:
    box = place(QSize(300, 200), QRect(10, 560, 32, 32), BOUNDS)
    assert box.bottom() + 1 == 560 - GAP


def test_too_tall_content_is_cut_so_that_it_scrolls_inside() -> None:
    box = place(QSize(300, 5000), QRect(10, 100, 32, 32), BOUNDS)
    assert box.bottom() + 1 <= BOUNDS.height() - MARGIN


@given(
    width=st.integers(1, 2000),
    height=st.integers(1, 2000),
    x=st.integers(0, 768),
    y=st.integers(0, 568),
)
def test_never_leaves_the_window(width: int, height: int, x: int, y: int) -> None:
    box = place(QSize(width, height), QRect(x, y, 32, 32), BOUNDS)
    assert BOUNDS.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN).contains(box)


def test_a_toast_goes_beside_what_it_would_cover_and_above_it_when_there_is_no_room() -> None:
    pill = QRect(24, 550, 300, 36)
    wide, narrow = QRect(0, 0, 900, 600), QRect(0, 0, 500, 600)
    assert clear_of(pill, QRect(400, 550, 300, 36), wide) == QRect(400, 550, 300, 36)
    assert clear_of(pill, QRect(300, 550, 300, 36), wide) == QRect(332, 550, 300, 36)
    above = clear_of(pill, QRect(100, 550, 300, 36), narrow)
    assert above.bottom() < pill.top()
    mirrored = QRect(576, 550, 300, 36)
    assert clear_of(mirrored, QRect(300, 550, 300, 36), wide) == QRect(268, 550, 300, 36)


def test_a_window_that_would_lie_on_another_one_lies_a_step_further() -> None:
    first = QRect(100, 50, 400, 300)
    second = cascaded(first, [first], BOUNDS)
    assert second == QRect(100 + STEP, 50 + STEP, 400, 300)
    assert cascaded(first, [second], BOUNDS) == first, "its place is free again"


def test_a_window_as_wide_as_the_room_lies_beside_one_at_a_step_from_its_edge() -> None:
    wide = QRect(STEP, 0, BOUNDS.width() - 2 * STEP + 1, 100)
    assert cascaded(wide, [wide], BOUNDS).topLeft() != wide.topLeft()


@given(
    st.integers(0, 12),
    st.builds(QSize, st.integers(100, 900), st.integers(100, 700)),
    st.builds(QPoint, st.integers(0, 400), st.integers(0, 300)),
)
def test_any_number_of_windows_have_corners_of_their_own(
    count: int, size: QSize, corner: QPoint
) -> None:
    placed: list[QRect] = []
    for _ in range(count):
        placed.append(cascaded(QRect(corner, size), placed, BOUNDS))
    assert len({(box.x(), box.y()) for box in placed}) == count
    assert {(box.width(), box.height()) for box in placed} <= {(size.width(), size.height())}
