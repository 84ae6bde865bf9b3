"""Where links of a chapter lead: into the book, out of it, or nowhere. No Qt."""

from collections.abc import Awaitable, Callable

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import href as hrefs
from kios_desktop.epub.link_targets import LinkTargets, is_cfi
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.wire import Destination
from kios_desktop.ui.reader.screen import ReaderScreen

OPENABLE = ("http://", "https://", "mailto:")

PlaceOfCfi = Callable[[str, int], Awaitable[Place | None]]
"""The place that a CFI in a spine item means; None when the file can't be read."""

Jump = Callable[[Destination, bool], None]
"""Sends the page to a destination, to read on there or only to look (True)."""


class BookLinks:
    """Follows links of one book."""

    def __init__(
        self,
        publication: Publication,
        screen: ReaderScreen,
        tasks: Tasks,
        place_of_cfi: PlaceOfCfi,
        jump: Jump,
    ) -> None:
        self._targets = LinkTargets(publication)
        self._screen, self._tasks = screen, tasks
        self._place_of_cfi, self._jump = place_of_cfi, jump

    def follow(self, href: str, spine_index: int) -> None:
        """A link in the chapter `spine_index` was followed."""
        if hrefs.is_remote(href):
            if href.lower().startswith(OPENABLE):
                self._screen.ask_about_link(href)
            else:  # javascript:, file: and the like
                self._screen.show_toast(tr("Kios doesn’t open links of this kind."))
            return
        target = self._targets.of_link(href, spine_index)
        if target is None:
            self._screen.show_toast(tr("This link leads nowhere in the book."))
            return
        self.go(target.spine_index, target.fragment, look=True)

    def go(self, spine_index: int, fragment: str, look: bool) -> None:
        """Go to an element by id, or to the place of a CFI as soon as that is known."""
        if is_cfi(fragment):
            self._tasks.replace(f"link-{id(self)}", self._go_to_cfi(spine_index, fragment, look))
        else:
            self._jump(Destination(spine=spine_index, anchor=fragment, cause="go"), look)

    async def _go_to_cfi(self, spine_index: int, text: str, look: bool) -> None:
        place = await self._place_of_cfi(text, spine_index) or Place(spine_index, 0)
        to = Destination(spine=place.spine_index, ordinal=place.ordinal, cause="go")
        self._jump(to, look)
