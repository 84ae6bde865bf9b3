"""What can be read of a zip is read, whatever is wrong with the rest of it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damaged, PublicationError, TooManyFiles
from kios_desktop.epub import document_hash, zip_directory, zip_recovery
from kios_desktop.epub.container import RATIO_FLOOR_BYTES, Container
from kios_desktop.epub.link_targets import LinkTarget, LinkTargets
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Serving
from kios_desktop.epub.zip_entry import WIDE
from tests.books import PIXEL_PNG, BookDraft, page, write_zip

LOCAL, LISTED, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
CHAPTER = b"EPUB/chapter0002.xhtml"
PICTURE = '<item id="i" href="i.png" media-type="image/png"/>'


def draft() -> BookDraft:
    return BookDraft(manifest=PICTURE, files={"EPUB/i.png": PIXEL_PNG * 20})


def marks(data: bytes | bytearray, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def header(data: bytes | bytearray, mark: bytes, name: bytes) -> int:
    """Where the header of a file is: the local one or that of the directory."""
    name_at = 30 if mark == LOCAL else 46
    return next(at for at in marks(data, mark) if data.startswith(name, at + name_at))


def put(data: bytearray, at: int, form: str, *values: int) -> None:
    struct.pack_into(form, data, at, *values)


def other_local_names(data: bytearray) -> None:
    at = header(data, LOCAL, CHAPTER) + 30
    data[at : at + len(CHAPTER)] = CHAPTER.replace(b"/", b"\\").upper()


def local_flag_says_encrypted(data: bytearray) -> None:
    put(data, header(data, LOCAL, CHAPTER) + 6, "<H", 1)


def listed_flag_says_encrypted(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 8, "<H", 1)


def other_method_listed(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 10, "<H", 0)


def other_offset_listed(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 42, "<I", 0xFFFF)


def other_length_of_the_name_listed(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 28, "<H", len(CHAPTER) + 2)


def no_sizes_listed(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 16, "<III", 0, 0, 0)


def local_sizes_of_another_file(data: bytearray) -> None:
    put(data, header(data, LOCAL, CHAPTER) + 14, "<III", 1, 2, 3)


def impossible_extra_field(data: bytearray) -> None:
    at = header(data, LISTED, CHAPTER)
    name_bytes, extra_bytes = struct.unpack_from("<HH", data, at + 28)
    data[at + 46 + name_bytes : at + 46 + name_bytes + extra_bytes] = b"\x01\x00\xff\xff"
    put(data, at + 30, "<H", 4)
    end = data.rfind(END)
    put(data, end + 12, "<I", struct.unpack_from("<I", data, end + 12)[0] + 4 - extra_bytes)


def future_version(data: bytearray) -> None:
    put(data, header(data, LISTED, CHAPTER) + 6, "<H", 999)


def name_that_is_not_the_utf8_it_says(data: bytearray) -> None:
    at = header(data, LISTED, b"EPUB/i.png")
    put(data, at + 8, "<H", 0x800)
    data[at + 46 + 5] = 0xFF


def bytes_before(data: bytearray) -> None:
    data[:0] = b"\r\n\r\n" + b"garbage " * 200


def page_before(data: bytearray) -> None:
    data[:0] = b"\r\n<html>error</html>"


def page_before_without_a_directory(data: bytearray) -> None:
    page_before(data)
    no_directory(data)


def long_page_before(data: bytearray) -> None:
    data[:0] = b"<!doctype html><html>" + b"<p>error</p>" * 500


def bytes_before_that_are_counted(data: bytearray) -> None:
    shift = 4
    data[:0] = b"\r\n\r\n"
    for at in marks(bytes(data), LISTED):
        put(data, at + 42, "<I", struct.unpack_from("<I", data, at + 42)[0] + shift)
    end = data.rfind(END)
    put(data, end + 16, "<I", struct.unpack_from("<I", data, end + 16)[0] + shift)


def bytes_behind(data: bytearray) -> None:
    data += b"<!-- served in 0.1 s -->" * 50


def comment_that_looks_like_an_end(data: bytearray) -> None:
    data += END + b"\0" * 18


def comment_with_words_in_an_end(data: bytearray) -> None:
    comment = b"see PK\5\6 and what comes after it in the specification"
    put(data, data.rfind(END) + 20, "<H", len(comment))
    data += comment


def end_with_another_size(data: bytearray) -> None:
    put(data, data.rfind(END) + 12, "<I", 0x20000000)


def end_with_another_count(data: bytearray) -> None:
    put(data, data.rfind(END) + 8, "<HH", 60_000, 60_000)


def end_with_figures_too_wide(data: bytearray) -> None:
    put(data, data.rfind(END) + 8, "<HHII", 0xFFFF, 0xFFFF, WIDE, WIDE)


def many_bytes_behind(data: bytearray) -> None:
    data += b"\0" * 200_000


def no_directory(data: bytearray) -> None:
    del data[data.find(LISTED) :]


def directory_cut_off(data: bytearray) -> None:
    del data[data.rfind(LISTED) + 10 :]


def directory_overwritten(data: bytearray) -> None:
    at = data.find(LISTED)
    data[at : data.rfind(END)] = b"\xaa" * (data.rfind(END) - at)


def directory_that_lists_half(data: bytearray) -> None:
    listed = list(marks(bytes(data), LISTED))
    del data[listed[2] : data.rfind(END)]
    put(data, data.rfind(END) + 12, "<I", listed[2] - listed[0])


def wrong_checksum(data: bytearray) -> None:
    for mark, offset in ((LOCAL, 14), (LISTED, 16)):
        put(data, header(data, mark, CHAPTER) + offset, "<I", 12345)


WHOLE: list[tuple[Callable[[bytearray], None], DefectKind | None]] = [
    (other_local_names, DefectKind.CONTRADICTORY_FILES),
    (local_flag_says_encrypted, DefectKind.CONTRADICTORY_FILES),
    (listed_flag_says_encrypted, DefectKind.CONTRADICTORY_FILES),
    (other_method_listed, DefectKind.CONTRADICTORY_FILES),
    (other_offset_listed, DefectKind.CONTRADICTORY_FILES),
    (no_sizes_listed, DefectKind.CONTRADICTORY_FILES),
    (impossible_extra_field, None),
    (future_version, None),
    (name_that_is_not_the_utf8_it_says, DefectKind.CONTRADICTORY_FILES),
    (bytes_before, None),
    (page_before, None),
    (page_before_without_a_directory, DefectKind.NO_DIRECTORY),
    (long_page_before, None),
    (bytes_before_that_are_counted, None),
    (bytes_behind, None),
    (comment_that_looks_like_an_end, None),
    (comment_with_words_in_an_end, None),
    (end_with_another_size, None),
    (end_with_another_count, DefectKind.NO_DIRECTORY),
    (end_with_figures_too_wide, DefectKind.NO_DIRECTORY),
    (many_bytes_behind, DefectKind.NO_DIRECTORY),
    (no_directory, DefectKind.NO_DIRECTORY),
    (directory_cut_off, DefectKind.NO_DIRECTORY),
    (directory_overwritten, DefectKind.NO_DIRECTORY),
    (directory_that_lists_half, DefectKind.NO_DIRECTORY),
    (wrong_checksum, None),
    (local_sizes_of_another_file, DefectKind.CONTRADICTORY_FILES),
]


@pytest.mark.parametrize(("damage", "defect"), WHOLE, ids=[d.__name__ for d, _ in WHOLE])
def test_every_chapter_reads_and_the_defect_is_listed(
    damage: Callable[[bytearray], None], defect: DefectKind | None, tmp_path: Path
) -> None:
    path = draft().write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    damage(data)
    path.write_bytes(data)
    with Container.open(path) as container:
        publication = read_publication(container)
        serving = Serving(container, publication)
        bodies = [serving.resource(link.href).body for link in publication.reading_order]
    assert [b"First words." in bodies[0], b"More words." in bodies[1]] == [True, True]
    kinds = {found.kind for found in publication.defects} - {DefectKind.MISSING_FILES}
    assert kinds == ({defect} if defect else set())


def test_a_file_whose_name_is_listed_with_another_length_is_found(tmp_path: Path) -> None:
    path = draft().write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    other_length_of_the_name_listed(data)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.recovered
        assert b"More words." in container.read(CHAPTER.decode())


def streamed(files: dict[str, bytes], method: int) -> bytearray:
    """A zip whose headers leave the sizes to records behind the files, without its directory."""
    target = Unseekable()
    with zipfile.ZipFile(cast(IO[bytes], target), "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    no_directory(target.written)
    return target.written


class Unseekable(io.RawIOBase):
    """A file that can only be written to, so that sizes are not known beforehand."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.written += data
        return len(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_without_sizes_in_front_are_found_to_their_end(method: int, tmp_path: Path) -> None:
    files = {"a": b"one " * 9, "empty": b"", "b": bytes(range(256)) * 2000, "c": b"end"}
    path = tmp_path / "book.epub"
    path.write_bytes(streamed(files, method))
    with Container.open(path) as container:
        assert container.recovered
        assert {name: container.read(name) for name in container.names} == files
        assert container.damaged == set()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("target", [io.BytesIO, lambda: Unseekable()], ids=["sizes", "no sizes"])
def test_wide_sizes_in_front_of_files_are_read(
    method: int, target: Callable[[], Any], tmp_path: Path
) -> None:
    files = {"a": b"one " * 9, "b": bytes(range(256)) * 200, "c": b"end"}
    to = target()
    with zipfile.ZipFile(to, "w", method) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            with archive.open(entry, "w", force_zip64=True) as file:
                file.write(content)
    data = bytearray(to.getvalue() if isinstance(to, io.BytesIO) else to.written)
    no_directory(data)
    path = tmp_path / "book.epub"
    path.write_bytes(data)
    with Container.open(path) as container:
        assert {name: container.read(name) for name in container.names} == files
        assert container.damaged == set()


def test_a_book_that_is_cut_off_reads_up_to_there(tmp_path: Path) -> None:
    long = "<p>" + "".join(f"word{n} " for n in range(20_000)) + "</p>"
    book = BookDraft(chapters=["<p>First words.</p>", long, "<p>Lost.</p>"])
    path = book.write(tmp_path / "book.epub")
    data = path.read_bytes()
    path.write_bytes(data[: header(data, LOCAL, CHAPTER) + 20_000])
    with Container.open(path) as container:
        publication = read_publication(container)
        serving = Serving(container, publication)
        first, cut = (serving.resource(f"EPUB/chapter000{n}.xhtml") for n in (1, 2))
        second = cut.body
    assert (first.is_damaged, cut.is_damaged) == (False, True)
    assert [link.exists for link in publication.reading_order] == [True, True, False]
    assert b"word0 word1 " in second and b"word19999" not in second
    assert Defect(DefectKind.NO_DIRECTORY) in publication.defects
    assert Defect(DefectKind.MISSING_FILES, 1) in publication.defects


def test_a_file_is_read_up_to_its_first_fault_and_the_others_whole(tmp_path: Path) -> None:
    text = "".join(f"word{n} " for n in range(20_000)).encode()
    path = write_zip(tmp_path / "book.epub", {"bad": text, "good": b"fine"})
    data = bytearray(path.read_bytes())
    data[20_000:20_400] = b"\xff" * 400
    path.write_bytes(data)
    with Container.open(path) as container:
        found = container.read("bad")
        assert found.startswith(text[:20_000]) and len(found) < len(text)
        assert container.damaged == {"bad"}
        assert container.read("good") == b"fine"


def test_what_can_be_read_of_nothing_is_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"bad": b"spoiled " * 50, "good": b"fine"})
    data = bytearray(path.read_bytes())
    data[33] = 0xFF  # a kind of block that there is not
    path.write_bytes(data)
    with Container.open(path) as container:
        with pytest.raises(Damaged):
            container.read("bad")
        assert container.read("good") == b"fine"


