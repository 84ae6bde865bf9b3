"""Look-ups in a reader window: one popover beside the words that were selected."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.kit.translation import tr

if TYPE_CHECKING:  # imported at the first look-up
    from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter
    from kios_desktop.ui.reader.lookup.screen import LookUpScreen
    from kios_desktop.ui.reader.lookup.voice import Voice

_MOST = 0.45  # of the height of the window, for the text


class LookUps(QObject):
    """Nothing can be looked up before `start`. What is looked up moves nothing."""

    add_wanted = Signal()  # a dictionary

    def __init__(self, overlays: OverlayHost, view: QWidget) -> None:
        super().__init__(view)
        self._overlays, self._view = overlays, view
        self._make: Callable[[LookUpScreen], LookUpPresenter] | None = None
        self._presenter: LookUpPresenter | None = None  # of the last popover
        self._voice: Voice | None = None
        self._language = ""

    def start(self, make: "Callable[[LookUpScreen], LookUpPresenter]", language: str) -> None:
        """`make` makes the presenter of one popover; `language` is that of the book."""
        self._make, self._language = make, language

    def end(self) -> None:
        """The window goes: what is still looked for is not shown."""
        self._make = None
        if self._presenter is not None:
            self._presenter.end()

    def show(self, words: str, box: QRect) -> None:
        """Look up words that stand at a box of the window's area."""
        if self._make is None:
            return
        from kios_desktop.ui.reader.lookup.popover import WIDTH
        from kios_desktop.ui.reader.lookup.shown import ShownLookUp
        from kios_desktop.ui.reader.lookup.voice import Voice

        if self._voice is None:
            self._voice = Voice(self, self._language)
            self._voice.silent.connect(self._tell_silent)
        shown = ShownLookUp(self._make, self._voice, round(_MOST * self._view.height()))
        popover, presenter = shown.popover, shown.presenter
        self._presenter = presenter
        popover.close_wanted.connect(self._close)
        popover.add_wanted.connect(self._close)
        popover.add_wanted.connect(self.add_wanted)
        presenter.look_up(words)
        self._overlays.popover_at(popover, box, width=WIDTH).closed.connect(presenter.end)

    def _tell_silent(self) -> None:
        self._overlays.toast(
            tr(
                "This computer has no voice for the language of this book. Install one, then start "
                "Kios again."
            )
        )

    def _close(self) -> None:
        self._overlays.close(OverlayKind.POPOVER)
