"""What a look-up shows, and what it needs. No Qt."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from kios_desktop.domain.dictionaries import LookUp
from kios_desktop.domain.preferences import LookUpPreferences
from kios_desktop.domain.web_look_up import PageSummary
from kios_desktop.ui.kit.message import Message


class LookUpTab(Enum):
    """Where words are looked up."""

    DICTIONARY = "dictionary"
    WIKIPEDIA = "wikipedia"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Consent:
    """What is asked before words are sent for the first time: to whom, and how that is called."""

    words: str
    service: str
    host: str


@dataclass(frozen=True, slots=True)
class TranslationOffer:
    """What the browser can open: `words` at `host`."""

    words: str
    host: str


@dataclass(frozen=True, slots=True)
class NoPage:
    """The encyclopedia has no page of this name."""

    words: str


LookUpPage = LookUp | PageSummary | NoPage | Consent | TranslationOffer | Message | None
"""What is shown in a tab; None while it is waited for."""


class LookUpScreen(Protocol):
    """The popover, as its presenter sees it."""

    def show(self, words: str, tab: LookUpTab, page: LookUpPage, *, can_go_back: bool) -> None: ...
    def open_web_page(self, address: str) -> None: ...


class DictionariesPort(Protocol):
    """The part of `application.dictionaries.Dictionaries` used here."""

    async def look_up(self, text: str, language: str) -> LookUp: ...


class EncyclopediaPort(Protocol):
    """The part of `application.encyclopedia.Encyclopedia` used here. Raises RemoteError."""

    async def summary(self, address: str, word: str, language: str) -> PageSummary | None: ...


class LookUpChoices(Protocol):
    """The reader's preferences about look-ups."""

    @property
    def value(self) -> LookUpPreferences: ...
    def allow(self, tab: LookUpTab) -> None:
        """Words may be sent to the address of a tab from now on."""
