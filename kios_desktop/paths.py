"""Where Kios keeps its files, and where its own resources are."""

import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kios_desktop.domain.disk import make_folder, make_private


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one profile. `machine` stays behind when a profile is copied elsewhere."""

    data: Path
    cache: Path
    logs: Path
    machine: Path

    @property
    def database(self) -> Path:
        return self.data / "kios.sqlite3"

    @property
    def text_index(self) -> Path:
        """The text of all books, to be searched. It can always be made again."""
        return self.data / "inside-books.sqlite3"

    @property
    def library(self) -> Path:
        return self.data / "library"

    @property
    def own_fonts(self) -> Path:
        """Made when the first font is added."""
        return self.data / "fonts"

    @property
    def dictionaries(self) -> Path:
        """Made when the first dictionary is added."""
        return self.data / "dictionaries"

    @property
    def folders(self) -> tuple[Path, ...]:
        """All that are ours. The folder of a profile itself is the reader's choice."""
        return (self.data, self.cache, self.logs, self.machine, self.library)

    @property
    def lock(self) -> Path:
        return self.machine / "running.lock"

    @property
    def restore_request(self) -> Path:
        """Names the backup that is to be restored when Kios starts next."""
        return self.machine / "restore.json"

    def create(self) -> None:
        """Make the folders, private to this user. Raises OSError when the disk does not allow it.

        Nobody else can enter them, so their files are private, whatever mode those have.
        """
        for folder in self.folders:
            make_folder(folder)
            make_private(folder)


def user_paths() -> Paths:
    """The usual folders of the platform."""
    dirs = platformdirs.PlatformDirs("Kios Desktop", appauthor=False)
    data = Path(dirs.user_data_dir)
    return Paths(data, Path(dirs.user_cache_dir), Path(dirs.user_log_dir), data / "this-computer")


def profile_paths(profile: Path) -> Paths:
    """Everything below one folder, for a second profile or a throw-away one."""
    root = profile.expanduser().absolute()
    return Paths(root / "data", root / "cache", root / "logs", root / "this-computer")


def resources() -> Path:
    """The `resources` folder: beside the package, or inside the packaged app."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "resources" if bundle else Path(__file__).parent.parent / "resources"
