"""What a desktop has that another has not, known in one place."""

import sys
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Desktop:
    """A test may describe another desktop than the one it runs on."""

    has_menu_bar: bool = False  # one for all windows, at the top of the screen

    @classmethod
    def of_this_system(cls) -> Self:
        return cls(has_menu_bar=sys.platform == "darwin")
