"""What the sync menu of a book says, and that it says nothing false."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop.domain.errors import Certificate, Refusal, Rejected, TrustProblem, Untrusted
from kios_desktop.domain.progress import (
    BookOverview,
    Health,
    Lead,
    Offer,
    ServerLine,
    SyncOverview,
)
from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.reader.prompt_banner import PromptBanner
from kios_desktop.ui.reader.screen import Prompt
from kios_desktop.ui.sync.devices import device_name
from kios_desktop.ui.sync.sync_menu import SyncMenu
from tests.fakes.places import locator, report

pytestmark = pytest.mark.gui

IN_STEP = BookOverview(source_name="Home", answered_at=datetime.now(UTC))
OFFER = Offer(report(locator(3, 100)), Lead.FURTHER, same_chapter=False)


def words(overview: BookOverview) -> str:
    menu = SyncMenu()
    menu.show_book(overview)
    return "\n".join(label.text() for label in menu.findChildren(QLabel))


def test_a_book_is_in_step_only_when_its_place_was_sent(qapp: QApplication) -> None:
    assert "This book is in step" in words(IN_STEP)
    assert "Not asked about this book yet" in words(replace(IN_STEP, answered_at=None))
    assert "sent when you look away" in words(replace(IN_STEP, unsent=True))
    held = words(replace(IN_STEP, unsent=True, held=True, offer=OFFER))
    assert "read on" in words(replace(IN_STEP, unsent=True, marked=True))
    assert "until you choose" in held and "in step" not in held


def test_another_device_is_called_the_furthest_only_when_it_is(qapp: QApplication) -> None:
    assert "Go to the furthest place" in words(replace(IN_STEP, offer=OFFER))
    behind = words(replace(IN_STEP, offer=replace(OFFER, lead=Lead.BEHIND)))
    assert "furthest" not in behind and "You stayed" not in behind
    assert "earlier than where you are" in behind


def test_a_place_that_is_nowhere_in_the_file_is_not_offered(qapp: QApplication) -> None:
    nowhere = Offer(report(None), Lead.UNKNOWN, same_chapter=False)
    shown = words(replace(IN_STEP, offer=nowhere, unsent=True))
    assert "not in this file" in shown and "“Sync now” sends it" in shown
    assert "0%" not in shown


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


NOW = datetime(2026, 11, 24, tzinfo=UTC)
REFUSED = Rejected(Refusal.CREDENTIALS)
CERTIFICATE = Certificate(
    "home:443", "00" * 32, "home", "home", NOW, NOW, ("home",), "", TrustProblem.SELF_SIGNED
)


def led_to(menu: SyncMenu, link: str) -> list[str]:
    """The sources whose settings the menu asks for when a link is followed."""
    asked: list[str] = []
    menu.source_requested.connect(asked.append)
    next(b for b in menu.findChildren(QPushButton) if b.text() == link).click()
    return asked


@pytest.mark.parametrize(
    ("error", "link"),
    [(REFUSED, "Change…"), (Untrusted("home:443", CERTIFICATE), "Look at it…")],
    ids=["password", "certificate"],
)
def test_in_a_book_too_trouble_with_the_server_leads_to_its_settings(
    error: Exception, link: str, qapp: QApplication
) -> None:
    menu = SyncMenu()
    menu.show_book(replace(IN_STEP, source_id="one", error=error))
    assert led_to(menu, link) == ["one"]


def test_the_settings_of_a_server_are_those_of_that_server(qapp: QApplication) -> None:
    servers = (
        ServerLine("one", "Home", SourceKind.KOSYNC, error=None),
        ServerLine("two", "Comics", SourceKind.OPDS, error=REFUSED),
    )
    menu = SyncMenu()
    menu.show_overview(SyncOverview(Health.NEEDS_YOU, servers))
    led_to(menu, "Why?")
    assert led_to(menu, "Change…") == ["two"]
