"""The pages in place of chapters: each reason has a sentence, and only passing ones ask again."""

import pytest

from kios_desktop.epub.serving import StandIn
from kios_desktop.ui.reader.engine.stand_in_pages import (
    damaged_page,
    left_out_page,
    lost_page,
    stand_in_page,
)

SENTENCES = {
    StandIn.MISSING: "This part of the book is missing from the file.",
    StandIn.UNREADABLE: "This part of the book can’t be read. The file is damaged.",
    StandIn.TOO_LARGE: "This part of the book is too large to be shown. The other parts can be "
    "read.",
    StandIn.UNFORESEEN: "This part of the book can’t be shown: something went wrong in Kios. Turn "
    "the page to go on.",
    StandIn.UNSUPPORTED: "This part of the book is of a kind that can’t be shown here.",
    StandIn.PROTECTED: "This part of the book is protected against reading elsewhere, so it can’t "
    "be shown here.",
}
LOST = 'data-kios-stand-in="lost"'


@pytest.mark.parametrize("stand_in", StandIn)
def test_every_reason_has_a_sentence(stand_in: StandIn) -> None:
    served = stand_in_page(stand_in).body.decode()
    assert SENTENCES[stand_in] in served
    assert (LOST in served) is (stand_in is StandIn.UNFORESEEN)


def test_lost_and_left_out_chapters_are_requested_again() -> None:
    assert "could not be loaded" in lost_page().body.decode()
    assert "it is left out" in left_out_page().body.decode()
    assert LOST in lost_page().body.decode() and LOST in left_out_page().body.decode()


def test_a_damaged_chapter_says_so_after_its_last_words() -> None:
    served = damaged_page(b"<html><body><p>Words &lt;/html&gt;</p></body></html>\n").body
    assert served.startswith(b"<html><body><p>Words &lt;/html&gt;</p></body><style>")
    assert "The file is damaged here" in served.decode()
    assert served.endswith(b"</style></html>\n")
