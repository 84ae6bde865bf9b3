"""What the report says of every file."""

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damage, Encrypted, Full, Unreadable
from kios_desktop.domain.library import Imported, ImportOutcome, ImportReport
from kios_desktop.ui.library.import_report import reason, report_rows, report_text


def test_the_same_bytes_name_the_book_that_was_kept() -> None:
    item = Imported("/a/b.epub", ImportOutcome.ALREADY_HERE, same_as="Walden")
    assert reason(item) == "Same file as ‘Walden’. Kept the one you have."


def test_a_failure_says_why() -> None:
    item = Imported("/a/b.epub", ImportOutcome.FAILED, error=Encrypted("Adobe ADEPT"))
    assert reason(item) == "Protected by DRM (Adobe ADEPT). Kios can’t open it."


def test_the_copied_report_has_a_line_for_every_file() -> None:
    report = ImportReport(
        (
            Imported("/a/one.epub", ImportOutcome.ADDED, title="One"),
            Imported(
                "/a/two.pdf", ImportOutcome.FAILED, error=Unreadable(Damage.OTHER_TYPE, "PDF")
            ),
        )
    )
    assert report_text(report) == (
        "1 added, 1 not added\none.epub: added\ntwo.pdf: Kios reads EPUB. This is a PDF file.\n"
    )


DEFECTS = (
    Defect(DefectKind.NO_CONTAINER),
    Defect(DefectKind.ILL_FORMED_PACKAGE),
    Defect(DefectKind.MISSING_FILES, 1),
    Defect(DefectKind.NO_CONTENTS),
)
SOME = (
    "META-INF/container.xml is missing. The package document is not well-formed. "
    "1 file named in the package is missing."
)
DEFECTIVE = Imported("/a/odd.epub", ImportOutcome.ADDED, title="Odd", defects=DEFECTS)


def test_an_added_book_with_defects_has_a_row_that_names_some_and_a_copy_that_names_all() -> None:
    report = ImportReport((Imported("/a/b.epub", ImportOutcome.ADDED, title="B"), DEFECTIVE))
    assert [(row.name, row.text) for row in report_rows(report)] == [
        ("odd.epub", f"Read with defects: {SOME} And 1 more.")
    ]
    assert report_text(report).splitlines()[1:] == [
        "b.epub: added",
        f"odd.epub: added. Read with defects: {SOME} The book has no table of contents.",
    ]


def test_a_full_disk_is_one_row_that_counts_and_speaks_of_no_place() -> None:
    full = [Imported(f"/a/{n}.epub", ImportOutcome.FAILED, error=Full()) for n in range(88)]
    pdf = Imported("/a/x.pdf", ImportOutcome.FAILED, error=Unreadable(Damage.OTHER_TYPE, "PDF"))
    shown = report_rows(ImportReport((pdf, *full)))
    assert [(row.name, row.text) for row in shown] == [
        ("88 files", "No space left on this disk. 88 files were not added."),
        ("x.pdf", "Kios reads EPUB. This is a PDF file."),
    ]
    assert reason(full[0]) == "No space left on this disk."


def test_one_file_a_disk_had_no_room_for_is_called_by_its_name() -> None:
    (row,) = report_rows(ImportReport((Imported("/a/b.epub", ImportOutcome.FAILED, error=Full()),)))
    assert (row.name, row.text) == (
        "b.epub",
        "No space left on this disk. 1 file was not added.",
    )


def test_what_failed_comes_before_defects_and_those_before_what_was_here() -> None:
    here = Imported("/a/here.epub", ImportOutcome.ALREADY_HERE, same_as="Walden")
    bad = Imported("/a/bad.epub", ImportOutcome.FAILED, error=Encrypted("Adobe ADEPT"))
    shown = report_rows(ImportReport((here, DEFECTIVE, bad)))
    assert [row.name for row in shown] == ["bad.epub", "odd.epub", "here.epub"]
