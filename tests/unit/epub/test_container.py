"""Opening a zip safely: what is refused, what is found, what is read."""

import io
import os
import stat
import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import (
    Damage,
    Damaged,
    Encrypted,
    Missing,
    TooLarge,
    TooManyFiles,
    Unreadable,
)
from kios_desktop.epub import zip_directory
from kios_desktop.epub.container import MAX_RATIO, Container, open_file
from kios_desktop.epub.package import read_publication
from tests.books import BookDraft, write_book, write_zip


@pytest.mark.parametrize(
    ("content", "damage", "detail"),
    [
        (b"", Damage.NOT_A_ZIP, ""),
        (b"just some text", Damage.NOT_A_ZIP, ""),
        (b"%PDF-1.7 ...", Damage.OTHER_TYPE, "PDF"),
        (b"\0" * 60 + b"BOOKMOBI", Damage.OTHER_TYPE, "MOBI or AZW"),
        (b"Rar!\x1a\x07\x00", Damage.OTHER_TYPE, "RAR or CBR"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", Damage.OTHER_TYPE, "web page"),
        (b"PK\x03\x04 and then nothing", Damage.TRUNCATED, ""),
    ],
)
def test_file_that_is_no_zip_says_what_it_is(
    content: bytes, damage: Damage, detail: str, tmp_path: Path
) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as raised:
        Container.open(path)
    assert (raised.value.damage, raised.value.detail) == (damage, detail)


def test_book_cut_off_before_its_package_says_so(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.epub")
    path.write_bytes(path.read_bytes()[:300])
    with Container.open(path) as container, pytest.raises(Unreadable) as raised:
        read_publication(container)
    assert raised.value.damage is Damage.TRUNCATED


def test_vanished_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        Container.open(tmp_path / "gone.epub")


def test_folder_is_not_a_book(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        Container.open(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.epub")
    with pytest.raises(Unreadable) as raised:
        open_file(tmp_path / "a.epub")
    assert (raised.value.damage, raised.value.detail) == (Damage.OTHER_TYPE, "")


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_name_no_file_can_have_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        open_file(tmp_path / name)


def test_zip_bomb_is_left_out_and_the_other_files_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.epub", {"zeros": bytes(64 * 1024 * 1024), "good": b"fine"})
    with Container.open(path) as container:
        assert container.damaged == {"zeros"}
        assert container.size("zeros") <= path.stat().st_size * MAX_RATIO
        with pytest.raises(Damaged):
            container.read("zeros")
        assert container.read("good") == b"fine"


def test_a_size_that_cant_be_true_costs_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"a": b"words " * 50, "b": b"more " * 50})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 0x7FFFFFFF)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.damaged == set()
        assert container.contradictions() == 1
        assert (container.size("b"), container.read("b")) == (250, b"more " * 50)


def test_a_size_that_cant_be_true_and_stands_nowhere_else_is_a_defect(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"a": b"words " * 50, "b": b"more " * 50})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 0x7FFFFFFF)
    struct.pack_into("<I", data, data.rfind(b"PK\x03\x04") + 22, 0x7FFFFFFF)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.damaged == {"b"}
        assert container.read("b") == b"more " * 50
        assert not container.is_damaged("b")


def test_a_book_with_one_file_over_a_limit_opens_and_lists_it(tmp_path: Path) -> None:
    item = '<item id="b" href="white.bmp" media-type="image/bmp"/>'
    book = BookDraft(manifest=item, files={"EPUB/white.bmp": b"BM" + b"\xff" * 6_000_000})
    with Container.open(book.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        assert publication.defects == (Defect(DefectKind.DAMAGED_FILES, 1),)
        assert b"First words." in container.read(publication.reading_order[0].href)


def test_more_entries_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.epub"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(zip_directory.MAX_ENTRIES + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(TooManyFiles) as raised:
        Container.open(path)
    assert raised.value.most == zip_directory.MAX_ENTRIES


def test_declared_total_is_capped(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {str(n): b"x" for n in range(20)})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # every entry claims 200 MB, packed as tightly as is plausible
        struct.pack_into("<II", data, at + 20, 2 * 1024 * 1024, 200 * 1024 * 1024)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    with pytest.raises(TooLarge):
        Container.open(path)


@pytest.mark.parametrize(
    "name", ["../evil", "/../etc/passwd", "/C:/x", "a/../../b", "C:/x", "..\\evil", "a\\..\\..\\b"]
)
def test_entries_that_lead_outside_are_not_there(name: str, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"good": b"1", name: b"2"})
    with Container.open(path) as container:
        assert container.names == ("good",)
        assert len(container.refused) == 1
        with pytest.raises(Missing):
            container.read(name)


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with Container.open(path) as container:
        assert container.names == ()


@pytest.mark.parametrize("asked", ["Text/Ch 1.xhtml", "Text/Ch%201.xhtml", "text/ch 1.XHTML"])
def test_names_are_found_in_spite_of_case_and_escapes(asked: str, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"Text/Ch 1.xhtml": b"yes"})
    with Container.open(path) as container:
        assert container.read(asked) == b"yes"
        assert container.size(asked) == 3


def test_utf8_names_without_the_flag_are_read_as_utf8(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"kapitel-ä.xhtml": b"x"})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        flags = struct.unpack_from("<H", data, at + offset)[0]
        struct.pack_into("<H", data, at + offset, flags & ~0x800)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.names == ("kapitel-ä.xhtml",)


def test_size_that_lies_never_unpacks_to_much_more_than_it_says(tmp_path: Path) -> None:
    contents = {"liar": b"x" * 10_000, "bomb": bytes(64 * 1024 * 1024)}
    path = write_zip(tmp_path / "book.epub", contents)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        for _ in contents:
            at = data.find(signature, at + 1)
            struct.pack_into("<I", data, at + offset, 10)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.read("liar") == contents["liar"]
        with pytest.raises(Damaged):
            container.read("bomb")


def test_other_compressions_are_damaged(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x", "y")
    with Container.open(path) as container, pytest.raises(Damaged):
        container.read("x")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_compressions_are_a_defect_of_the_book(method: int, tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in BookDraft().entries().items():
            archive.writestr(name, content, method if "chapter0001" in name else None)
    with Container.open(path) as container:
        assert read_publication(container).defects == (Defect(DefectKind.DAMAGED_FILES, 1),)


def test_zip_password_is_encryption(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"x": b"secret"}, stored=True)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature) + offset
        struct.pack_into("<H", data, at, struct.unpack_from("<H", data, at)[0] | 1)
    data[data.find(b"secret")] ^= 0xFF
    path.write_bytes(data)
    with Container.open(path) as container, pytest.raises(Encrypted):
        container.read("x")


def test_entry_without_a_name_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"a": b"y"})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02") + 28
    struct.pack_into("<HH", data, at, 0, 1)  # the name becomes an extra field
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.names == ()


def test_many_threads_read_at_once(tmp_path: Path) -> None:
    entries = {f"{n}": bytes([n]) * 50_000 for n in range(40)}
    path = write_zip(tmp_path / "book.epub", entries)
    with Container.open(path) as container, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(container.read, entries)) == list(entries.values())


def test_bytes_in_memory_are_a_container_too(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.epub")
    source = io.BytesIO(path.read_bytes())
    with Container.opened(path, source) as container:
        assert "EPUB/package.opf" in container
