"""What the report says of every file."""

from kios_desktop.domain.errors import Damage, Encrypted, Unreadable
from kios_desktop.domain.library import Imported, ImportOutcome, ImportReport
from kios_desktop.ui.library.import_report import reason, report_text


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
