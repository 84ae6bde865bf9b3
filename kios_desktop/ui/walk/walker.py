"""Turns the pages of a book from the first to the last in a real page, and looks at each.

A web engine that ends or hangs is started again without the chapter that it stopped in, which
counts as lost.
"""

import asyncio
import re
import statistics

import msgspec

from kios_desktop.domain.preferences import PageTheme
from kios_desktop.epub.serving import StandIn
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.chapter_failures import ChapterFailures
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import (
    LEFT_OUT,
    Destination,
    Edge,
    OpenBook,
    PageStyle,
    Ready,
    Relocated,
)
from kios_desktop.ui.reader.page_style import new_page_style
from kios_desktop.ui.walk.layouts import WalkLayout
from kios_desktop.ui.walk.report import (
    ChapterReport,
    LayoutReport,
    Loss,
    LowContrast,
    PictureState,
    SeenPicture,
)
from kios_desktop.ui.walk.walked_book import WalkedBook
from kios_desktop.ui.walk.walked_page import EngineStopped, WalkedPage

BATCH_MS = 150  # of looking and turning, before the page may paint and say what it has to say
MOST_BATCHES = 20_000  # of a chapter: else the page would turn for ever
MOST_STOPS = 6  # of the web engine in one layout
SETTLE_S, SETTLE_TRIES = 0.02, 500  # for pictures and fonts of a chapter
OPENED_S = 0.1  # until the page is laid out again after something was opened

_OWN_ADDRESS = re.compile(r"book://[0-9a-f]+/")  # another one each time


async def walk(
    profile: BookProfile,
    book: WalkedBook,
    layout: WalkLayout,
    script: str,
    *,
    contrast: bool = True,
    fitted: bool = True,
) -> LayoutReport:
    """Walk through a book in one layout. `script` is that of the probe.

    `contrast`: measure it too, in every page theme. `fitted`: the page fits boxes, as for readers.
    Raises EngineStopped when the web engine stops again and again.
    """
    walker = _Walker(profile, book, layout, script)
    walker.contrast, walker.fitted = contrast, fitted
    await walker.run()
    return await asyncio.to_thread(walker.report)  # it counts the file's own characters


class _Batch(msgspec.Struct):
    """Some pages that were turned and looked at.

    `is_last`: the chapter's last page is shown. `is_stuck`: a turn does not leave its page.
    `is_left`: the last turn led to another chapter.
    """

    is_last: bool
    is_stuck: bool
    is_left: bool
    turns_ms: list[float]


