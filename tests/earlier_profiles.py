"""Profiles that earlier commits made: see `data/profiles/README.md`."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

from tests.books import PIXEL_PNG, BookDraft

FOLDER: Final = Path(__file__).with_name("data") / "profiles"
NAMES: Final = sorted(path.parent.name for path in FOLDER.glob("*/profile.zip"))
_CHAPTERS: Final = tuple(f"<h1>{n}</h1>" + "<p>Some words.</p>" * 40 for n in ("One", "Two"))
DRAFTS: Final = (
    BookDraft("The Life of Émile", "Zoë Writer", chapters=_CHAPTERS, cover=PIXEL_PNG),
    BookDraft("A Book Read to Its End", identifier="urn:isbn:9780000000002", chapters=_CHAPTERS),
    BookDraft("A Book That Was Removed", identifier="urn:isbn:9780000000003", cover=PIXEL_PNG),
)


def write_books(folder: Path) -> list[Path]:
    """The three books, in the order they were added. The last one was removed afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        draft.write(folder / f"{number} Émile.epub") for number, draft in enumerate(DRAFTS, start=1)
    ]


def unpack(name: str, folder: Path) -> dict[str, Any]:
    """The profile of a commit, into a folder; returns what was put into it, as JSON values."""
    with zipfile.ZipFile(FOLDER / name / "profile.zip") as archive:
        archive.extractall(folder)
    put_in: dict[str, Any] = json.loads((FOLDER / name / "put_in.json").read_text("utf-8"))
    return put_in


if __name__ == "__main__":
    write_books(Path(sys.argv[1]))
