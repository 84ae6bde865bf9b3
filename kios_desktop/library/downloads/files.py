"""The files of downloads: one part file each, and a named one when it is complete."""

import contextlib
import re
import shutil
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import from_os, make_folder
from kios_desktop.domain.download import DownloadId
from kios_desktop.domain.text import line

_LONGEST_BYTES: Final = 200
_UNNAMED: Final = "book.epub"


class DownloadFiles:
    """Below one folder, and never anywhere else, whatever a server calls its files. Blocking."""

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
        """Where a file of this name is put: a folder of its own, whatever the name is."""
        safe = re.sub(r"[/\\:]", "_", line(name)).strip(" .")
        if len(safe.encode()) > _LONGEST_BYTES or not safe:
            safe = _UNNAMED
        return self.folder / str(download) / safe

    def got_bytes(self, download: DownloadId) -> int:
        for path in (self.part(download), *self._complete(download)):
            with contextlib.suppress(OSError):
                return path.stat().st_size
        return 0

    def complete(self, download: DownloadId, name: str) -> Path | None:
        """The whole file under its name; None when it is not there any more.

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
        """What is left of a download; what is gone already is fine."""
        with contextlib.suppress(OSError):
            self.part(download).unlink(missing_ok=True)
        shutil.rmtree(self.folder / str(download), ignore_errors=True)

    def remove_others(self, known: set[DownloadId]) -> None:
        """What belongs to no download."""
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
