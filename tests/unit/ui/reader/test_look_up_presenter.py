"""Tabs, consent and the way back of a look-up."""

import asyncio
from dataclasses import dataclass, field

from msgspec.structs import replace

from kios_desktop.domain.dictionaries import DictionaryEntry, FoundEntries, LookUp
from kios_desktop.domain.errors import (
    DictionaryError,
    DictionaryFault,
    Fault,
    Unreachable,
)
from kios_desktop.domain.preferences import LookUpPreferences, WebLookUp
from kios_desktop.domain.web_look_up import PageSummary
from kios_desktop.ui.kit.message import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.lookup.look_up_presenter import LookUpPresenter
from kios_desktop.ui.reader.lookup.page_markup import markup_of
from kios_desktop.ui.reader.lookup.screen import (
    Consent,
    LookUpPage,
    LookUpTab,
    NoPage,
    TranslationOffer,
)

WIKI = WebLookUp("https://{language}.w.example/{word}", enabled=True)
TRANSLATE = WebLookUp("https://t.example/{word}", enabled=True)


@dataclass
class Answers:
    """Both ports; what was asked, in order. `slow` words are answered when told."""

    asked: list[str] = field(default_factory=list)
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    page: PageSummary | Exception | None = None

    async def look_up(self, text: str, language: str) -> LookUp:
        self.asked.append(f"{text} in {language}")
        if text in self.slow:
            await self.slow[text].wait()
        return LookUp(text, (FoundEntries("D", (DictionaryEntry(text, "m"),)),), searched=1)

    async def summary(self, address: str, word: str, language: str) -> PageSummary | None:
        self.asked.append(f"{address} {word} {language}")
        if isinstance(self.page, Exception):
            raise self.page
        return self.page


class Choices:
    def __init__(self, value: LookUpPreferences) -> None:
        self.value = value

    def allow(self, tab: LookUpTab) -> None:
        name = "wikipedia" if tab is LookUpTab.WIKIPEDIA else "translation"
        one = getattr(self.value, name)
        self.value = replace(self.value, **{name: replace(one, allowed=one.address)})


@dataclass
class Screen:
    pages: list[tuple[str, LookUpTab, LookUpPage, bool]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def show(self, words: str, tab: LookUpTab, page: LookUpPage, *, can_go_back: bool) -> None:
        self.pages.append((words, tab, page, can_go_back))

    def open_web_page(self, address: str) -> None:
        self.opened.append(address)

    def last(self) -> object:
        return self.pages[-1][2]


class World:
    def __init__(self, **web: WebLookUp) -> None:
        self.answers, self.screen = Answers(), Screen()
        self.choices = Choices(replace(LookUpPreferences(), **web))
        self.bugs: list[Exception] = []
        self.presenter = LookUpPresenter(
            self.answers, self.answers, self.choices, self.screen, Tasks(self.bugs.append), "fr"
        )

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        assert not self.bugs


async def test_only_what_is_switched_on_and_usable_has_a_tab() -> None:
    assert World().presenter.tabs() == [LookUpTab.DICTIONARY]
    both = World(wikipedia=WIKI, translation=TRANSLATE)
    assert both.presenter.tabs() == [*LookUpTab]
    broken = World(wikipedia=WebLookUp("https://w.example/", enabled=True))
    assert broken.presenter.tabs() == [LookUpTab.DICTIONARY]


async def test_the_way_back_is_that_of_the_words() -> None:
    world = World()
    for words in ("one", "two", "two", "three"):
        world.presenter.look_up(words)
        await world.settle()
    for _ in range(3):
        world.presenter.go_back()
        await world.settle()
    shown = [(words, back) for words, _tab, page, back in world.screen.pages if page is not None]
    assert shown[-3:] == [("three", True), ("two", True), ("one", False)]
    assert world.answers.asked[0] == "one in fr"


async def test_what_is_found_late_is_not_shown() -> None:
    world = World()
    world.answers.slow["slow"] = asyncio.Event()
    world.presenter.look_up("slow")
    await world.settle()
    world.presenter.look_up("quick")
    await world.settle()
    world.answers.slow["slow"].set()
    await world.settle()
    assert [words for words, _tab, page, _back in world.screen.pages if page] == ["quick"]
    world.presenter.look_up("last")
    world.presenter.end()
    await world.settle()
    assert world.screen.last() is None


async def test_nothing_is_sent_without_consent_and_then_at_once() -> None:
    world = World(wikipedia=WIKI, translation=TRANSLATE)
    world.answers.page = PageSummary("T", "", "text")
    world.presenter.look_up("mot")
    world.presenter.choose(LookUpTab.WIKIPEDIA)
    await world.settle()
    assert world.screen.last() == Consent("mot", "Wikipedia", "fr.w.example")
    assert world.answers.asked == ["mot in fr"]
    world.presenter.allow()
    await world.settle()
    assert world.screen.last() == PageSummary("T", "", "text")
    assert world.answers.asked[-1] == f"{WIKI.address} mot fr"
    world.presenter.choose(LookUpTab.TRANSLATION)
    assert world.screen.last() == Consent("mot", "the translation", "t.example")
    world.presenter.open_translation()
    assert world.screen.opened == []
    world.presenter.allow()
    assert world.screen.last() == TranslationOffer("mot", "t.example")
    assert world.screen.opened == []
    world.presenter.open_translation()
    assert world.screen.opened == ["https://t.example/mot"]


async def test_no_page_and_no_answer_are_told() -> None:
    world = World(wikipedia=replace(WIKI, allowed=WIKI.address))
    world.presenter.look_up("mot")
    world.presenter.choose(LookUpTab.WIKIPEDIA)
    await world.settle()
    assert world.screen.last() == NoPage("mot")
    world.answers.page = Unreachable(Fault.DNS, "fr.w.example")
    world.presenter.look_up("mots")
    await world.settle()
    last = world.screen.pages[-1][2]
    assert isinstance(last, Message)
    assert "fr.w.example can’t be found" in markup_of("mots", last)


def test_what_is_shown_is_escaped_and_says_why() -> None:
    hostile = "<img src=x>"
    pages: list[LookUpPage] = [
        LookUp(hostile, searched=1, tried=(hostile,), suggestions=(hostile, "a&b")),
        LookUp(hostile, (FoundEntries(hostile, (DictionaryEntry(hostile, ""),)),)),
        PageSummary(hostile, hostile, hostile),
        NoPage(hostile),
        Consent(hostile, hostile, hostile),
        TranslationOffer(hostile, hostile),
        Message(hostile, hostile),
    ]
    for page in pages:
        assert "<img" not in markup_of(hostile, page)
    assert 'href="look:a%26b"' in markup_of("", pages[0])
    cut = DictionaryError(DictionaryFault.CUT, "a.idx")
    broken = markup_of("a", LookUp("a", problems=(cut,)))
    assert "No dictionary could be read." in broken and "a.idx" in broken
    assert "No dictionary yet" in markup_of("a", LookUp("a"))
    assert "There is no word in this." in markup_of("…", LookUp("", searched=1))
