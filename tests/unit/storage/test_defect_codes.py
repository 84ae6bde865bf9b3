"""Defects of books were stored as sentences; an upgrade makes codes of them, shown as before."""

import json
from pathlib import Path

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.library import BookId
from kios_desktop.storage.book_rows import defect_code, defect_of
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.ui.library.defect_texts import defect_text
from tests.unit.storage.older import A_BOOK, make_older

# every sentence that schema 0003 and earlier ones stored
SENTENCES = {
    "2 files with unsafe names are ignored.": Defect(DefectKind.UNSAFE_NAMES, 2),
    "META-INF/container.xml is missing.": Defect(DefectKind.NO_CONTAINER),
    "META-INF/container.xml can’t be read.": Defect(DefectKind.UNREADABLE_CONTAINER),
    "META-INF/container.xml is not well-formed.": Defect(DefectKind.ILL_FORMED_CONTAINER),
    "META-INF/container.xml names no package document.": Defect(
        DefectKind.CONTAINER_WITHOUT_PACKAGE
    ),
    "The package document is not well-formed.": Defect(DefectKind.ILL_FORMED_PACKAGE),
    "1 file named in the package is missing.": Defect(DefectKind.MISSING_FILES, 1),
    "12 files named in the package are missing.": Defect(DefectKind.MISSING_FILES, 12),
    "3 entries of the reading order lead nowhere.": Defect(DefectKind.DEAD_READING_ORDER, 3),
    "The navigation document can’t be read.": Defect(DefectKind.UNREADABLE_NAVIGATION),
    "The NCX table of contents can’t be read.": Defect(DefectKind.UNREADABLE_NCX),
    "The book has no table of contents.": Defect(DefectKind.NO_CONTENTS),
}


# kinds that came with codes
LATER = (
    Defect(DefectKind.NO_DIRECTORY),
    Defect(DefectKind.CONTRADICTORY_FILES, 2),
    Defect(DefectKind.DAMAGED_FILES, 1),
    Defect(DefectKind.ENCRYPTED_FILES, 3),
    Defect(DefectKind.MISLABELLED_FILES, 9),
)


def test_every_kind_is_here() -> None:
    assert {defect.kind for defect in (*SENTENCES.values(), *LATER)} == set(DefectKind)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_shown_is_what_was_stored(sentence: str) -> None:
    assert defect_text(SENTENCES[sentence]) == sentence


@pytest.mark.parametrize("defect", [*SENTENCES.values(), *LATER], ids=str)
def test_a_code_is_read_as_it_was_written(defect: Defect) -> None:
    assert defect_of(defect_code(defect)) == defect


@pytest.mark.parametrize(
    "code",
    [
        "",
        "nonsense",
        "missing-files:x",
        "missing-files:1:2",
        "missing-files:-1",
        "missing-files:99999999999999999999",
    ],
)
def test_a_damaged_code_is_no_defect(code: str) -> None:
    assert defect_of(code) is None


def with_defects(stored: str) -> str:
    cell = stored.replace("'", "''")
    return A_BOOK.replace("'', '[]', 0", f"'', '{cell}', 0")


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        (json.dumps(list(SENTENCES), ensure_ascii=False), tuple(SENTENCES.values())),
        (json.dumps(list(SENTENCES)), tuple(SENTENCES.values())),
        ("[]", ()),
        ('["What no Kios wrote.", "The book has no table of contents."]',
         (Defect(DefectKind.NO_CONTENTS),)),
        ("no JSON", ()),
        ('{"a": 1}', ()),
        ("[1, null]", ()),
        ("7", ()),
        ("[" * 100_000, ()),
    ],
    ids=["all", "escaped", "none", "unknown", "damaged", "an object", "no sentences", "a number",
         "deep"],
)  # fmt: skip
async def test_a_library_of_schema_3_keeps_its_defects(
    tmp_path: Path, stored: str, kept: tuple[Defect, ...]
) -> None:
    path = tmp_path / "library.db"
    make_older(path, "0003", with_defects(stored))
    database = await Database.open(path)
    assert (await Books(database).get(BookId(1))).defects == kept
    await database.aclose()
