"""Shows the question about a place on another device in a reader window."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.preferences import Answer
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind, announce
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.prompt_banner import PromptBanner
from kios_desktop.ui.reader.screen import Prompt


class Question(QObject):
    """Shows one banner from `ask` until `withdraw`."""

    accepted = Signal()
    stayed = Signal()
    rule_chosen = Signal(object)  # Answer, for this book

    def __init__(self, overlays: OverlayHost, page: QWidget, top: Callable[[], int]) -> None:
        """`page` gets the focus back afterwards; `top` is the y of the banner in px."""
        super().__init__(page)
        self._overlays, self._page, self._top = overlays, page, top
        self.banner: PromptBanner | None = None
        self.rule: Answer | None = None  # the stored answer for this book; None for “as everywhere”

    def ask(self, prompt: Prompt) -> None:
        self.banner = banner = PromptBanner(prompt, self.rule)
        banner.accepted.connect(self.accepted)
        banner.stayed.connect(self.stayed)
        banner.always.connect(self.rule_chosen)
        banner.resized.connect(self._overlays.replace_all)
        self._overlays.banner(banner, self._top)
        title = prompt.there_title or prompt.there_percent
        announce(
            self._page,
            tr("Another device is in {place}. Press F6 to choose.", place=title),
            assertive=True,
        )

    def show_excerpts(self, here: str, there: str) -> None:
        if self.banner is not None:
            self.banner.show_excerpts(here, there)

    def withdraw(self) -> None:
        if self.banner is not None:
            self.banner = None
            self._overlays.close(OverlayKind.BANNER)
            self._page.setFocus()

    # -- seen from outside: tours and tests

    @property
    def sentence(self) -> str:
        """The question that is shown; "" for none."""
        return self.banner.sentence if self.banner is not None else ""

    def answer(self, go_on: bool) -> None:
        """What a click on Continue or Stay here does."""
        if self.banner is not None:
            (self.banner.go_on if go_on else self.banner.stay).click()
