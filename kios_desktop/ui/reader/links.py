"""Where links of a chapter lead: into the book, out of it, or nowhere. No Qt."""

from collections.abc import Awaitable, Callable

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import href as hrefs
from kios_desktop.epub.link_targets import LinkTarget, LinkTargets, is_cfi
from kios_desktop.epub.notes import NoteLink
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.wire import Box, Destination, LinkActivated
from kios_desktop.ui.reader.screen import ReaderScreen, ShownNote

OPENABLE = ("http://", "https://", "mailto:")

PlaceOfCfi = Callable[[str, int], Awaitable[Place | None]]
"""The place that a CFI in a spine item means; None when the file can't be read."""

NoteOf = Callable[[NoteLink, int], Awaitable[ShownNote | None]]
"""The note that a link in a spine item leads to; None when it leads to something else."""

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
        note_of: NoteOf,
        jump: Jump,
    ) -> None:
        self._targets = LinkTargets(publication)
        self._screen, self._tasks = screen, tasks
        self._place_of_cfi, self._note_of, self._jump = place_of_cfi, note_of, jump

    def follow(self, link: LinkActivated) -> None:
        """A link was followed: to a note, which is shown beside it, or elsewhere."""
        href, spine_index = link.href, link.spine
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
        kinds, ids = frozenset(link.kinds), frozenset(link.ids)
        asked = NoteLink(href, link.text, kinds, ids, link.raised)
        if asked.may_lead_to_a_note and target.fragment and not is_cfi(target.fragment):
            work = self._show_note(asked, link.box, spine_index, target)
            self._tasks.replace(f"note-{id(self)}", work)
        else:
            self.go(target.spine_index, target.fragment, look=True)

    def end(self) -> None:
        """The book is closed: a note that is looked up is shown no more."""
        self._tasks.cancel(f"note-{id(self)}")

    async def _show_note(
        self, asked: NoteLink, box: Box, spine_index: int, target: LinkTarget
    ) -> None:
        """Show the note that a link leads to, or go where it leads."""
        shown = await self._note_of(asked, spine_index)

        def go() -> None:
            self.go(target.spine_index, target.fragment, look=True)

        if shown is None:
            go()
        else:
            self._screen.show_note(shown, box, go)

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
