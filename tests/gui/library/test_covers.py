"""Covers: decoded within limits, generated when there is none, cached by size."""

import struct
import zlib
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.catalog.cover_store import CoverStore
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.cover_decoding import decode_cover
from kios_desktop.ui.library.cover_warm_up import warm_up_cover_painting
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.generated_cover import fitted, generated_cover, tone_of
from tests.fakes_catalog import FakeCatalog
from tests.fakes_ui import make_book
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

GROUND = QColor("#888888")


def chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def huge_png(side: int) -> bytes:
    """A valid header of a picture that would need gigabytes, and a few bytes of it."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_becomes_a_cover_of_the_asked_size(tmp_path: Path, suffix: str) -> None:
    picture = QImage(600, 900, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    path = tmp_path / f"cover.{suffix}"
    picture.save(str(path))
    cover = decode_cover(path, QSize(142, 213), GROUND)
    assert cover is not None
    assert cover.size() == QSize(142, 213)
    assert cover.pixelColor(71, 100).red() > 240
    assert decode_cover(path.read_bytes(), QSize(142, 213), GROUND) == cover


def test_a_wide_picture_is_shown_whole(tmp_path: Path) -> None:
    picture = QImage(900, 300, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    path = tmp_path / "wide.png"
    picture.save(str(path))
    cover = decode_cover(path, QSize(142, 213), GROUND)
    assert cover is not None
    assert cover.pixelColor(71, 10) == GROUND


def test_a_picture_of_60000_by_60000_is_not_even_begun(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(huge_png(60_000))
    assert decode_cover(path, QSize(142, 213), GROUND) is None


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"<svg/>"]
)
def test_what_is_no_picture_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(content)
    assert decode_cover(path, QSize(142, 213), GROUND) is None
    assert decode_cover(content, QSize(142, 213), GROUND) is None


def test_a_vector_picture_is_not_rendered(tmp_path: Path) -> None:
    path = tmp_path / "cover.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert decode_cover(path, QSize(142, 213), GROUND) is None


def test_the_same_book_always_gets_the_same_tone(qapp: QApplication) -> None:
    assert tone_of("Walden", "Thoreau") == tone_of("Walden", "Thoreau")
    assert len({tone_of(str(n), "") for n in range(200)}) == 8


@pytest.mark.parametrize("title", ["", "W", "Donaudampfschifffahrtsgesellschaft", "word " * 60])
def test_any_title_fits_a_generated_cover(qapp: QApplication, title: str) -> None:
    image = generated_cover(title, "", QSize(142, 213))
    assert image.size() == QSize(142, 213)


LONG_TITLE = (
    "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: Who lived "
    "Eight and Twenty Years, all alone in an un-inhabited Island on the Coast of America"
)


@pytest.mark.parametrize(
    "title", [LONG_TITLE, "Donaudampfschifffahrtsgesellschaftskapitän", "\U0001f4da" * 200, "A B"]
)
@pytest.mark.parametrize("scale", [0.55, 1.0, 2.0])
def test_no_line_of_a_title_is_cut(qapp: QApplication, title: str, scale: float) -> None:
    width, height = 112 * scale, 112 * scale
    found = fitted(title, width, height, scale)
    metrics = QFontMetricsF(found.face)
    assert 1 <= len(found.lines) <= 5
    assert len(found.lines) * found.line_height <= height
    assert all(metrics.horizontalAdvance(line) <= width + 1 for line in found.lines)
    whole = "".join(found.lines).replace(" ", "")
    if found.lines[-1].endswith("…"):
        assert title.replace(" ", "").startswith(whole.removesuffix("…"))
        assert found.face.pixelSize() == max(8, round(14 * scale))
    else:
        assert whole == title.replace(" ", "")


def test_a_short_title_is_set_large_and_a_long_one_says_that_it_goes_on(qapp: QApplication) -> None:
    assert fitted("Emma", 112, 112, 1).face.pixelSize() == 20
    assert fitted(LONG_TITLE, 112, 112, 1).lines[-1].endswith("…")
    assert fitted("Moby-Dick; or, the Whale", 112, 112, 1).lines[-1].endswith("Whale")


async def test_a_cover_is_asked_for_once_and_then_there(qapp: QApplication, tmp_path: Path) -> None:
    tasks = Tasks(lambda error: pytest.fail(str(error)))
    covers = Covers(tmp_path, tasks, GROUND)
    ready: list[object] = []
    covers.ready.connect(ready.append)
    book = make_book(1)
    assert covers.pixmap(book, 142, 1.0) is None
    await until(lambda: len(ready) == 1)
    first = covers.pixmap(book, 142, 1.0)
    assert first is not None
    assert first.width() == 142
    # another size: the old one until the new one is there
    again = covers.pixmap(book, 200, 1.0)
    assert again is not None
    assert again.width() == 142
    await until(lambda: len(ready) == 2)
    new = covers.pixmap(book, 200, 1.0)
    assert new is not None
    assert new.width() == 200
    await tasks.aclose()


@pytest.mark.parametrize("kind", ["library", "catalog"])
def test_the_first_cover_is_painted_here_before_others_are_in_threads(
    kind: str, qapp: QApplication, tmp_path: Path
) -> None:
    tasks = Tasks(lambda error: pytest.fail(str(error)))
    warm_up_cover_painting.cache_clear()
    if kind == "library":
        Covers(tmp_path, tasks, GROUND)
    else:
        CatalogCovers(FakeCatalog(), CoverStore(tmp_path), tasks, GROUND)
    assert warm_up_cover_painting.cache_info().currsize == 1


async def test_a_title_that_is_no_text_stops_no_cover(qapp: QApplication, tmp_path: Path) -> None:
    tasks = Tasks(lambda error: pytest.fail(str(error)))
    covers = Covers(tmp_path, tasks, GROUND)
    ready: list[object] = []
    covers.ready.connect(ready.append)
    for number in range(5):
        covers.pixmap(replace(make_book(number), title=f"{number} \ud83d"), 142, 1.0)
    await until(lambda: len(ready) == 5)
    await tasks.aclose()
