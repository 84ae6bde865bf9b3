"""One file with all that exists only in a profile, and an empty profile filled from it.

A zip: the database, the fonts and dictionaries that were added, the covers and, if wanted, the
files of the books; last `kios.json`, which names every file with its SHA-256. Passwords are in the
system's keystore, and addresses are in the database without their keys: there is no secret in it.
Blocking.
"""

import errno
import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from kios_desktop.domain.archive import ArchiveSummary
from kios_desktop.domain.disk import from_os, make_folder, private, settle
from kios_desktop.domain.errors import ArchiveError, ArchiveFault, NoLibrary, StorageError
from kios_desktop.storage.connecting import OpenMode, connect, connect_to_read_beside
from kios_desktop.storage.errors import DATABASE_ERRORS, from_sqlite
from kios_desktop.storage.migrations import REVISIONS
from kios_desktop.storage.revision import revision_of
from kios_desktop.storage.soundness import sound

FORMAT: Final = "kios-archive"
VERSION: Final = 1
MANIFEST: Final = "kios.json"
DATABASE: Final = "kios.sqlite3"
_MANIFEST_BYTES: Final = 64 * 1024 * 1024
_NAME: Final = re.compile(
    r"kios\.sqlite3|last-turns|fonts/[^/\\:\ud800-\udfff]{1,200}"
    r"|dictionaries/[0-9a-f]{32}/dictionary\.(ifo|idx|syn|dict|dict\.dz)"
    r"|library/books/[0-9a-f]{2}/[0-9a-f]{64}\.epub|library/covers/[0-9a-f]{64}\.[a-z0-9]{1,5}"
)
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others have errors of their own
_STORED: Final = (".epub", ".png", ".jpg", ".jpeg", ".webp", ".woff2", ".dz")
_FILES: Final = "SELECT file, cover FROM books WHERE removed_at IS NULL"
_ANYTHING: Final = "SELECT (SELECT count(*) FROM books) + (SELECT count(*) FROM sources)"
_COPY_BYTES: Final = 1024 * 1024
_FIRST: Final = (1980, 1, 1, 0, 0, 0)  # that a zip can name
_BAD_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,  # a version of the format that zipfile doesn't know
    RuntimeError,  # a password
)


@dataclass(frozen=True, slots=True)
class ProfileFiles:
    """Where the parts of a profile are."""

    database: Path
    library: Path
    fonts: Path
    dictionaries: Path


# -- writing


def write_archive(
    target: Path, profile: ProfileFiles, now: datetime, *, books: bool
) -> ArchiveSummary:
    """Write the whole file or none. Raises StorageError."""
    try:
        if target.is_dir():
            raise ArchiveError(ArchiveFault.FOLDER)
        if target.exists() and profile.database.exists() and target.samefile(profile.database):
            raise ArchiveError(ArchiveFault.OWN)
        with tempfile.TemporaryDirectory(prefix=".kios-", dir=target.resolve().parent) as folder:
            part = Path(folder) / "part"
            summary = _write(part, Path(folder) / "database", profile, now, books)
            part.replace(target.resolve())
    except OSError as e:
        raise from_os(e) from e
    return summary


def _write(
    part: Path, snapshot: Path, profile: ProfileFiles, now: datetime, books: bool
) -> ArchiveSummary:
    listed = _snapshot(profile.database, snapshot)
    sums: dict[str, str] = {}
    missing = 0
    with open(part, "w+b", opener=private) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            sums[DATABASE] = _put(archive, DATABASE, snapshot)
            turns = profile.database.with_name("last-turns")
            if turns.is_file():
                sums[turns.name] = _put(archive, turns.name, turns)
            for name, path in _files(profile, listed, books):
                try:
                    sums[name] = _put(archive, name, path)
                except FileNotFoundError:  # deleted meanwhile, or long ago
                    missing += 1
            about = {
                "format": FORMAT,
                "version": VERSION,
                "made_at": now.astimezone(UTC).isoformat(),
                "books": len(listed),
                "with_books": books,
                "files": sums,
            }
            archive.writestr(MANIFEST, json.dumps(about, indent=1))
        file.flush()
        settle(file.fileno())
    return ArchiveSummary(now, len(listed), books, missing)


