"""What happens when words are looked up. No Qt."""

from collections.abc import Awaitable, Sequence

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.preferences import WebLookUp
from kios_desktop.domain.web_look_up import address_host, filled, is_usable
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.lookup.screen import (
    Consent,
    DictionariesPort,
    EncyclopediaPort,
    LookUpChoices,
    LookUpPage,
    LookUpScreen,
    LookUpTab,
    NoPage,
    TranslationOffer,
)


class LookUpPresenter:
    """One popover: the words that were selected, and those that were followed from there."""

    def __init__(
        self,
        dictionaries: DictionariesPort,
        encyclopedia: EncyclopediaPort,
        choices: LookUpChoices,
        screen: LookUpScreen,
        tasks: Tasks,
        language: str,
    ) -> None:
        """`language` is that of the book (BCP 47, "" if it is not known)."""
        self._dictionaries, self._encyclopedia = dictionaries, encyclopedia
        self._choices, self._screen, self._tasks = choices, screen, tasks
        self._language = language
        self._words: list[str] = []  # the last one is shown
        self._tab = LookUpTab.DICTIONARY
        self._number = 0  # of the last request; what an earlier one finds is not shown
        self._has_ended = False

    def tabs(self) -> Sequence[LookUpTab]:
        """Those that are switched on."""
        on = [LookUpTab.DICTIONARY]
        for tab in (LookUpTab.WIKIPEDIA, LookUpTab.TRANSLATION):
            web = self._web(tab)
            if web.enabled and is_usable(web.address):
                on.append(tab)
        return on

    def look_up(self, words: str) -> None:
        """Look up what was selected, or what an entry leads to."""
        if not self._words or words != self._words[-1]:
            self._words.append(words)
        self._load()

    def go_back(self) -> None:
        """Back to the words before; without any, nothing happens."""
        if len(self._words) > 1:
            self._words.pop()
            self._load()

    def choose(self, tab: LookUpTab) -> None:
        self._tab = tab
        self._load()

    def allow(self) -> None:
        """The reader agrees that words are sent to the service of this tab."""
        self._choices.allow(self._tab)
        self._load()

    def open_translation(self) -> None:
        """Open the address of the translation in the browser."""
        web = self._web(LookUpTab.TRANSLATION)
        if self._tab is LookUpTab.TRANSLATION and web.allowed == web.address:
            self._screen.open_web_page(filled(web.address, self._words[-1], self._language))

    def end(self) -> None:
        """The popover was closed."""
        self._has_ended = True

    def _load(self) -> None:
        self._number += 1
        words = self._words[-1]
        match self._tab:
            case LookUpTab.DICTIONARY:
                self._show_when_there(self._dictionaries.look_up(words, self._language))
            case LookUpTab.WIKIPEDIA:
                if self._may_send():
                    self._show_when_there(self._summary(words))
            case LookUpTab.TRANSLATION:
                if self._may_send():
                    web = self._web(self._tab)
                    self._show(TranslationOffer(words, address_host(web.address, self._language)))

    def _may_send(self) -> bool:
        """Whether words may be sent from this tab; asks if that was never asked."""
        web = self._web(self._tab)
        if web.allowed == web.address:
            return True
        is_wiki = self._tab is LookUpTab.WIKIPEDIA
        service = tr("Wikipedia") if is_wiki else tr("the translation")
        host = address_host(web.address, self._language)
        self._show(Consent(self._words[-1], service, host))
        return False

    def _web(self, tab: LookUpTab) -> WebLookUp:
        wanted = self._choices.value
        return wanted.wikipedia if tab is LookUpTab.WIKIPEDIA else wanted.translation

    async def _summary(self, words: str) -> LookUpPage:
        address = self._web(LookUpTab.WIKIPEDIA).address
        try:
            found = await self._encyclopedia.summary(address, words, self._language)
        except RemoteError as error:
            return explain(error, address_host(address, self._language))
        return NoPage(words) if found is None else found

    def _show_when_there(self, asking: Awaitable[LookUpPage]) -> None:
        number = self._number
        self._show(None)

        async def work() -> None:
            page = await asking
            if number == self._number and not self._has_ended:
                self._show(page)

        self._tasks.start(work())

    def _show(self, page: LookUpPage) -> None:
        words, can_go_back = self._words[-1], len(self._words) > 1
        self._screen.show(words, self._tab, page, can_go_back=can_go_back)
