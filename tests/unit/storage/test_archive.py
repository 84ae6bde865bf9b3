"""Everything goes into one file, and comes back from it, or nothing does."""

import asyncio
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.domain.errors import ArchiveError, ArchiveFault, Full, NoLibrary
from kios_desktop.paths import profile_paths
from kios_desktop.storage.archive import (
    DATABASE,
    MANIFEST,
    ProfileFiles,
    check_archive,
    is_empty,
    restore_archive,
    write_archive,
)
from kios_desktop.storage.database import Database
from tests.disks import full, small_disk  # noqa: F401 (a fixture)
from tests.earlier_profiles import NAMES, unpack
from tests.profiles import Stores, make_database

NOW = datetime(2026, 11, 30, 21, tzinfo=UTC)
SECRETS = ("pass word", "let me in", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "1f1e2d3c4b5a")
NEWEST = [name for name in NAMES if name.startswith("0005")]


def profile(root: Path) -> ProfileFiles:
    paths = profile_paths(root)
    return ProfileFiles(paths.database, paths.library, paths.own_fonts, paths.dictionaries)


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def files(root: Path) -> dict[str, bytes]:
    """Everything below the data folder but the database."""
    data = root / "data"
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not path.name.startswith("kios.sqlite3")
    }


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A profile with something in every table, two books, a cover and a font."""
    root = tmp_path / "filled"
    paths = profile_paths(root)
    paths.create()
    asyncio.run(make_database(paths.database))
    for number in (1, 2):
        name = f"{number:064x}"
        book = paths.library / f"books/{number:02x}/{name}.epub"
        book.parent.mkdir(parents=True)
        book.write_bytes(f"book {number}".encode() * 900)
        cover = paths.library / f"covers/{name}.png"
        cover.parent.mkdir(exist_ok=True)
        cover.write_bytes(b"cover")
    paths.own_fonts.mkdir()
    (paths.own_fonts / "Émile’s font.ttf").write_bytes(b"font")
    dictionary = paths.dictionaries / f"{7:032x}"
    dictionary.mkdir(parents=True)
    for end in ("ifo", "idx", "syn", "dict.dz"):
        (dictionary / f"dictionary.{end}").write_bytes(end.encode())
    (paths.data / "last-turns").write_bytes(b"turns")
    return root


@pytest.fixture
def archive(filled: Path, tmp_path: Path) -> Path:
    target = tmp_path / "everything.kios"
    write_archive(target, profile(filled), NOW, books=True)
    return target


async def test_everything_is_the_same_after_a_round_trip(
    filled: Path, archive: Path, tmp_path: Path
) -> None:
    summary = restore_archive(archive, profile(tmp_path / "new"))
    assert (summary.made_at, summary.books, summary.with_books) == (NOW, 24, True)
    new = tmp_path / "new"
    assert dump(profile(new).database) == dump(profile(filled).database)
    assert files(new) == files(filled)
    stores = Stores(await Database.open(profile(new).database))
    found = await stores.read()
    assert (found.lost(), found.errors, found.escaped) == ({}, [], [])
    await stores.database.aclose()


def test_books_are_optional(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "small"
    summary = write_archive(target, profile(filled), NOW, books=False)
    assert not summary.with_books
    restore_archive(target, profile(tmp_path / "new"))
    kept = files(tmp_path / "new")
    assert not [name for name in kept if name.endswith(".epub")]
    assert {name: kept[name] for name in kept} == {
        name: content for name, content in files(filled).items() if not name.endswith(".epub")
    }


def test_files_that_are_missing_are_told_and_cost_no_other(filled: Path, tmp_path: Path) -> None:
    assert write_archive(tmp_path / "a", profile(filled), NOW, books=True).missing == 2 * 22


def test_names_that_no_kios_gives_are_left_out(filled: Path, tmp_path: Path) -> None:
    fonts = profile(filled).fonts
    (fonts / "a:b.ttf").write_bytes(b"font")
    (fonts / "folder").mkdir()
    dictionaries = profile(filled).dictionaries
    (dictionaries / f"{7:032x}" / "words").write_bytes(b"made anew from the others")
    (dictionaries / f"{7:032x}" / "dictionary.secret").write_bytes(b"")
    (dictionaries / "secret.part").mkdir()
    (dictionaries / "secret.part" / "dictionary.idx").write_bytes(b"")
    (fonts / "\udce9.ttf").write_bytes(b"font")  # no name in any encoding
    with closing(sqlite3.connect(profile(filled).database)) as connection:
        connection.execute("UPDATE books SET file = '../../secret' WHERE id = 1")
        connection.execute("UPDATE books SET cover = x'ff' WHERE id = 2")
        connection.commit()
    (filled / "secret").write_bytes(b"secret")
    write_archive(tmp_path / "a", profile(filled), NOW, books=True)
    with zipfile.ZipFile(tmp_path / "a") as written:
        names = written.namelist()
    assert not [name for name in names if "secret" in name or ":" in name or "words" in name]
    restore_archive(tmp_path / "a", profile(tmp_path / "new"))
    assert (profile(tmp_path / "new").fonts / "Émile’s font.ttf").is_file()


async def test_what_is_written_meanwhile_does_no_harm(filled: Path, tmp_path: Path) -> None:
    stores = Stores(await Database.open(profile(filled).database))
    await stores.write()
    write_archive(tmp_path / "a", profile(filled), NOW, books=False)
    await stores.database.aclose()
    restore_archive(tmp_path / "a", profile(tmp_path / "new"))
    assert dump(profile(tmp_path / "new").database) == dump(profile(filled).database)


@pytest.mark.parametrize("name", NEWEST)
def test_no_secret_is_in_it_and_an_older_schema_is_upgraded_later(
    name: str, tmp_path: Path
) -> None:
    unpack(name, tmp_path / "old")
    write_archive(tmp_path / "a", profile(tmp_path / "old"), NOW, books=True)
    with zipfile.ZipFile(tmp_path / "a") as written:
        content = b"".join(written.read(one) for one in written.namelist())
    for secret in SECRETS:
        assert secret.encode() not in content, secret
    restore_archive(tmp_path / "a", profile(tmp_path / "new"))
    assert dump(profile(tmp_path / "new").database) == dump(profile(tmp_path / "old").database)


async def test_only_an_empty_profile_is_filled(archive: Path, filled: Path, tmp_path: Path) -> None:
    before = files(filled)
    with pytest.raises(ArchiveError) as refused:
        restore_archive(archive, profile(filled))
    assert refused.value.fault is ArchiveFault.NOT_EMPTY
    assert files(filled) == before
    begun = tmp_path / "begun"
    profile_paths(begun).create()
    await (await Database.open(profile(begun).database)).aclose()  # Kios was started there once
    assert is_empty(profile(begun).database)
    restore_archive(archive, profile(begun))
    assert dump(profile(begun).database) == dump(profile(filled).database)


def test_a_database_that_cannot_be_read_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "kios.sqlite3").write_bytes(b"no database at all")
    assert not is_empty(tmp_path / "kios.sqlite3")


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(archive) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    change(entries)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return made.getvalue()


def about(entries: dict[str, bytes], **changes: object) -> None:
    entries[MANIFEST] = json.dumps({**json.loads(entries[MANIFEST]), **changes}).encode()


def stranger(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        sums = json.loads(entries[MANIFEST])["files"]
        entries[name] = b""
        about(entries, files={**sums, name: "0" * 64})

    return change


def other_schema(entries: dict[str, bytes]) -> None:
    import hashlib
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db"
        path.write_bytes(entries[DATABASE])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        entries[DATABASE] = path.read_bytes()
    sums = json.loads(entries[MANIFEST])["files"]
    about(entries, files={**sums, DATABASE: hashlib.sha256(entries[DATABASE]).hexdigest()})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda entries: about(entries, version=2), ArchiveFault.NEWER),
        (other_schema, ArchiveFault.NEWER),
        (lambda entries: about(entries, format="other"), ArchiveFault.OTHER_TYPE),
        (lambda entries: entries.pop(MANIFEST), ArchiveFault.OTHER_TYPE),
        (lambda entries: entries.pop(DATABASE), ArchiveFault.DAMAGED),
        (lambda entries: entries.update({DATABASE: b"SQLite"}), ArchiveFault.DAMAGED),
        (lambda entries: entries.update({MANIFEST: b"{"}), ArchiveFault.DAMAGED),
        (lambda entries: entries.update({MANIFEST: b"[" * 99_999}), ArchiveFault.DAMAGED),
        (lambda entries: about(entries, files=[]), ArchiveFault.DAMAGED),
        (lambda entries: about(entries, made_at="noon"), ArchiveFault.DAMAGED),
        (stranger("../../outside"), ArchiveFault.DAMAGED),
        (stranger("dictionaries/../../outside"), ArchiveFault.DAMAGED),
        (stranger(f"dictionaries/{7:032x}/../../outside"), ArchiveFault.DAMAGED),
        (stranger(f"dictionaries/{7:032x}/words"), ArchiveFault.DAMAGED),
    ],
)
def test_what_is_no_sound_backup_is_refused_with_its_reason(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], fault: ArchiveFault
) -> None:
    archive.write_bytes(rewritten(archive, change))
    with pytest.raises(ArchiveError) as refused:
        restore_archive(archive, profile(tmp_path / "new"))
    assert refused.value.fault is fault
    assert files(tmp_path / "new") == {}
    assert not (tmp_path / "outside").exists()


def packed(content: bytes, how: int) -> bytes:
    """A backup packed in another way, with its packed database damaged."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", how) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        at = new.getinfo(DATABASE).header_offset + 30 + len(DATABASE) + 40
    changed = bytearray(made.getvalue())
    changed[at : at + 40] = b"\xff" * 40
    return bytes(changed)


