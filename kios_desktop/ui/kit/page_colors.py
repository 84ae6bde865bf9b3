"""The colours inside a book, and how well they can be told apart. No Qt."""

from typing import Final

from msgspec import Struct

from kios_desktop.domain.preferences import OwnTheme

READABLE: Final = 4.5
"""The least contrast of text, as WCAG 2.2 has it for level AA (1.4.3)."""

_DARK: Final = 0.18  # the relative luminance below which white text is easier to read than black


class PageColors(Struct, frozen=True):
    """The colours inside the book, as `#RRGGBB`."""

    bg: str
    text: str
    muted: str
    link: str
    selection: str


def luminance(color: str) -> float:
    """The relative luminance of #RRGGBB, 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_dark(color: str) -> bool:
    return luminance(color) < _DARK


def own_page_colors(own: OwnTheme) -> PageColors:
    """The colours of the user's theme; those not chosen are mixed from those chosen."""
    return PageColors(
        bg=own.background,
        text=own.text,
        muted=_mixed(own.text, own.background, 0.25),
        link=own.link,
        selection=_mixed(own.background, own.link, 0.25),
    )


def _mixed(color: str, other: str, share: float) -> str:
    """A colour with a share, 0…1, of another one."""
    pairs = zip(_parts(color), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