def _files(
    profile: ProfileFiles, listed: list[tuple[str, str]], books: bool
) -> Iterator[tuple[str, Path]]:
    """Name and path of the files beside the database. Names that no Kios gives are left out."""
    fonts = sorted(profile.fonts.iterdir()) if profile.fonts.is_dir() else []
    found = [(f"fonts/{font.name}", font) for font in fonts if font.is_file()]
    dictionaries = sorted(profile.dictionaries.glob("*/dictionary.*"))
    found += [(f"dictionaries/{one.parent.name}/{one.name}", one) for one in dictionaries]
    for file, cover in listed:
        wanted = (file if books else "", cover)
        found += [(f"library/{name}", profile.library / name) for name in wanted if name]
    yield from ((name, path) for name, path in found if _NAME.fullmatch(name))


def _put(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Returns its SHA-256."""
    with path.open("rb") as source:
        stamp = max(datetime.now().timetuple()[:6], _FIRST)  # noqa: DTZ005
        info = zipfile.ZipInfo(name, stamp)
        info.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as target:
            return _copy(source, target)


def _copy(source: Any, target: Any) -> str:
    """Returns the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while chunk := source.read(_COPY_BYTES):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _snapshot(database: Path, copy: Path) -> list[tuple[str, str]]:
    """Copies the database as it is now, beside a Kios that writes; the files that it names."""
    if not database.is_file():
        raise NoLibrary("no database")
    try:
        with (
            closing(connect_to_read_beside(database)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            return [(str(file), str(cover)) for file, cover in target.execute(_FILES)]
    except DATABASE_ERRORS as e:
        raise from_sqlite(e) or StorageError("the database can’t be copied") from e


# -- reading


def restore_archive(file: Path, profile: ProfileFiles) -> ArchiveSummary:
    """Fill an empty profile, which nobody has open, or change nothing.

    Raises ArchiveError for a file that can't be used and a profile that is not empty, and other
    StorageErrors.
    """
    if not is_empty(profile.database):
        raise ArchiveError(ArchiveFault.NOT_EMPTY)
    with _opened(file) as archive:
        about = _manifest(archive)
        try:
            data = profile.database.parent
            make_folder(data)
            for killed in data.glob("restoring-*"):
                shutil.rmtree(killed, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix="restoring-", dir=data) as folder:
                unpacked = Path(folder)
                _unpack(archive, about["files"], unpacked)
                _check_database(unpacked / DATABASE)
                _move_in(unpacked, about["files"], profile)
        except OSError as e:
            raise from_os(e) from e
    return _summary(about)


def check_archive(file: Path) -> ArchiveSummary:
    """Read a whole file as if to restore it. Raises ArchiveError."""
    with _opened(file) as archive:
        about = _manifest(archive)
        try:
            for name, wanted in about["files"].items():
                with _reading(archive, name) as source:
                    if _copy(source, _Nowhere()) != wanted:
                        raise ArchiveError(ArchiveFault.DAMAGED)
        except OSError as e:
            raise ArchiveError(ArchiveFault.UNREADABLE) from e
    return _summary(about)


class _Nowhere:
    def write(self, _data: bytes) -> None:
        """What is only checked is not kept."""


def _summary(about: Mapping[str, Any]) -> ArchiveSummary:
    return ArchiveSummary(
        datetime.fromisoformat(about["made_at"]), about["books"], about["with_books"]
    )


def is_empty(database: Path) -> bool:
    """Whether a profile has no books and no sources. One that can't be read is not empty."""
    if not database.exists():
        return True
    try:
        with closing(connect_to_read_beside(database)) as connection:
            if revision_of(connection) is None:
                return True
            (count,) = connection.execute(_ANYTHING).fetchone()
            return bool(count == 0)
    except DATABASE_ERRORS:
        return False


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        source = file.open("rb")
    except FileNotFoundError as e:
        raise ArchiveError(ArchiveFault.MISSING) from e
    except (IsADirectoryError, PermissionError) as e:
        fault = ArchiveFault.FOLDER if file.is_dir() else ArchiveFault.FORBIDDEN
        raise ArchiveError(fault) from e
    except (OSError, ValueError) as e:
        raise ArchiveError(ArchiveFault.UNREADABLE) from e
    with source:
        begins = _head(source)
        try:
            archive = zipfile.ZipFile(source)
        except (*_BAD_ZIP, OSError) as e:
            fault = ArchiveFault.DAMAGED if begins == b"PK" else ArchiveFault.OTHER_TYPE
            raise ArchiveError(fault) from e
        with archive:
            yield archive


def _head(source: BinaryIO) -> bytes:
    try:
        head = source.read(2)
        source.seek(0)
    except OSError as e:
        raise ArchiveError(ArchiveFault.UNREADABLE) from e
    return head


def _manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError as e:
        raise ArchiveError(ArchiveFault.OTHER_TYPE) from e
    if info.file_size > _MANIFEST_BYTES:
        raise ArchiveError(ArchiveFault.OTHER_TYPE)
    try:
        with _reading(archive, MANIFEST) as source:
            about = json.loads(source.read())
        if about["format"] != FORMAT:
            raise ArchiveError(ArchiveFault.OTHER_TYPE)
        if about["version"] > VERSION:
            raise ArchiveError(ArchiveFault.NEWER)
        datetime.fromisoformat(about["made_at"])
        files = about["files"]
        sound_names = all(_NAME.fullmatch(name) and isinstance(files[name], str) for name in files)
        if not sound_names or DATABASE not in files or not isinstance(about["books"], int):
            raise ArchiveError(ArchiveFault.DAMAGED)
        return {**about, "with_books": bool(about["with_books"])}
    except ArchiveError:
        raise
    except (*_BAD_ZIP, KeyError, TypeError) as e:
        raise ArchiveError(ArchiveFault.DAMAGED) from e
    except OSError as e:
        raise ArchiveError(ArchiveFault.UNREADABLE) from e


def _unpack(archive: zipfile.ZipFile, files: Mapping[str, str], folder: Path) -> None:
    """Every file with the content that it had."""
    for name, wanted in files.items():
        target = folder / name
        make_folder(target.parent)
        with _reading(archive, name) as source, open(target, "wb", opener=private) as copy:
            found = _copy(source, copy)
            copy.flush()
            settle(copy.fileno())
        if found != wanted:
            raise ArchiveError(ArchiveFault.DAMAGED)


@contextmanager
def _reading(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    try:
        info = archive.getinfo(name)
        if info.compress_type not in _PACKED or info.header_offset < 0:
            raise ArchiveError(ArchiveFault.DAMAGED)
        with archive.open(info) as source:
            yield source
    except (*_BAD_ZIP, KeyError) as e:
        raise ArchiveError(ArchiveFault.DAMAGED) from e


def _check_database(path: Path) -> None:
    try:
        if not sound(lambda: connect(path, OpenMode.READ_ONLY)):
            raise ArchiveError(ArchiveFault.DAMAGED)
        with closing(connect(path, OpenMode.READ_ONLY)) as connection:
            revision = revision_of(connection)
    except DATABASE_ERRORS as e:
        raise ArchiveError(ArchiveFault.DAMAGED) from e
    if revision not in REVISIONS:
        raise ArchiveError(ArchiveFault.NEWER)


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(f"{target.name}.part")  # the library may be on another disk
        shutil.copyfile(source, part)
        part.replace(target)


def _move_in(unpacked: Path, files: Mapping[str, str], profile: ProfileFiles) -> None:
    """The database comes last: until then the profile is as empty as it was."""
    folders = {
        "library": profile.library,
        "fonts": profile.fonts,
        "dictionaries": profile.dictionaries,
    }
    for name in sorted(files):
        part, _, rest = name.partition("/")
        folder = folders.get(part)
        if folder is not None:
            target = folder / rest
            make_folder(target.parent)
            _move(unpacked / name, target)
    database = profile.database
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + suffix).unlink()
    turns = database.with_name("last-turns")
    with suppress(FileNotFoundError):
        turns.unlink()
    if (unpacked / turns.name).is_file():
        (unpacked / turns.name).replace(turns)
    (unpacked / DATABASE).replace(database)
