"""Profiles that earlier commits made: see `data/profiles/README.md`."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

import msgspec

from kios_desktop.domain.secret import Secret
from tests.books import PIXEL_PNG, BookDraft

FOLDER: Final = Path(__file__).with_name("data") / "profiles"
NAMES: Final = sorted(path.parent.name for path in FOLDER.glob("*/profile.zip"))
_CHAPTERS: Final = tuple(f"<h1>{n}</h1>" + "<p>Some words.</p>" * 40 for n in ("One", "Two"))
DRAFTS: Final = (
    BookDraft("The Life of Émile", "Zoë Writer", chapters=_CHAPTERS, cover=PIXEL_PNG),
    BookDraft("A Book Read to Its End", identifier="urn:isbn:9780000000002", chapters=_CHAPTERS),
    BookDraft("A Book That Was Removed", identifier="urn:isbn:9780000000003", cover=PIXEL_PNG),
)


GONE: Final = {"asked"}
"""Fields of records that are not read any more. `asked`: a question that was shown and not answered
counts as not answered."""

NOW: Final[dict[str, dict[str, Any]]] = {"justify": {"true": "on", "false": "off"}}
"""Values that are stored otherwise now: field → value then, as JSON → value now."""


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


def plain(value: object) -> Any:
    """As JSON values, secrets included."""

    def revealed(one: object) -> str:
        assert isinstance(one, Secret)
        return one.reveal()

    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=revealed))


def lost(put_in: Any, found: Any, where: str = "") -> list[str]:
    """What is not as it was put in. A field that there was not then may hold anything."""
    if isinstance(put_in, dict) and isinstance(found, dict):
        missing = [f"{where}.{name}" for name in put_in if name not in found and name not in GONE]
        both = [name for name in put_in if name in found]
        return missing + [
            line for name in both for line in lost(put_in[name], found[name], f"{where}.{name}")
        ]
    if isinstance(put_in, list) and isinstance(found, list) and len(put_in) == len(found):
        pairs = enumerate(zip(put_in, found, strict=True))
        return [line for n, (a, b) in pairs for line in lost(a, b, f"{where}[{n}]")]
    meant = NOW.get(where.rpartition(".")[2], {}).get(json.dumps(put_in), put_in)
    return [] if meant == found else [f"{where}: {put_in!r} became {found!r}"]


if __name__ == "__main__":
    write_books(Path(sys.argv[1]))