def patched(content: bytes, record: bytes, offset: int, value: bytes) -> bytes:
    """With another value in the last of the zip's records of a kind."""
    at = content.rindex(record) + offset
    return content[:at] + value + content[at + len(value) :]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: packed(content, zipfile.ZIP_BZIP2),
        lambda content: packed(content, zipfile.ZIP_LZMA),
        lambda content: patched(content, b"PK\1\2", 6, b"\xff"),  # version of the format
        lambda content: patched(content, b"PK\5\6", 16, b"\xff\xff\xff\x7e"),  # place of the list
    ],
    ids=["bzip2", "lzma", "version", "place"],
)
def test_a_strange_zip_is_damaged(
    archive: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    archive.write_bytes(change(archive.read_bytes()))
    with pytest.raises(ArchiveError) as refused:
        check_archive(archive)
    assert refused.value.fault is ArchiveFault.DAMAGED
    with pytest.raises(ArchiveError):
        restore_archive(archive, profile(tmp_path / "new"))


def test_a_file_that_is_cut_anywhere_or_has_a_flipped_bit_fills_nothing(
    archive: Path, filled: Path, tmp_path: Path
) -> None:
    whole = archive.read_bytes()
    for number in range(40):
        if number % 2:
            archive.write_bytes(whole[: number * len(whole) // 40])
        else:
            at = (number * 7919 + 13) * len(whole) // 400_000 % len(whole)
            archive.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        new = tmp_path / f"new {number}"
        try:
            restore_archive(archive, profile(new))
        except ArchiveError:
            assert files(new) == {}
            assert not profile(new).database.exists()
        else:  # a bit that means nothing, as in a time of the zip
            assert dump(profile(new).database) == dump(profile(filled).database)
            assert files(new) == files(filled)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path: None, ArchiveFault.MISSING),
        (lambda path: path.mkdir(), ArchiveFault.FOLDER),
        (lambda path: path.write_bytes(b""), ArchiveFault.OTHER_TYPE),
        (lambda path: path.write_text("a letter"), ArchiveFault.OTHER_TYPE),
    ],
)
def test_other_files_are_named(
    tmp_path: Path, make: Callable[[Path], object], fault: ArchiveFault
) -> None:
    make(tmp_path / "file")
    with pytest.raises(ArchiveError) as refused:
        restore_archive(tmp_path / "file", profile(tmp_path / "new"))
    assert refused.value.fault is fault


