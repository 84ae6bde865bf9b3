"""The question about a place on another device, as the reader shows it. No Qt."""

from collections.abc import Callable

from kios_desktop.domain.locator import Place
from kios_desktop.domain.progress import Lead, Offer
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import BookMap
from kios_desktop.ui.reader.prompt_texts import prompt_for
from kios_desktop.ui.reader.screen import Excerpt, PlaceSync, ReaderScreen
from kios_desktop.ui.sync.devices import device_name


class PlaceOffers:
    """Asks about one offer at a time, and passes the answer to the sync of the book.

    `reading_place` gives the place where the person reads now.
    """

    def __init__(
        self,
        book_map: BookMap,
        screen: ReaderScreen,
        tasks: Tasks,
        excerpt: Excerpt,
        reading_place: Callable[[], Place],
    ) -> None:
        self._map, self._screen, self._tasks = book_map, screen, tasks
        self._excerpt, self._reading_place = excerpt, reading_place
        self.sync: PlaceSync | None = None
        self._asked: Offer | None = None

    def ask(self, offer: Offer) -> None:
        self._asked = offer
        here = self._reading_place()
        progression = self._map.total_progression(here)
        self._screen.show_prompt(prompt_for(offer, self._map.chapter(here), progression))
        there = offer.report.locator
        self._screen.mark_other_device(there.total_progression if there else None)
        self._tasks.replace(f"excerpts-{id(self)}", self._fetch_excerpts(offer))

    def withdraw(self) -> None:
        """The question is void: it was answered, or the person read on."""
        self._asked = None
        self._screen.hide_prompt()

    def moved_silently(self, offer: Offer) -> None:
        device = device_name(offer.report.device)
        words = tr("Moved to where {device} stopped", device=device)
        self._screen.show_toast(words, tr("Undo"), self.undo)

    def accept(self) -> None:
        """“Continue” on the question."""
        if self._asked is not None:
            self.take(self._asked)

    def take(self, offer: Offer) -> None:
        """“Continue”, on the question or later in the sync menu."""
        there = offer.report.locator
        if self.sync is None or there is None:
            return
        title = there.chapter.title
        self.sync.accept(offer)
        words = tr("Moved to the other device’s place")
        if title:
            words = tr("Moved to ‘{title}’", title=title)
        self._screen.show_toast(words, tr("Undo"), self.undo)
        self._screen.mark_other_device(None)

    def stay(self) -> None:
        """“Stay here”. The offer stays in the sync menu, and as a ring on the scrubber."""
        if self._asked is not None and self.sync is not None:
            self.withdraw()
            self.sync.stay()

    def undo(self) -> None:
        """Back to the place before the last move by sync."""
        if self.sync is not None:
            self.sync.undo()

    async def _fetch_excerpts(self, offer: Offer) -> None:
        mine = await self._excerpt(self._reading_place())
        # a place that is only known as a percentage has no line of text
        there = offer.report.locator if offer.lead is not Lead.UNKNOWN else None
        theirs = await self._excerpt(there.place) if there else ""
        if self._asked is offer:
            self._screen.show_excerpts(mine, theirs)
