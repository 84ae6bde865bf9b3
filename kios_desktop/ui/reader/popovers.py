"""The popovers of a reader window that open from its header: Appearance and “Go to…”."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.languages import language_name
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.reader.appearance import AppearancePopover
from kios_desktop.ui.reader.bars import ReaderHeader
from kios_desktop.ui.reader.bars_visibility import BarsVisibility
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.go_to import GoToPopover
from kios_desktop.ui.reader.hyphenation import has_patterns

GO_TO_WIDTH = 320


class ReaderPopovers(QObject):
    """`go_to` goes to what was typed, and returns whether that names a place of the book."""

    more_appearance_requested = Signal()

    def __init__(
        self,
        overlays: OverlayHost,
        header: ReaderHeader,
        bars: BarsVisibility,
        choices: ReadingChoices,
        go_to: Callable[[str], bool],
    ) -> None:
        super().__init__(header)
        self._overlays, self._header, self._bars = overlays, header, bars
        self._choices, self._go_to = choices, go_to

    def toggle_appearance(self) -> None:
        self._bars.show()
        width = theme.size("popoverAppearance")
        self._overlays.toggle_popover(self._appearance, self._header.appearance, width=width)

    def show_go_to(self) -> None:
        """At the contents button, since both lead to a place of the book."""
        self._bars.show()
        popover = GoToPopover(self._go_to)
        popover.found.connect(self._close)
        self._overlays.popover(popover, self._header.contents, width=GO_TO_WIDTH)

    def _appearance(self) -> AppearancePopover:
        language = self._choices.language
        unhyphenated = "" if not language or has_patterns(language) else language_name(language)
        popover = AppearancePopover(self._choices, unhyphenated)
        popover.more_requested.connect(self._close)
        popover.more_requested.connect(self.more_appearance_requested)
        return popover

    def _close(self) -> None:
        self._overlays.close(OverlayKind.POPOVER)
