"""Every item of awkward books, sent to a Komga that knows the files of the zip and no others."""

import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Place
from kios_desktop.domain.progress import Sent
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.state_body import same_source
from tests.books import write_book
from tests.corpus import book
from tests.fakes.kobo_desk import Desk
from tests.fakes.kobo_server import KoboKomga

AWKWARD = (
    "idpf-haruko-ahl",
    "idpf-page-blanche-bitmaps-in-spine",
    "w3c-pkg-spine-duplicate-item-hyperlink",
    "w3c-pub-foreign_json-spine",
    "w3c-pub-foreign_xml-spine",
    "w3c-pkg-spine-order-svg",
    "w3c-pkg-spine-unknown",
)


@pytest.mark.parametrize("name", AWKWARD)
async def test_every_item_can_be_sent_and_comes_back(name: str) -> None:
    """Foreign files with a fallback, pictures, and items that occur twice."""
    await every_item(book(name))


async def test_an_item_that_is_missing_is_the_start_of_the_next(tmp_path: Path) -> None:
    chapters = [f"<h1>{n}</h1><p>Some words of chapter {n}.</p>" for n in range(1, 5)]
    whole = write_book(tmp_path / "whole.epub", *chapters)
    for missing, instead in (("chapter0002.xhtml", (2, 0)), ("chapter0004.xhtml", (2, None))):
        holed = without(whole, missing, tmp_path / f"{missing}.epub")
        opened = open_publication(holed, None)
        try:
            spine = int(missing[7:11]) - 1
            progress = opened.places.kobo_progress(Place(spine, 0))
            wanted = opened.places.kobo_progress(opened.places.clamp(Place(instead[0], 0)))
            assert progress.href == wanted.href and progress.file_bytes > 0
            assert (progress.chapter == 0) is (instead[1] == 0)
        finally:
            opened.close()
        await every_item(holed)


@pytest.mark.parametrize(
    "name", ["ch 2+é.xhtml", "100%.xhtml", "a%20b.xhtml", "no#1?.xhtml", "Größe ß.xhtml"]
)
async def test_a_file_of_any_name_can_be_sent_and_comes_back(name: str, tmp_path: Path) -> None:
    chapters = [f"<h1>{n}</h1><p>Some words of chapter {n}.</p>" for n in range(1, 4)]
    whole = write_book(tmp_path / "whole.epub", *chapters)
    sources = await every_item(renamed(whole, "chapter0002.xhtml", name, tmp_path / "new.epub"))
    assert any(same_source(one, f"EPUB/{name}") for one in sources)


def renamed(path: Path, name: str, new_name: str, target: Path) -> Path:
    """The file has another name in the zip, and its address in the package is escaped."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info).replace(name.encode(), quote(new_name).encode())
            new.writestr(info.filename.replace(name, new_name), content)
    return target


def without(path: Path, name: str, target: Path) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if not info.filename.endswith(name):
                new.writestr(info, old.read(info))
    return target


async def every_item(path: Path) -> set[str]:
    """The sources that the server took."""
    server = KoboKomga()
    opened = open_publication(path, None)
    places: Places = opened.places
    places.measure()
    counted = [places.kobo_progress(Place(n, 0)) for n in range(len(places.weights or ()))]
    with zipfile.ZipFile(path) as archive:
        in_zip = {info.filename: info.file_size for info in archive.infolist()}
    server.offer(1, sizes={one.href: in_zip[one.href] for one in counted if one.href in in_zip})
    session = None
    async with server:
        try:
            session = Session(server.base, same_origin_only=True)
            one = Desk(server, places, True, session)
            server.now = lambda: one.clock
            for spine, total in enumerate(places.weights or ()):
                for ordinal in sorted({0, max(0, total - 1)}):
                    one.passes(5)
                    sent = await one.store(Place(spine, ordinal))
                    assert isinstance(await one.look(sent), Sent)
                    report = await one.other().report()
                    assert report.locator is not None
                    there = places.kobo_progress(report.locator.place)
                    assert there.href == places.kobo_progress(Place(spine, ordinal)).href
        finally:
            if session is not None:
                await session.aclose()
            opened.close()
    assert server.crimes == []
    states = [state for book in server.books.values() for state in book.written]
    return {state["CurrentBookmark"]["Location"]["Source"] for state in states}
