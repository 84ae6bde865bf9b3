"""Dictionaries that are packed as zip or tar. Only their own files are unpacked, by new names of
folders: a name in the file never says where something is written."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final

from kios_desktop.domain.disk import make_folder, private
from kios_desktop.domain.errors import DictionaryError, DictionaryFault

_PACKED: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_PLAIN: Final = (".ifo", ".idx", ".syn", ".dict")
_WANTED: Final = tuple(end + packed for end in _PLAIN for packed in ("", ".gz", ".dz"))
_MOST_FILES: Final = 10_000
_COPY_BYTES: Final = 1024 * 1024
_BROKEN: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,  # a way of packing that this Python does not know
    RuntimeError,  # a password
)

Open = Callable[[], IO[bytes] | None]


def is_packed(file: Path) -> bool:
    return file.name.lower().endswith(_PACKED) and file.is_file()


def unpack(file: Path, folder: Path, most: int) -> None:
    """At most `most` bytes. Raises DictionaryError, and OSError."""
    left = most
    folders: dict[str, Path] = {}
    try:
        for number, (name, opened) in enumerate(_members(file)):
            path = PurePosixPath(name.replace("\\", "/"))
            if number == _MOST_FILES:
                raise DictionaryError(DictionaryFault.TOO_LARGE, file.name)
            if not path.name.lower().endswith(_WANTED):
                continue
            place = folders.setdefault(str(path.parent), folder / f"{len(folders)}")
            source = opened()
            if source is None:
                continue
            make_folder(place)
            with source, open(place / path.name, "wb", opener=private) as target:
                while content := source.read(_COPY_BYTES):
                    left -= len(content)
                    if left < 0:
                        raise DictionaryError(DictionaryFault.TOO_LARGE, file.name)
                    target.write(content)
    except _BROKEN as e:
        raise DictionaryError(DictionaryFault.DAMAGED, file.name) from e


def _members(file: Path) -> Iterator[tuple[str, Open]]:
    if file.name.lower().endswith(".zip"):
        with zipfile.ZipFile(file) as packed:
            for info in packed.infolist():
                yield info.filename, partial(packed.open, info)
        return
    with closing(tarfile.open(file)) as archive:
        for member in archive:
            if member.isfile():
                yield member.name, partial(archive.extractfile, member)
