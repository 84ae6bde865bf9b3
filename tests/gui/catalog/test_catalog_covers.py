"""Covers of a catalog: only what is in sight, kept on disk, harmless whatever a server sends."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.errors import Faulty
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.sources.opds_catalog import OpdsCatalog
from kios_desktop.storage.feed_copies import FeedCopies
from kios_desktop.ui.catalog.cover_store import CoverStore, cover_key
from kios_desktop.ui.catalog.covers import AT_ONCE, CatalogCovers
from kios_desktop.ui.kit.tasks import Tasks
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes_catalog import NOW, SOURCE, FakeCatalog, make_entry, url
from tests.gui.library.test_covers import huge_png
from tests.gui.waiting import until
from tests.transcripts import recorded

pytestmark = pytest.mark.gui
GROUND = QColor("#888888")
WIDTH = 142


def jpeg(color: Qt.GlobalColor = Qt.GlobalColor.red, width: int = 200, height: int = 300) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")  # type: ignore[call-overload]  # the stubs do not know it
    return bytes(data.data())


class Painted:
    """Covers over a catalog in memory, and which of them became ready."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self.store = CoverStore(folder)
        self.tasks = Tasks(lambda error: pytest.fail(str(error)))
        self.covers = CatalogCovers(catalog, self.store, self.tasks, GROUND)
        self.ready: list[str] = []
        self.covers.ready.connect(self.ready.append)

    def paint(self, *entries: Entry) -> None:
        for entry in entries:
            self.covers.pixmap(entry, WIDTH, 1.0)

    async def all_ready(self, count: int) -> None:
        await until(lambda: len(self.ready) >= count)

    def color(self, entry: Entry) -> QColor:
        pixmap = self.covers.pixmap(entry, WIDTH, 1.0)
        assert pixmap is not None
        return pixmap.toImage().pixelColor(70, 100)


async def test_a_cover_is_fetched_once_and_then_comes_from_disk(
    qapp: QApplication, tmp_path: Path
) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg())
    first = Painted(catalog, tmp_path)
    first.paint(make_entry(1))
    await first.all_ready(1)
    assert first.color(make_entry(1)).red() > 240
    again = Painted(catalog, tmp_path)
    again.paint(make_entry(1))
    await again.all_ready(1)
    assert again.color(make_entry(1)).red() > 240
    assert catalog.images_asked == ["cover/1"]
    await first.tasks.aclose()
    await again.tasks.aclose()


async def test_a_replaced_cover_is_fetched_again(qapp: QApplication, tmp_path: Path) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg())
    painted = Painted(catalog, tmp_path)
    entry = make_entry(1)
    newer = replace(entry, updated=NOW + timedelta(days=1))
    painted.paint(entry)
    await painted.all_ready(1)
    painted.paint(newer)
    await painted.all_ready(2)
    assert catalog.images_asked == ["cover/1", "cover/1"]
    await painted.tasks.aclose()


async def test_only_a_few_are_on_their_way_and_the_last_seen_comes_first(
    qapp: QApplication, tmp_path: Path
) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg(), delay_s=0.05)
    painted = Painted(catalog, tmp_path)
    painted.paint(*(make_entry(n) for n in range(1, 41)))
    await until(lambda: bool(catalog.images_asked))
    await asyncio.sleep(0.01)
    assert len(catalog.images_asked) <= AT_ONCE
    assert "cover/40" in catalog.images_asked
    painted.covers.close()
    await painted.tasks.aclose()


