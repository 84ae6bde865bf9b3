"""Feeds come back from disk as they went, without keys in the files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Facet,
    Feed,
    Format,
    Group,
    Navigation,
    ProgressionDialect,
    ProgressionLink,
    Search,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.storage.feed_copies import KEPT_FEEDS, FeedCopies

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
ROOT = ServerUrl(f"https://kavita.example.org/api/opds/{KEY}")
AT = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


def url(path: str) -> ServerUrl:
    return ServerUrl(f"{ROOT.reveal()}/{path}")


ENTRY = Entry(
    "urn:1",
    "A book",
    ("Ann Author",),
    "A series",
    2.5,
    AT,
    cover=url("cover"),
    acquisitions=(
        Acquisition(url("file"), AcquisitionKind.DOWNLOAD, Format.EPUB, "EPUB", length_bytes=7),
    ),
    progression=ProgressionLink(url("progression"), ProgressionDialect.READIUM, "application/x"),
    related=(Navigation("More", url("more")),),
)
FEED = Feed(
    ROOT,
    "Home",
    navigation=(Navigation("New", url("new"), count=3),),
    entries=(ENTRY,),
    groups=(Group("Latest", url("latest"), entries=(ENTRY,)),),
    facets=(Facet("Sort", "Title", url("sort"), active=True),),
    search=Search(template=url("search?q={searchTerms}")),
    next=url("2"),
    total=312,
)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def text_of(path: Path) -> str:
    return path.read_text()


def cut_off(path: Path) -> None:
    path.write_text(path.read_text()[:100])


async def test_a_feed_comes_back_as_it_went(tmp_path: Path) -> None:
    copies = FeedCopies(tmp_path, "1" * 32, ROOT)
    await copies.put(ROOT, FEED, AT)
    assert await copies.get(ROOT) == (FEED, AT)
    assert await copies.get(url("other")) is None


async def test_no_key_is_in_the_files_or_their_names(tmp_path: Path) -> None:
    await FeedCopies(tmp_path, "1" * 32, ROOT).put(ROOT, FEED, AT)
    [path] = files(tmp_path)
    assert KEY not in text_of(path)
    assert KEY not in str(path)


async def test_a_damaged_copy_is_no_copy(tmp_path: Path) -> None:
    copies = FeedCopies(tmp_path, "1" * 32, ROOT)
    await copies.put(ROOT, FEED, AT)
    cut_off(files(tmp_path)[0])
    assert await copies.get(ROOT) is None


async def test_the_oldest_copies_go(tmp_path: Path) -> None:
    copies = FeedCopies(tmp_path, "1" * 32, ROOT)
    small = replace(FEED, entries=(), groups=())
    for number in range(KEPT_FEEDS + 3):
        await copies.put(url(str(number)), small, AT + timedelta(seconds=number))
    assert len(files(tmp_path)) == KEPT_FEEDS
    assert await copies.get(url("0")) is None
    await copies.forget()
    assert not files(tmp_path)