def test_damage_that_is_met_while_the_book_is_added_is_a_defect(tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    for mark, offset in ((LOCAL, 14), (LISTED, 16)):
        put(data, header(data, mark, b"EPUB/package.opf") + offset, "<I", 1)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert Defect(DefectKind.DAMAGED_FILES, 1) in read_publication(container).defects


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("EPUB/chapter%201.xhtml", "EPUB/chapter 1.xhtml"),
        ("EPUB/chapter%201.xhtml", "EPUB/chapter%201.xhtml"),
        ("EPUB/100%.xhtml", "EPUB/100%.xhtml"),
        ("./EPUB/a.xhtml", "EPUB/a.xhtml"),
        ("/EPUB/a.xhtml", "EPUB/a.xhtml"),
        ("EPUB//a.xhtml", "EPUB/a.xhtml"),
        ("EPUB\\a.xhtml", "EPUB/a.xhtml"),
        ("EPUB/A.XHTML", "epub/a.xhtml"),
        ("EPUB/a\u0308.xhtml", "EPUB/\u00e4.xhtml"),
        ("EPUB/\u00e4.xhtml", "EPUB/a\u0308.xhtml"),
    ],
)
def test_a_file_is_found_however_it_is_spelled(written: str, asked: str, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"other": b"no", written: b"yes"})
    with Container.open(path) as container:
        assert container.read(asked) == b"yes"
        assert container.refused == ()


