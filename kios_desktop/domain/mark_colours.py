"""The colours of other readers as the nearest of ours, and ours as others write them."""

import colorsys
import re
from typing import Final

from kios_desktop.domain.marks import MarkColour

SENT_AS: Final = {
    MarkColour.YELLOW: "#FACC15",
    MarkColour.GREEN: "#4ADE80",
    MarkColour.BLUE: "#38BDF8",
    MarkColour.PINK: "#F472B6",
    MarkColour.PURPLE: "#A78BFA",
}
"""What servers get: those that Grimmory's own reader offers, as far as it has them."""

# hues in degrees
_HUES: Final = {
    MarkColour.YELLOW: 45.0,
    MarkColour.GREEN: 88.0,
    MarkColour.BLUE: 199.0,
    MarkColour.PURPLE: 261.0,
    MarkColour.PINK: 340.0,
}
# names that other readers write
_NAMED: Final = {
    "red": "#ff3300",
    "orange": "#ff8800",
    "olive": "#88ff77",
    "lime": "#00ff00",
    "teal": "#008080",
    "cyan": "#00ffee",
    "bluegreen": "#bedadc",
    "lightblue": "#c4def6",
    "violet": "#8f00ff",
    "magenta": "#ff00ff",
    "rose": "#ff007f",
    "gold": "#ffd700",
}
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{2})?")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\b.*")
_GREY = 0.05  # a colour whose parts differ by less has no hue


def nearest_colour(value: object) -> MarkColour:
    """Of a name, `#rrggbb` or `rgb(…)`; yellow for greys and what says no colour."""
    if not isinstance(value, str):
        return MarkColour.YELLOW
    name = value[:64].strip().lower()
    try:
        return MarkColour(name)
    except ValueError:
        pass
    parts = _parts(_NAMED.get(name, name))
    if parts is None or max(parts) - min(parts) < _GREY:
        return MarkColour.YELLOW
    hue = 360 * colorsys.rgb_to_hsv(*parts)[0]
    return min(_HUES, key=lambda colour: _apart(hue, _HUES[colour]))


def _parts(text: str) -> tuple[float, float, float] | None:
    """Red, green and blue, 0…1."""
    if found := _HEX.fullmatch(text):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        red, green, blue = bytes.fromhex(digits)
    elif found := _RGB.fullmatch(text):
        red, green, blue = (min(255, int(number)) for number in found.groups())
    else:
        return None
    return red / 255, green / 255, blue / 255


def _apart(one: float, other: float) -> float:
    """Degrees between two hues, the short way round."""
    apart = abs(one - other)
    return min(apart, 360 - apart)
