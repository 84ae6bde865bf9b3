"""The files of downloads: one part file each, and a named one when it is complete."""

import contextlib
import re
import shutil
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import from_os, make_folder
from kios_desktop.domain.download import DownloadId
from kios_desktop.domain.text import clean_line

_LONGEST_BYTES: Final = 200
_UNNAMED: Final = "book.epub"


class DownloadFiles:
    """All paths are below one folder, whatever names a server gives its files. Blocking."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Raises `StorageError`."""
        try:
            make_folder(self.folder)
        except OSError as error:
            raise from_os(error) from error

    def part(self, download: DownloadId) -> Path:
        return self.folder / f"{download}.part"

    def named(self, download: DownloadId, name: str) -> Path:
        """The path for a file of this name, in a folder of its own."""
        safe = re.sub(r"[/\\:]", "_", clean_line(name)).strip(" .")
        if len(safe.encode()) > _LONGEST_BYTES or not safe:
            safe = _UNNAMED
        return self.folder / str(download) / safe

    def got_bytes(self, download: DownloadId) -> int:
        for path in (self.part(download), *self._complete(download)):
            with contextlib.suppress(OSError):
                return path.stat().st_size
        return 0

    def complete(self, download: DownloadId, name: str) -> Path | None:
        """Renames the complete file and returns its path; None when it is gone.

        Raises `StorageError`.
        """
        part, target = self.part(download), self.named(download, name)
        try:
            if part.exists():
                make_folder(target.parent)
                part.replace(target)
            return target if target.exists() else None
        except OSError as error:
            raise from_os(error) from error

    def remove(self, download: DownloadId) -> None:
        """Deletes the files of a download; missing ones are no error."""
        with contextlib.suppress(OSError):
            self.part(download).unlink(missing_ok=True)
        shutil.rmtree(self.folder / str(download), ignore_errors=True)

    def remove_others(self, known: set[DownloadId]) -> None:
        """Deletes the files of all other downloads."""
        names = {str(one) for one in known}
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                stem = path.name.removesuffix(".part")
                if stem.isdigit() and stem not in names:
                    self.remove(DownloadId(int(stem)))

    def _complete(self, download: DownloadId) -> list[Path]:
        with contextlib.suppress(OSError):
            return list((self.folder / str(download)).iterdir())
        return []