def test_a_backup_is_whole_or_the_one_before_stays(filled: Path, small_disk: Path) -> None:  # noqa: F811
    target = small_disk / "a"
    write_archive(target, profile(filled), NOW, books=True)
    before = target.read_bytes()
    with full(small_disk), pytest.raises(Full):
        write_archive(target, profile(filled), NOW, books=True)
    assert target.read_bytes() == before
    assert [path.name for path in small_disk.iterdir()] == ["a"]


def test_restoring_on_a_full_disk_changes_nothing(archive: Path, small_disk: Path) -> None:  # noqa: F811
    new = small_disk / "new"
    profile_paths(new).create()
    with full(small_disk), pytest.raises(Full):
        restore_archive(archive, profile(new))
    assert files(new) == {}
    restore_archive(archive, profile(new))
    assert not is_empty(profile(new).database)


def test_a_backup_replaces_no_library(filled: Path, tmp_path: Path) -> None:
    before = dump(profile(filled).database)
    for name in (profile(filled).database, tmp_path / "link"):
        if name.name == "link":
            name.symlink_to(profile(filled).database)
        with pytest.raises(ArchiveError) as refused:
            write_archive(name, profile(filled), NOW, books=False)
        assert refused.value.fault is ArchiveFault.OWN
    assert dump(profile(filled).database) == before


def test_a_library_on_another_disk_is_filled(
    archive: Path,
    filled: Path,
    small_disk: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    paths = profile_paths(tmp_path / "new")
    paths.create()
    paths.library.rmdir()
    paths.library.symlink_to(small_disk)
    restore_archive(archive, profile(tmp_path / "new"))
    assert files(tmp_path / "new") | {
        f"library/{path.relative_to(small_disk).as_posix()}": path.read_bytes()
        for path in small_disk.rglob("*")
        if path.is_file()
    } == files(filled)


def test_a_folder_or_no_library_is_told(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as refused:
        write_archive(tmp_path, profile(filled), NOW, books=True)
    assert refused.value.fault is ArchiveFault.FOLDER
    with pytest.raises(NoLibrary):
        write_archive(tmp_path / "a", profile(tmp_path / "nothing"), NOW, books=True)
    assert not (tmp_path / "a").exists()
