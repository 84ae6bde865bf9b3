"""How the cross-device question is put."""

import pytest
from msgspec.structs import replace

from kios_desktop.domain.locator import Chapter, Precision
from kios_desktop.domain.progress import Lead, Offer
from kios_desktop.ui.reader.prompt_texts import prompt_for
from kios_desktop.ui.sync.texts import offer_line
from tests.fakes.places import at, report

HERE = Chapter(0, "One")
GUESS = report(at(6000), precision=Precision.FRACTION)


def sentence(offer: Offer) -> str:
    return prompt_for(offer, HERE, 0.1).sentence


def test_a_percentage_of_the_book_is_asked_about_as_one() -> None:
    offer = Offer(GUESS, Lead.UNKNOWN, same_chapter=False)
    assert sentence(offer) == "Another device is at 60% — switch?"
    assert offer_line(offer) == "Another device is at 60%"


def test_a_place_whose_file_is_known_is_in_a_chapter() -> None:
    offer = Offer(replace(GUESS, file_known=True), Lead.UNKNOWN, same_chapter=False)
    assert sentence(offer) == "Another device is in ‘Chapter 300’ — switch?"
    assert "Chapter 300" in offer_line(offer)


@pytest.mark.parametrize("title", ["", "  ", "\u00a0"])
def test_a_chapter_without_a_title_is_named_by_its_percentage(title: str) -> None:
    there = replace(at(6000), chapter=Chapter(7, title))
    offer = Offer(report(there), Lead.FURTHER, same_chapter=False)
    assert sentence(offer) == "Another device is at 60% — switch?"
    assert offer_line(offer) == "Another device is at 60%"
