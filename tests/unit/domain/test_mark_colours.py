"""The colours of other readers, as ours."""

import pytest

from kios_desktop.domain.mark_colours import nearest_colour
from kios_desktop.domain.marks import MarkColour


@pytest.mark.parametrize("colour", MarkColour)
def test_our_names_are_ours(colour: MarkColour) -> None:
    assert nearest_colour(colour.value.upper()) is colour


@pytest.mark.parametrize(
    ("names", "colour"),
    [
        (["orange", "gold", "#FEF3BD", "#FAD0C3", "rgb(255, 240, 0)"], MarkColour.YELLOW),
        (["olive", "lime", "#C1EAC5", "#0f0", "rgba(0 200 40 / 50%)"], MarkColour.GREEN),
        (["cyan", "teal", "bluegreen", "lightblue", "#BED3F3", "#0066FFFF"], MarkColour.BLUE),
        (["red", "rose", "#EB9694", "#FF66AA"], MarkColour.PINK),
        (["violet", "#D4C4FB", "#80f", "#EE00FF"], MarkColour.PURPLE),
    ],
)
def test_others_are_the_nearest_by_hue(names: list[str], colour: MarkColour) -> None:
    assert {name: nearest_colour(name) for name in names} == dict.fromkeys(names, colour)


@pytest.mark.parametrize(
    "value",
    ["", "gray", "#888", "#ffffff", "mauve-ish", "#12", "rgb(1)", None, 5, ["red"], "#" * 99],
)
def test_what_says_no_colour_is_yellow(value: object) -> None:
    assert nearest_colour(value) is MarkColour.YELLOW
