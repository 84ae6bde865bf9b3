"""The layouts that a book is walked in. No Qt."""

from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.preferences import Columns, Layout, ReadingSettings

_DEFAULT = ReadingSettings()


@dataclass(frozen=True, slots=True)
class WalkLayout:
    """One way to show a book; the size is that of the page's window, in px."""

    name: str
    settings: ReadingSettings
    width: int = 1000
    height: int = 800


LAYOUTS: Final[dict[str, WalkLayout]] = {
    layout.name: layout
    for layout in (
        WalkLayout("pages", ReadingSettings(columns=Columns.ONE)),
        WalkLayout("two", ReadingSettings(columns=Columns.TWO), 1600, 900),
        WalkLayout("scroll", ReadingSettings(layout=Layout.SCROLL)),
        WalkLayout("large", ReadingSettings(columns=Columns.ONE, size_px=2 * _DEFAULT.size_px)),
    )
}
"""By name: one column, two columns, one long scroll, and text at 200 %."""