@pytest.mark.parametrize(
    ("name", "codec"),
    [("第一章.html", "cp932"), ("第一章.html", "gb18030"), ("глава.html", "cp1251")],
)
def test_names_in_an_encoding_they_do_not_say_are_found(
    name: str, codec: str, tmp_path: Path
) -> None:
    raw = name.encode(codec)
    data = write_zip(tmp_path / "book.epub", {"x" * len(raw): b"yes"}).read_bytes()
    path = tmp_path / "renamed.epub"
    path.write_bytes(data.replace(b"x" * len(raw), raw))
    with Container.open(path) as container:
        assert container.read(name) == b"yes"


def test_a_book_with_percent_signs_in_its_names_opens(tmp_path: Path) -> None:
    book = BookDraft(
        with_toc=False,
        manifest='<item id="a" href="chapter%201.xhtml" media-type="application/xhtml+xml"/>',
        spine='<itemref idref="a"/>',
        files={"EPUB/chapter%201.xhtml": page("<p>Words.</p>"), "EPUB/p%201.png": PIXEL_PNG},
    )
    with Container.open(book.write(tmp_path / "book.epub")) as container:
        publication = read_publication(container)
        link = publication.reading_order[-1]
        serving = Serving(container, publication)
        assert b"Words." in serving.resource(link.href).body
        target = LinkTargets(publication).of_link("chapter%201.xhtml#x", 0)
        assert target == LinkTarget(2, "x")
        assert serving.resource("EPUB/p 1.png").body == PIXEL_PNG


