"""How a report compares with the local place.

Places are compared as places. Percentages of different programs are not comparable; they are used
only for a report without a place, and with a margin.
"""

from enum import Enum

from kios_desktop.domain.locator import Locator, Precision
from kios_desktop.domain.progress import Lead, Offer, Report

SMALL = 0.01  # of the publication: a smaller lead in the same chapter is followed silently
MARGIN = 0.02  # of the publication: difference of two programs' percentages for one place


class Comparison(Enum):
    """How a report stands to the place here."""

    SAME = "same"  # or less than one screen away
    FURTHER = "further"
    BEHIND = "behind"
    UNRESOLVED = "unresolved"  # neither a place in this file nor a percentage


def compare(report: Report, here: Locator, screen: int) -> Comparison:
    """`screen` is the number of ordinals on the screen now, at least 1."""
    place = report.locator
    if place is None or report.precision is Precision.FRACTION:
        return _by_fraction(report, here)
    same_item = place.place.spine_index == here.place.spine_index
    if report.precision is Precision.ITEM and same_item:
        return Comparison.SAME
    gap = ordinals_between(place, here)
    if gap is not None and gap < max(1, screen):
        return Comparison.SAME
    return Comparison.FURTHER if place.place > here.place else Comparison.BEHIND


def offer_for(report: Report, here: Locator, found: Comparison, peak: float) -> Offer:
    """The offer for a report of another place. `peak`: the most (0…1) this server ever held."""
    by_place = report.locator is not None and report.precision is not Precision.FRACTION
    lead = Lead.FURTHER if found is Comparison.FURTHER else Lead.BEHIND
    if found is Comparison.UNRESOLVED or (lead is Lead.FURTHER and not by_place):
        lead = Lead.UNKNOWN
    same_chapter = report.locator is not None and report.locator.chapter.index == here.chapter.index
    return Offer(
        report,
        lead,
        same_chapter,
        suspicious=found is Comparison.BEHIND and peak > 0 and at_start(report),
    )


def small(offer: Offer, here: Locator) -> bool:
    """Whether the offer is less than `SMALL` ahead in the same chapter."""
    there = offer.report.locator
    return (
        offer.lead is Lead.FURTHER
        and offer.same_chapter
        and there is not None
        and there.total_progression - here.total_progression < SMALL
    )


def at_start(report: Report) -> bool:
    """Whether a report is at 0 %, or at the very start."""
    if report.locator is not None and report.precision is not Precision.FRACTION:
        return report.locator.total_progression == 0
    return report.fraction == 0


def ordinals_between(a: Locator, b: Locator) -> int | None:
    """Characters between two places; None unless they are in one spine item or in neighbours."""
    first, second = sorted((a, b), key=lambda locator: locator.place)
    items = second.place.spine_index - first.place.spine_index
    if items == 0:
        return second.place.ordinal - first.place.ordinal
    if items == 1:
        return max(0, first.ordinal_total - first.place.ordinal) + second.place.ordinal
    return None


def _by_fraction(report: Report, here: Locator) -> Comparison:
    if report.fraction is None:
        return Comparison.UNRESOLVED
    lead = report.fraction - here.total_progression
    if abs(lead) < MARGIN:
        return Comparison.SAME
    return Comparison.FURTHER if lead > 0 else Comparison.BEHIND
