"""What the sync menu of a book says, and that it says nothing false."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.progress import BookOverview, Lead, Offer
from kios_desktop.ui.devices import device_name
from kios_desktop.ui.reader.prompt_banner import PromptBanner
from kios_desktop.ui.reader.screen import Prompt
from kios_desktop.ui.sync_menu import SyncMenu
from tests.fakes.places import locator, report

pytestmark = pytest.mark.gui

IN_STEP = BookOverview(source_name="Home")
OFFER = Offer(report(locator(3, 100)), Lead.FURTHER, same_chapter=False)


def words(overview: BookOverview) -> str:
    menu = SyncMenu()
    menu.show_book(overview)
    return "\n".join(label.text() for label in menu.findChildren(QLabel))


def test_a_book_is_in_step_only_when_its_place_was_sent(qapp: QApplication) -> None:
    assert "This book is in step." in words(IN_STEP)
    assert "sent when you look away" in words(replace(IN_STEP, unsent=True))
    held = words(replace(IN_STEP, unsent=True, held=True, offer=OFFER))
    assert "until you choose" in held and "in step" not in held


def test_another_device_is_called_the_furthest_only_when_it_is(qapp: QApplication) -> None:
    assert "Go to the furthest place" in words(replace(IN_STEP, offer=OFFER))
    behind = words(replace(IN_STEP, offer=replace(OFFER, lead=Lead.BEHIND)))
    assert "furthest" not in behind and "You stayed" not in behind
    assert "earlier than where you are" in behind


def test_a_server_that_started_over_is_explained(qapp: QApplication) -> None:
    reset = words(replace(IN_STEP, offer=replace(OFFER, lead=Lead.BEHIND, suspicious=True)))
    assert "the server started over" in reset


def test_the_banner_shortens_the_chapter_and_never_the_question(qapp: QApplication) -> None:
    chapter = "IV: The Rabbit Sends in a Little Bill, and what came of it"
    prompt = Prompt(OFFER, f"Another device is in ‘{chapter}’ — switch?", "I", "1%", chapter,
                    "40%", "")  # fmt: skip
    banner = PromptBanner(prompt, None)
    banner.resize(700, 56)
    banner.show()
    qapp.processEvents()
    shown = [label.text() for label in banner.findChildren(QLabel) if "switch" in label.text()]
    assert shown and shown[0].endswith("…’ — switch?")
    banner.close()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("Kobo Libra", "Kobo Libra"), ("Kobo\n\u202eLibra\t", "Kobo Libra"), ("\u202e", "")],
)
def test_a_devices_name_is_one_line_and_turns_nothing(sent: str, shown: str) -> None:
    assert device_name(sent) == (shown or "another device")