def test_the_hashes_are_those_of_the_bytes_that_are_there(tmp_path: Path) -> None:
    path = draft().write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    no_directory(data)
    path.write_bytes(data)
    with path.open("rb") as file:
        hashes = document_hash.hashes_of(file)
    copy = tmp_path / "copy.epub"
    copy.write_bytes(data)
    with Container.open(path), copy.open("rb") as file:
        assert document_hash.hashes_of(file) == hashes


# -- hostile


def local_header(name: bytes, flags: int, method: int, packed: int, size: int) -> bytes:
    head = struct.pack("<4s5H3I2H", LOCAL, 20, flags, method, 0, 0, 0, packed, size, len(name), 0)
    return head + name


def test_a_bomb_without_a_directory_is_left_out_before_it_unpacks(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    packed = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    path = tmp_path / "bomb.epub"
    good = local_header(b"good", 0, 0, 4, 4) + b"fine"
    path.write_bytes(local_header(b"zeros", 8, 8, 0, 0) + packed + good)
    with Container.open(path) as container:
        assert container.damaged == {"zeros"}
        with pytest.raises(Damaged):
            container.read("zeros")
        assert container.read("good") == b"fine"


def test_a_header_that_states_more_than_allowed_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bomb.epub"
    path.write_bytes(local_header(b"zeros", 0, 8, 100, 1 << 31) + b"\xff" * 100)
    with Container.open(path) as container:
        assert container.damaged == {"zeros"}
        with pytest.raises(Damaged):
            container.read("zeros")


def test_more_files_than_allowed_are_refused_without_a_directory_too(tmp_path: Path) -> None:
    path = tmp_path / "many.epub"
    path.write_bytes(local_header(b"a", 0, 0, 0, 0) * (zip_directory.MAX_ENTRIES + 1))
    with pytest.raises(TooManyFiles):
        Container.open(path)


# the start of a block of bytes as they are, which ends where another one starts
BLOCK = b"\0" + struct.pack("<HH", 36 * 1800 - 5, 0xFFFF - (36 * 1800 - 5))


@pytest.mark.parametrize(
    "unit",
    [
        local_header(b"a", 8, 0, 0, 0),
        local_header(b"a", 8, 0, 0, 0) + b"PK\7\x08" + b"\1" * 12,
        local_header(b"a", 8, 8, 0, 0) + BLOCK,
    ],
    ids=["no end", "another end", "streams in streams"],
)
def test_the_ends_of_files_are_not_looked_for_again_and_again(unit: bytes) -> None:
    data = unit * 5_000 + b"\2" * 1_000_000
    read_bytes = 0

    def read_at(position: int, size_bytes: int) -> bytes:
        nonlocal read_bytes
        found = data[position : position + size_bytes]
        read_bytes += len(found)
        return found

    found = zip_recovery.entries(read_at, len(data), lambda _entry: RATIO_FLOOR_BYTES)
    assert len(found) == 5_000
    assert read_bytes < 250 * len(data)


@pytest.mark.parametrize("name", [b"../evil", b"a/../../b", b"C:/x", b"..\\evil", b"a\0b"])
def test_names_that_lead_outside_are_refused_without_a_directory_too(
    name: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(local_header(b"good", 0, 0, 0, 0) + local_header(name, 0, 0, 0, 0))
    with Container.open(path) as container:
        assert container.names == ("good",)
        assert len(container.refused) == 1


@pytest.mark.parametrize("offset", [0, 1, 2**32 - 2, 2**31])
def test_an_entry_that_points_elsewhere_is_read_from_its_own_header(
    offset: int, tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "book.epub", {"a": b"1", "b": b"2"})
    data = bytearray(path.read_bytes())
    put(data, header(data, LISTED, b"b") + 42, "<I", offset)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.read("a") == b"1"
        assert not offset or container.beginning("b") == b"2"
        assert container.read("b") == b"2"
        assert container.damaged == set()


def test_an_entry_that_points_nowhere_and_has_no_header_is_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "book.epub", {"a": b"1", "b": b"2"})
    data = bytearray(path.read_bytes())
    put(data, header(data, LOCAL, b"b"), "<I", 0)
    path.write_bytes(data)
    with Container.open(path) as container:
        assert container.read("a") == b"1"
        with pytest.raises(Damaged):
            container.read("b")


def test_a_zip_of_headers_only_is_no_book(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(LOCAL * 10_000)
    with pytest.raises(PublicationError), Container.open(path) as container:
        read_publication(container)


def test_what_unpacks_without_end_takes_no_memory(tmp_path: Path) -> None:
    """Sizes in the directory are small, and the stream is not."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(RATIO_FLOOR_BYTES * 4)) + packer.flush()
    path = write_zip(tmp_path / "book.epub", {"x" * 9: packed}, stored=True)
    data = bytearray(path.read_bytes())
    put(data, header(data, LISTED, b"x") + 10, "<H", 8)
    put(data, header(data, LOCAL, b"x") + 8, "<H", 8)
    path.write_bytes(data)
    with Container.open(path) as container, pytest.raises(Damaged):
        container.read("x" * 9)
