"""The sentences for chapters which can't be shown, or not to their end."""

from typing import Final

from kios_desktop.epub import media_types
from kios_desktop.epub.serving import Served, StandIn, sentence_page, with_note
from kios_desktop.ui.kit.translation import marked, tr

_TEXTS: Final = {
    StandIn.MISSING: marked("This part of the book is missing from the file."),
    StandIn.UNREADABLE: marked("This part of the book can’t be read. The file is damaged."),
    StandIn.TOO_LARGE: marked(
        "This part of the book is too large to be shown. The other parts can be read."
    ),
    StandIn.UNFORESEEN: marked(
        "This part of the book can’t be shown: something went wrong in Kios. Turn the page to go "
        "on."
    ),
    StandIn.UNSUPPORTED: marked("This part of the book is of a kind that can’t be shown here."),
    StandIn.PROTECTED: marked(
        "This part of the book is protected against reading elsewhere, so it can’t be shown here."
    ),
}


def damaged_page(chapter: bytes) -> Served:
    """What can be read of a chapter, and that this is not all of it, or not right."""
    sentence = tr("The file is damaged here: a part of this chapter may be missing or wrong.")
    return Served(with_note(chapter, sentence), media_types.XHTML)


def stand_in_page(stand_in: StandIn) -> Served:
    """The page for a reason; an unforeseen error may be gone at the next request."""
    return sentence_page(tr(_TEXTS[stand_in]), lost=stand_in is StandIn.UNFORESEEN)


def lost_page() -> Served:
    """The page for a chapter that did not load."""
    sentence = tr(
        "This part of the book could not be loaded. Turn the page to go on, or choose this part in "
        "the contents to try again."
    )
    return sentence_page(sentence, lost=True)


def left_out_page() -> Served:
    """The page for a chapter at which the web engine stopped."""
    sentence = tr(
        "The page stopped working at this part of the book, so it is left out. Turn the page to go "
        "on. To try again, close the book and open it."
    )
    return sentence_page(sentence, lost=True)
