"""Texts of the question about a place on another device. No Qt."""

from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.progress import Lead, Offer
from kios_desktop.ui.kit.formats import percent
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.screen import Prompt
from kios_desktop.ui.sync.texts import offer_chapter, offer_fraction


def prompt_for(offer: Offer, here: Chapter, here_progression: float) -> Prompt:
    """The question about an offer to a reader at `here_progression`, 0…1 of the publication.

    It names the chapter of the other device if that is known, if only by its file; else the
    percentage.
    """
    title, fraction = offer_chapter(offer), offer_fraction(offer)
    sentence = tr("Another device is at {percent} — switch?", percent=percent(fraction))
    if title:
        sentence = tr("Another device is in ‘{chapter}’ — switch?", chapter=title)
    return Prompt(
        offer=offer,
        sentence=sentence,
        here_title=here.title,
        here_percent=percent(here_progression),
        there_title=title,
        there_percent=percent(fraction),
        note=_note(offer),
    )


def _note(offer: Offer) -> str:
    if offer.suspicious:
        return tr("This looks like the server started over.")
    if offer.lead is Lead.BEHIND:
        return tr("earlier than where you are")
    return tr("further on in this chapter") if offer.same_chapter else ""