class _Walker:
    def __init__(
        self, profile: BookProfile, book: WalkedBook, layout: WalkLayout, script: str
    ) -> None:
        self._profile, self._book, self._layout = profile, book, layout
        self._script = script
        self.contrast = self.fitted = True
        self._failures = ChapterFailures()
        self._chapters: dict[int, ChapterReport] = {}
        self._stopped: set[int] = set()
        self._turn_ms: list[float] = []
        self._logged: list[str] = []

    async def run(self) -> None:
        for _ in range(MOST_STOPS):
            try:
                await self._walk_on()
            except EngineStopped:
                continue
            return
        raise EngineStopped

    async def _walk_on(self) -> None:
        """Walk through what has no report yet."""
        page = WalkedPage(await self._profile.take_page(), self._layout, self._failures)
        page.page.logged.connect(self._logged.append)
        try:
            await self._open(page)
            await self._through(page)
            for spine in self._book.nonlinear:
                if spine not in self._chapters:
                    await self._go(page, spine)
                    await self._finish(page, spine)
        except EngineStopped:
            self._blame(page.at)
            page.end_web_engine()
            raise
        finally:
            page.close()

    def _blame(self, at: int | None) -> None:
        """Leave the chapter out at which the web engine stopped."""
        self._failures.stopped(stuck=True)
        spines = range(len(self._book.hrefs))
        blamed = {i for i in spines if self._failures.is_left_out(i)} - self._stopped
        self._stopped |= blamed or ({at} if at is not None else set())

    async def _open(self, walked: WalkedPage) -> None:
        book, page = self._book, walked.page
        page.serve(book.read)
        if not page.is_ready:
            await walked.wait(Ready)
        if not self.fitted:
            await walked.load("kios.fitting = false")
        urls = page.urls_of(book.hrefs)
        shown = [LEFT_OUT if i in self._stopped else url for i, url in enumerate(urls)]
        page.bridge.open(OpenBook(shown, book.nonlinear, {}, _style(self._layout)))
        await walked.load(self._script)

    async def _through(self, page: WalkedPage) -> None:
        """From the first chapter without a report to the end, by turning pages."""
        order = self._book.publication.reading_order
        rest = [i for i, link in enumerate(order) if link.linear and i not in self._chapters]
        at, spine = None, next(iter(rest), None)
        while spine is not None:
            if at != spine:
                await self._go(page, spine)
            at = await self._finish(page, spine)
            # from a chapter that turns do not leave, on to the next one
            spine = at if at != spine else next((i for i in rest if i > spine), None)

    async def _go(self, page: WalkedPage, spine: int) -> None:
        seen = len(page.messages)
        page.at = spine
        page.page.bridge.go_to(Destination(spine, "go"))
        await page.wait(Relocated, seen, cause="go")

    async def _finish(self, page: WalkedPage, spine: int) -> int | None:
        """Look at the chapter from here to its end.

        Returns where that leads: None at the end of the book, itself if no turn leaves the chapter.
        """
        page.at = spine
        await self._settle(page)
        report: ChapterReport | None = None
        after: int | None = spine
        for _ in range(MOST_BATCHES):
            seen = len(page.messages)
            batch = msgspec.convert(await page.ask(f"kiosWalk.through({BATCH_MS})"), _Batch)
            self._turn_ms += batch.turns_ms
            if batch.is_stuck:
                break
            if batch.is_last:  # before the turn: a chapter that is left may go
                report = await self._seen(page)
            if not batch.is_left:
                seen = len(page.messages)
                page.page.bridge.turn(1)
            if (after := await self._arrival(page, seen, batch.is_left)) != spine:
                break
        self._chapters[spine] = report or await self._seen(page)
        return after

    async def _seen(self, page: WalkedPage) -> ChapterReport:
        """What was seen of the chapter so far."""
        report = msgspec.convert(await page.ask("kiosWalk.report()"), ChapterReport)
        if not self.contrast:
            return report
        found = await page.ask(f"kiosWalk.contrasts({styles_of_themes(self._layout)})")
        contrast = msgspec.convert(found, tuple[LowContrast, ...])
        return msgspec.structs.replace(report, contrast=contrast)

    async def _settle(self, page: WalkedPage) -> None:
        """Wait for what moves lines: pictures, fonts, and details that are opened."""
        for _ in range(SETTLE_TRIES):
            if await page.ask("kiosWalk.ready()"):
                break
            await asyncio.sleep(SETTLE_S)
        if await page.ask("kiosWalk.openDetails()"):
            await asyncio.sleep(OPENED_S)

    async def _arrival(self, page: WalkedPage, seen: int, is_left: bool) -> int | None:
        """The chapter after a turn; None at the end of the book. `is_left`: it is another one."""
        own = page.at
        while True:
            at = await page.wait(Relocated, seen, cause="turn")
            seen = page.messages.index(at, seen) + 1
            if not is_left or at.spine != own:
                break
        await page.ask("0")  # by then an `Edge` has come too
        return None if any(isinstance(one, Edge) for one in page.messages[seen:]) else at.spine

    def report(self) -> LayoutReport:
        """The whole book, with what never reached the page."""
        book = self._book
        chapters, refused = {}, {}
        for spine, href in enumerate(book.hrefs):
            found = self._chapters.get(spine, ChapterReport(spine))
            total = book.models.total(spine)
            stand_in = book.stand_ins.get(href)
            if stand_in is not None and book.is_refused_by_rule(spine):
                refused[spine] = stand_in.name.lower()
            elif reason := self._reason(found, total, stand_in):
                found = _with_loss(found, total, reason)
            pictures = tuple(self._judged(picture) for picture in found.pictures)
            chapters[spine] = msgspec.structs.replace(
                found, pictures=pictures, is_damaged=book.is_damaged(spine)
            )
        return LayoutReport(
            self._layout.name,
            book.hrefs,
            chapters,
            refused,
            round(statistics.median(self._turn_ms), 1) if self._turn_ms else 0.0,
            tuple(dict.fromkeys(_OWN_ADDRESS.sub("", text).strip() for text in self._logged)),
        )

    def _judged(self, picture: SeenPicture) -> SeenPicture:
        if picture.state is not PictureState.FAILED:
            return picture
        state = self._book.why_not_shown(picture.source)
        return msgspec.structs.replace(picture, state=state)

    def _reason(self, found: ChapterReport, total: int, stand_in: StandIn | None) -> str:
        """Why characters of a chapter were never served; "" if all were."""
        if found.spine in self._stopped:
            return "the web engine stopped at it"
        if found.spine not in self._chapters:
            return "no turn leads to it"
        if stand_in is not None or found.stands_in:
            return f"a sentence in its place: {stand_in.name.lower() if stand_in else 'lost'}"
        if found.is_error:
            return "the web engine’s error page in its place"
        return f"{found.total} of {total} characters served" if found.total != total else ""


def _with_loss(found: ChapterReport, total: int, reason: str) -> ChapterReport:
    """The report with what was not served; of a page in place of the chapter nothing counts.

    How much it was is not known of a file that can't be read: the loss is of 0 characters then.
    """
    if found.is_error or found.stands_in:
        found = ChapterReport(found.spine, pages=found.pages)
    missing = abs(total - found.total)
    return msgspec.structs.replace(
        found,
        characters=found.characters + missing,
        lost=(Loss(missing, "", reason), *found.lost),
    )


def _style(layout: WalkLayout, page_theme: PageTheme = PageTheme.PAPER) -> PageStyle:
    colors = theme.current().page(page_theme)
    names = ("bg", "text", "muted", "link", "selection")
    named = {name: getattr(colors, name) for name in names}
    return new_page_style(layout.settings, named, page_theme, dim_pictures=False)


def styles_of_themes(layout: WalkLayout) -> str:
    """The page in each theme, as JSON by name of the theme."""
    themes = [one for one in PageTheme if one not in (PageTheme.AUTO, PageTheme.CUSTOM)]
    return msgspec.json.encode({one.value: _style(layout, one) for one in themes}).decode()