async def test_what_is_scrolled_away_is_not_fetched(qapp: QApplication, tmp_path: Path) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg(), delay_s=0.05)
    painted = Painted(catalog, tmp_path)
    gone = [make_entry(n) for n in range(1, 31)]
    seen = [make_entry(n) for n in range(101, 104)]
    painted.paint(*gone)
    await until(lambda: len(catalog.images_asked) == AT_ONCE)
    painted.paint(*seen)
    painted.covers.limit_to([entry.key for entry in seen])
    await painted.all_ready(3)
    assert painted.ready == [entry.key for entry in seen] or set(painted.ready) == {
        entry.key for entry in seen
    }
    assert len(catalog.images_stopped) == AT_ONCE
    assert len(catalog.images_asked) == AT_ONCE + 3
    await painted.tasks.aclose()


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, huge_png(60_000), b"<svg/>", b"\0" * 100],
)
async def test_what_is_no_picture_becomes_a_generated_cover(
    qapp: QApplication, tmp_path: Path, content: bytes
) -> None:
    catalog = FakeCatalog(images=lambda _path: content)
    painted = Painted(catalog, tmp_path)
    painted.paint(make_entry(1))
    await painted.all_ready(1)
    assert painted.covers.pixmap(make_entry(1), WIDTH, 1.0) is not None
    painted.covers.pixmap(make_entry(1), WIDTH + 20, 1.0)  # asked for in another size
    await painted.all_ready(2)
    assert catalog.images_asked == ["cover/1"]  # and not fetched again for that
    assert painted.store.read(cover_key(SOURCE, url("cover/1"), make_entry(1).updated)) is None
    await painted.tasks.aclose()


async def test_a_server_that_fails_is_asked_again_only_when_told(
    qapp: QApplication, tmp_path: Path
) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg(), errors={"image": Faulty(500)})
    painted = Painted(catalog, tmp_path)
    painted.paint(make_entry(1))
    await painted.all_ready(1)
    catalog.errors.clear()
    painted.covers.pixmap(make_entry(1), WIDTH + 20, 1.0)
    await painted.all_ready(2)
    assert len(catalog.images_asked) == 1
    painted.covers.try_again()
    painted.paint(make_entry(1))
    await painted.all_ready(3)
    assert painted.color(make_entry(1)).red() > 240
    await painted.tasks.aclose()


def test_nothing_of_an_address_is_on_the_disk(tmp_path: Path) -> None:
    store = CoverStore(tmp_path)
    secret = ServerUrl("https://kavita.example/api/opds/2f6b8d1e-secret-key/image?id=4")
    store.write(cover_key(SOURCE, secret, None), b"picture")
    names = " ".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert "secret" not in names
    assert "kavita" not in names
    assert store.read(cover_key(SOURCE, secret, None)) == b"picture"


def test_what_was_not_seen_for_longest_goes_first(tmp_path: Path) -> None:
    store = CoverStore(tmp_path, limit_bytes=1000)
    keys = [cover_key(SOURCE, url(str(n)), None) for n in range(12)]
    for number, key in enumerate(keys[:10]):
        store.write(key, b"x" * 100)
        os.utime(tmp_path / SOURCE / key.digest, (number, number))
    store.read(keys[0])  # looked at: it stays
    store.write(keys[10], b"x" * 100)
    assert store.read(keys[0]) is not None
    assert store.read(keys[1]) is None
    assert store.read(keys[10]) is not None
    total = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert total <= 1000


def test_a_removed_source_leaves_nothing(tmp_path: Path) -> None:
    store = CoverStore(tmp_path)
    mine, other = (cover_key(s, url("a"), None) for s in (SOURCE, "6" * 32))
    store.write(mine, b"a")
    store.write(other, b"b")
    store.purge(SOURCE)
    assert store.read(mine) is None
    assert store.read(other) == b"b"


def test_a_source_with_an_odd_name_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "covers"
    store = CoverStore(folder)
    store.write(cover_key("../../evil", url("a"), None), b"a")
    assert [path.parent.parent for path in tmp_path.rglob("*") if path.is_file()] == [folder]


