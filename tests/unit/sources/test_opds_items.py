"""Spine items that servers list in their own way, and koboSpans, against a Komga's own rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Credentials, Session
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources.opds_progress import OpdsRemote
from tests.books import PIXEL_PNG, BookDraft, page
from tests.fakes.komga import PASSWORD, PROGRESSION, USER, Komga, Shelved, stamp

BOOK = BookId(1)
IDS = ("11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555")


def text(chapter: str, paragraphs: int = 12) -> str:
    words = (" ".join(f"{chapter}{n}x{k}" for k in range(30)) for n in range(paragraphs))
    return f"<h1>{chapter}</h1>" + "".join(f"<p>{one}. Then more.</p>" for one in words)


@dataclass
class Bench:
    """Two devices at one Komga with one book."""

    places: Places
    book: Shelved
    mine: OpdsRemote
    other: OpdsRemote
    now: datetime = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

    async def push(self, place: Place) -> dict[str, Any]:
        """What the server has after a place of mine went there."""
        self.now += timedelta(minutes=1)
        prepared = await self.mine.prepare(BOOK, self.places.locator(place), None, None)
        sent = await self.mine.push(BOOK, prepared)
        looked = await self.mine.pull(BOOK, (sent,))
        assert isinstance(looked, Sent), "our own place is asked about"
        assert looked.locator.place == place
        found: dict[str, Any] = self.book.written[-1]["locator"]
        return found

    async def seen(self) -> Report:
        """What the other device sees."""
        report = await self.other.pull(BOOK, ())
        assert isinstance(report, Report)
        return report

    async def put(self, **locator: Any) -> Report:
        """Another program's record, as this device sees it."""
        self.now += timedelta(minutes=1)
        device = {"id": "x", "name": "Elsewhere"}
        self.book.progression = {"modified": stamp(self.now), "device": device, "locator": locator}
        return await self.seen()


@asynccontextmanager
async def bench(draft: BookDraft, folder: Path) -> AsyncIterator[Bench]:
    opened = open_publication(draft.write(folder / "book.epub"), None)
    places = opened.places
    places.measure()
    async with Komga([opened.path]) as server:
        book = next(iter(server.books.values()))
        address = f"{server.origin}/opds/v2/books/{book.id}/progression"
        session = Session(ServerUrl(address), Credentials(AuthMethod.BASIC, USER, Secret(PASSWORD)))
        link = ProgressionLink(ServerUrl(address), ProgressionDialect.READIUM, PROGRESSION)

        async def link_of(_book: BookId) -> ProgressionLink | None:
            return link

        @asynccontextmanager
        async def places_of(_book: BookId) -> AsyncIterator[Places]:
            yield places

        def device(identity: str) -> OpdsRemote:
            return OpdsRemote(
                "1" * 32,
                Progressions(session),
                link_of,
                places_of,
                lambda: "desk",
                identity,
                lambda: made.now,
            )

        made = Bench(places, book, device(IDS[0]), device(IDS[1]))
        try:
            yield made
        finally:
            await session.aclose()
            opened.close()


# -- spine items


