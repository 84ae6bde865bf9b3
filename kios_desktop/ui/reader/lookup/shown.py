"""Joins a popover to its presenter."""

from collections.abc import Callable

from kios_desktop.ui.reader.link_question import open_in_browser
from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter
from kios_desktop.ui.reader.lookup.popover import LookUpPopover
from kios_desktop.ui.reader.lookup.screen import LookUpPage, LookUpScreen, LookUpTab
from kios_desktop.ui.reader.lookup.voice import Voice


class ShownLookUp:
    """Implements `screen.LookUpScreen` with one popover. `most` is the height of its text, px."""

    def __init__(
        self, make: Callable[[LookUpScreen], LookUpPresenter], voice: Voice, most: int
    ) -> None:
        self.presenter = make(self)
        self.popover = LookUpPopover(self.presenter.tabs(), most, speaks=voice.may_speak)
        presenter, popover = self.presenter, self.popover
        popover.tab_chosen.connect(presenter.choose)
        popover.followed.connect(presenter.look_up)
        popover.back_wanted.connect(presenter.go_back)
        popover.allowed.connect(presenter.allow)
        popover.refused.connect(lambda: presenter.choose(LookUpTab.DICTIONARY))
        popover.translation_wanted.connect(presenter.open_translation)
        popover.spoken.connect(voice.say)

    def show(self, words: str, tab: LookUpTab, page: LookUpPage, *, can_go_back: bool) -> None:
        self.popover.show_page(words, tab, page, can_go_back=can_go_back)

    def open_web_page(self, address: str) -> None:
        open_in_browser(address)
