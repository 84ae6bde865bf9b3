"""What the scrubber shows beside the place: the other device's, and where the reader came from."""

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.scrubber import HANDLE, Scrubber

pytestmark = pytest.mark.gui
WIDTH = 400


def painted(scrubber: Scrubber) -> QImage:
    image: QImage = scrubber.grab().toImage()
    return image


def at(image: QImage, fraction: float, beside: int = 0) -> QColor:
    """The colour at a fraction of the line; `beside` px away from it."""
    x = round(HANDLE / 2 + fraction * (WIDTH - HANDLE)) + beside
    return image.pixelColor(x, image.height() // 2)


@pytest.fixture
def scrubber(qapp: QApplication) -> Scrubber:
    made = Scrubber()
    made.resize(WIDTH, made.height())
    made.show_fraction(0.1, "Chapter 1, 10 percent")
    return made


def test_the_place_you_came_from_is_a_hollow_ring(scrubber: Scrubber) -> None:
    scrubber.mark_origin(0.5)
    image, now = painted(scrubber), theme.current()
    assert at(image, 0.5) == now.color("window")
    assert at(image, 0.5, 4) == now.color("accent")
    scrubber.mark_origin(None)
    assert at(painted(scrubber), 0.5) == now.color("track")


def test_the_ring_of_another_device_is_filled_and_lies_on_top(scrubber: Scrubber) -> None:
    scrubber.mark_origin(0.5)
    scrubber.mark_other_device(0.5)
    assert at(painted(scrubber), 0.5) == theme.current().color("accentSoft")


def test_results_of_a_search_are_marked_above_the_line_until_there_are_none(
    scrubber: Scrubber,
) -> None:
    scrubber.mark_hits([0.25, 0.75])
    image, accent = painted(scrubber), theme.current().color("accent")

    def marked() -> set[int]:
        above = image.height() // 2 - 6
        return {x for x in range(WIDTH) if image.pixelColor(x, above) == accent}

    assert marked() == {HANDLE // 2 + round(f * (WIDTH - HANDLE)) for f in (0.25, 0.75)}
    scrubber.mark_hits([])
    image = painted(scrubber)
    assert marked() == set()