async def test_a_foreign_item_goes_by_its_own_name_and_its_fallback_is_read(tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=[text("a")],
        manifest=(
            '<item id="j" href="x.json" media-type="application/json" fallback="f"/>'
            '<item id="f" href="fallback.xhtml" media-type="application/xhtml+xml"/>'
        ),
        spine='<itemref idref="j"/>',
        files={"EPUB/x.json": "[1, 2]" * 900, "EPUB/fallback.xhtml": page(text("b"))},
    )
    async with bench(draft, tmp_path) as one:
        total = (one.places.weights or ())[1]
        for ordinal in (0, total // 2, total - 80):
            stored = await one.push(Place(1, ordinal))
            assert stored["href"] == "EPUB/x.json"
            assert "koboSpan" not in stored or stored["koboSpan"] == "kobo.1.1"
            report = await one.seen()
            assert report.locator is not None
            assert report.locator.place == Place(1, ordinal)
        # by the progression alone it is the same part of the chapter
        report = await one.put(href="EPUB/x.json", type="x", locations={"progression": 0.5})
        assert report.locator is not None
        assert abs(report.locator.place.ordinal / total - 0.5) < 0.1
        # a server that lists the fallback means the same item
        report = await one.put(href="EPUB/fallback.xhtml", type="x", locations={"progression": 0.5})
        assert report.locator is not None
        assert report.locator.place.spine_index == 1


@pytest.mark.parametrize("last", [False, True])
async def test_a_place_in_a_missing_item_is_given_as_the_nearest_there_is(
    last: bool, tmp_path: Path
) -> None:
    draft = BookDraft(
        chapters=[text("a"), text("gone"), text("c")],
        files={f"EPUB/chapter000{3 if last else 2}.xhtml": None},
    )
    missing = 2 if last else 1
    async with bench(draft, tmp_path) as one:
        stored = await one.push(Place(missing, 0))
        report = await one.seen()
        assert report.locator is not None
        if last:
            assert stored["href"] == "EPUB/chapter0002.xhtml"
            left = (one.places.weights or ())[1] - report.locator.place.ordinal
            assert report.locator.place.spine_index == 1
            assert left < 15  # its last sentence
        else:
            assert stored["href"] == "EPUB/chapter0003.xhtml"
            assert report.locator.place == Place(2, 0)
        # the number of a position counts no item that is missing
        after = await one.push(Place(0 if last else 2, 200))
        position = one.book.grid[after["locations"]["position"] - 1]
        assert position.encoded == after["href"]


async def test_of_a_file_that_occurs_twice_the_one_that_was_read_comes_back(tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=[text("a"), text("b")], spine='<itemref idref="c1"/><itemref idref="c2"/>'
    )
    async with bench(draft, tmp_path) as one:
        for spine in (2, 0, 3, 1):
            for ordinal in (0, 700):
                stored = await one.push(Place(spine, ordinal))
                assert stored["href"] == f"EPUB/chapter000{spine % 2 + 1}.xhtml"
                report = await one.seen()
                assert report.locator is not None
                assert report.locator.place == Place(spine, ordinal)
        # Komga's own reader gives the number as well; who gives none means the first
        positions = one.book.positions
        for number in (2, len(positions) - 1):
            report = await one.put(**positions[number - 1])
            assert report.locator is not None
            assert report.locator.place.spine_index == (0 if number == 2 else 3)
        report = await one.put(href="EPUB/chapter0001.xhtml", locations={"progression": 0.5})
        assert report.locator is not None
        assert report.locator.place.spine_index == 0


async def test_the_drafts_references_lead_to_the_one_that_is_meant(tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=[text("a"), text("b")], spine='<itemref idref="c1"/><itemref idref="c2"/>'
    )
    async with bench(draft, tmp_path) as one:
        places = one.places
        for spine in range(4):
            place = Place(spine, 0)
            fraction = places.total_progression(Place(spine, 400))
            found = places.from_references(places.references(place), fraction)
            assert found.place is not None
            assert found.place.spine_index == spine


async def test_pages_of_pictures_are_places(tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=['<div><img src="p.png" alt=""/></div>'] * 3,
        manifest='<item id="p" href="p.png" media-type="image/png"/>',
        spine='<itemref idref="p"/>',
        files={"EPUB/p.png": PIXEL_PNG},
    )
    async with bench(draft, tmp_path) as one:
        for spine in (1, 3, 2):
            await one.push(Place(spine, 0))
            report = await one.seen()
            assert report.locator is not None
            assert report.locator.place == Place(spine, 0)
            assert report.locator.total_progression == spine / 4


# -- koboSpan


async def test_every_place_goes_with_its_span_for_e_readers(tmp_path: Path) -> None:
    async with bench(BookDraft(chapters=[text("a"), text("b", 40)]), tmp_path) as one:
        for ordinal in (0, 500, 2000):
            place = Place(1, ordinal)
            stored = await one.push(place)
            assert stored["koboSpan"] == one.places.kobo_span(place) != ""
            report = await one.seen()
            assert report.precision is Precision.EXACT
            assert report.locator is not None
            assert report.locator.place == place
        # what came without a span goes back as it came, with one
        del one.book.progression["locator"]["koboSpan"]  # type: ignore[index]
        report = await one.seen()
        assert report.locator is not None
        echo = await one.other.prepare(BOOK, report.locator, report, None)
        assert '"koboSpan"' in echo.raw


async def test_the_first_span_says_nothing_about_a_place_further_on(tmp_path: Path) -> None:
    """An e-reader with a plain EPUB has it for all of a chapter (recorded: 60 %)."""
    async with bench(BookDraft(chapters=[text("a"), text("b", 40)]), tmp_path) as one:
        total = (one.places.weights or ())[1]
        chapter: dict[str, Any] = {"href": "EPUB/chapter0002.xhtml", "koboSpan": "kobo.1.1"}
        report = await one.put(**chapter, locations={"progression": 0.6})
        assert report.precision is Precision.FRACTION
        assert report.locator is not None
        assert abs(report.locator.place.ordinal / total - 0.6) < 0.05
        # at the start it says no more than the progression: somewhere in this chapter
        for locations in ({"progression": 0.0}, {"progression": 0.01}):
            report = await one.put(**chapter, locations=locations)
            assert report.precision is Precision.ITEM
            assert report.locator is not None
            assert report.locator.place == Place(1, 0)


async def test_the_span_of_an_e_reader_is_its_sentence(tmp_path: Path) -> None:
    async with bench(BookDraft(chapters=[text("a"), text("b", 40)]), tmp_path) as one:
        span = one.places.kobo_span(Place(1, 6000))
        start = one.places.from_kobo_span(span, "EPUB/chapter0002.xhtml").place
        assert start is not None
        near: Any = one.places.komga_locator(start)
        where = {"progression": near["locations"]["progression"]}
        report = await one.put(href="EPUB/chapter0002.xhtml", locations=where, koboSpan=span)
        assert report.precision is Precision.EXACT
        assert report.locator is not None
        assert report.locator.place == start
        # one of another converter, far from where the progression says
        wrong = {"href": "EPUB/chapter0002.xhtml", "koboSpan": span}
        report = await one.put(**wrong, locations={"progression": 0.1})
        assert report.precision is Precision.FRACTION


async def test_a_web_readers_place_says_which_file_it_is_in_and_only_guesses_where(
    tmp_path: Path,
) -> None:
    draft = BookDraft(chapters=(text("one"), text("two")))
    async with bench(draft, tmp_path) as one:
        path = one.book.grid[-1].href
        locations = {"progression": 0.5, "totalProgression": 0.75, "position": 3}
        report = await one.put(href=path, type="application/xhtml+xml", locations=locations)
        assert report.precision is Precision.FRACTION and report.file_known
        assert report.locator is not None and report.locator.place.spine_index == 1
        nowhere = await one.put(href="gone.xhtml", type="a/b", locations={"totalProgression": 0.75})
        assert nowhere.locator is not None and not nowhere.file_known
