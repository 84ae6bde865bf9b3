"""Differences between desktops, in one place."""

import sys
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Desktop:
    """Features of a desktop. Tests may describe another desktop than theirs."""

    has_menu_bar: bool = False  # one bar for all windows, as on macOS

    @classmethod
    def of_this_system(cls) -> Self:
        return cls(has_menu_bar=sys.platform == "darwin")
