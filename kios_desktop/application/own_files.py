"""Recognises by name the files and folders of a profile that Kios made.

`--profile` may name a folder that holds other files as well. Those are never deleted, their modes
never changed and their folders never read.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kios_desktop.paths import Paths

_SHA: Final = "[0-9a-f]{64}"
_PART: Final = r"(\.[0-9]+)?\.part"


@dataclass(frozen=True, slots=True)
class _Names:
    """Patterns of the paths of folders and files below one root, with forward slashes."""

    folders: re.Pattern[str]
    files: re.Pattern[str]


_DATA: Final = _Names(
    re.compile(
        r"backups|fonts|dictionaries(/([0-9a-f]{32}|[^/]+\.part))?"
        r"|library(/(books(/[0-9a-f]{2})?|covers|downloads(/[0-9]+)?))?"
    ),
    re.compile(
        r"(kios|inside-books)\.sqlite3([.-].+)?|last-turns"
        rf"|backups/library-[0-9]{{8}}T[0-9]+Z\.(db|part)([.-].+)?"
        rf"|library/books/../{_SHA}\.(epub|outline)(\.removed|{_PART})?"
        rf"|library/covers/{_SHA}\.[a-z]+"
        r"|library/downloads/([0-9]+\.part|[0-9]+/[^/]+)"
        r"|fonts/[^/]+\.([ot]tf|woff2?)"
        r"|dictionaries/[^/]+/(dictionary\.(ifo|idx|syn|dict|dict\.dz)|words(\.part)?)"
    ),
)
_MACHINE: Final = _Names(
    re.compile(r"(?!)"),
    re.compile(rf"running\.lock.*|(device|windows|added|restore)\.json({_PART})?"),
)
_CACHE: Final = _Names(
    re.compile(r"(feeds|catalog-covers)(/[0-9A-Za-z]+)?"),
    re.compile(
        rf"feeds/[0-9A-Za-z]+/[0-9a-f]{{40}}\.([0-9]+\.part|json)"
        rf"|catalog-covers/[0-9A-Za-z]+/({_SHA}|tmp[^/]+)"
    ),
)
_LOGS: Final = _Names(re.compile(r"(?!)"), re.compile(r"kios\.log(\.[0-9]+)?"))
_PASSWORDS: Final = (
    "passwords.sealed",
    "passwords.sealed.part",
)  # in the profile, beside `this-computer`


def own_folders(paths: Paths) -> Iterator[Path]:
    """The folders of a profile that Kios made; no symbolic links. Blocking."""
    yield from paths.folders
    for root, names in _roots(paths):
        for folder in _below(root, names):
            if folder != root:
                yield folder


def own_files(paths: Paths) -> Iterator[Path]:
    """The files of a profile that Kios made, incomplete ones included. Blocking."""
    for root, names in _roots(paths):
        for folder in _below(root, names):
            for path in _entries(folder):
                if names.files.fullmatch(path.relative_to(root).as_posix()) and _is_file(path):
                    yield path
    for name in _PASSWORDS:
        if _is_file(path := paths.machine.parent / name):
            yield path


def unfinished(paths: Paths) -> Iterator[Path]:
    """Incomplete files that nothing resumes; downloads are resumed by their queue."""
    for path in own_files(paths):
        if path.suffix == ".part" and path.parent != paths.library / "downloads":
            yield path


def _roots(paths: Paths) -> tuple[tuple[Path, _Names], ...]:
    return (
        (paths.data, _DATA),
        (paths.machine, _MACHINE),
        (paths.cache, _CACHE),
        (paths.logs, _LOGS),
    )


def _below(root: Path, names: _Names) -> Iterator[Path]:
    """The root and the folders below it that match."""
    for parent, folders, _files in os.walk(root):
        yield Path(parent)
        folders[:] = [
            name
            for name in folders
            if names.folders.fullmatch(Path(parent, name).relative_to(root).as_posix())
        ]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