def test_a_disk_that_cannot_be_written_only_means_no_cache(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = CoverStore(blocked)
    store.write(cover_key(SOURCE, url("a"), None), b"a")
    assert store.read(cover_key(SOURCE, url("a"), None)) is None


async def test_a_fault_of_ours_in_one_cover_costs_no_other(
    qapp: QApplication, tmp_path: Path
) -> None:
    catalog = FakeCatalog()

    def images(path: str) -> bytes:
        if path != "cover/9":
            raise ValueError("planned")
        return jpeg()

    catalog.images = images
    painted = Painted(catalog, tmp_path)
    bad = [replace(make_entry(n), thumbnail=url(f"cover/{n}"), cover=None) for n in range(5)]
    good = replace(make_entry(9), thumbnail=url("cover/9"), cover=None)
    painted.paint(good, *bad)
    await painted.all_ready(6)
    painted.paint(*bad)
    assert painted.color(good).red() > 200
    assert len(catalog.images_asked) == 6, "what went wrong is not asked for at every look"
    await painted.tasks.aclose()


def small_jpeg() -> bytes:
    return jpeg(Qt.GlobalColor.blue, 60, 80)


async def test_a_thumbnail_that_would_be_blown_up_gives_way_to_the_cover(
    qapp: QApplication, tmp_path: Path
) -> None:
    """calibre's are 60 px wide; the first one is enough to know."""
    images = {"thumb": small_jpeg(), "large": jpeg()}
    catalog = FakeCatalog(images=lambda path: images[path.partition("/")[0]])
    painted = Painted(catalog, tmp_path)
    first, second = (
        replace(make_entry(n), thumbnail=url(f"thumb/{n}"), cover=url(f"large/{n}")) for n in (1, 2)
    )
    painted.paint(first)
    await painted.all_ready(1)
    assert painted.color(first).red() > 200
    assert catalog.images_asked == ["thumb/1", "large/1"]
    painted.paint(second)
    await painted.all_ready(2)
    assert catalog.images_asked[2:] == ["large/2"]
    await painted.tasks.aclose()


async def test_a_small_thumbnail_is_better_than_nothing(qapp: QApplication, tmp_path: Path) -> None:
    catalog = FakeCatalog(images=lambda path: small_jpeg() if "thumb" in path else b"no picture")
    painted = Painted(catalog, tmp_path)
    entry = replace(make_entry(1), thumbnail=url("thumb/1"), cover=url("large/1"))
    for slot in ("grid", "page"):
        painted.covers.pixmap(entry, WIDTH, 1.0, slot)
        await painted.all_ready(1)
        painted.ready.clear()
        pixmap = painted.covers.pixmap(entry, WIDTH, 1.0, slot)
        assert pixmap is not None and pixmap.toImage().pixelColor(70, 100).blue() > 200
    await painted.tasks.aclose()


async def test_a_thumbnail_that_is_large_enough_is_all_that_is_asked_for(
    qapp: QApplication, tmp_path: Path
) -> None:
    catalog = FakeCatalog(images=lambda _path: jpeg())
    painted = Painted(catalog, tmp_path)
    painted.paint(replace(make_entry(1), cover=url("large/1")))
    await painted.all_ready(1)
    assert catalog.images_asked == ["cover/1"]
    await painted.tasks.aclose()


async def test_looking_at_a_book_of_stump_is_not_reading_it(
    qapp: QApplication, tmp_path: Path
) -> None:
    """As recorded: the large picture of its 1.2 feed is page 1, and asking for that is reading."""
    body = recorded("stump", "A series (all lists").body
    feed = body.replace("<link … ".encode(), b"<link ").replace("</entry>…".encode(), b"</entry>")

    def answer(asked: Asked) -> Says:
        if asked.path.startswith("/opds/v1.2/series"):
            return Says(200, feed, {"Content-Type": "application/xml"})
        return Says(200, small_jpeg(), {"Content-Type": "image/png"})

    async with Loopback(answer) as server:
        root = ServerUrl(server.origin + "/opds/v1.2/series/b2cbf078")
        session = Session(root)
        source = Source(SOURCE, SourceKind.OPDS, "stump", "Stump", root)
        copies = FeedCopies(tmp_path / "copies", SOURCE, root)
        catalog = OpdsCatalog(source, OpdsClient(session, root), copies)
        painted = Painted(catalog, tmp_path)
        [entry] = (await catalog.feed(None)).feed.entries
        for slot in ("grid", "page", "download"):
            painted.covers.pixmap(entry, WIDTH, 1.0, slot)
        await painted.all_ready(3)
        asked = server.paths()
        await painted.tasks.aclose()
        await catalog.aclose()
        await session.aclose()
    assert len(asked) > 1
    assert all(path.endswith("/thumbnail") for path in asked[1:])
