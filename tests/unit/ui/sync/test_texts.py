"""The sync line says one state, exactly."""

from datetime import timedelta

import pytest

from kios_desktop.domain.errors import Fault, NotMatched, Refusal, Rejected, Unreachable
from kios_desktop.domain.library import BookId
from kios_desktop.domain.progress import BookOverview, Health, ServerLine, SyncOverview, Waiting
from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.sync.devices import device_icon, device_name
from kios_desktop.ui.sync.texts import book_line, status_line
from tests.fakes_ui import NOW

OK = ServerLine("1", "Home", SourceKind.KOSYNC, checked_at=NOW - timedelta(minutes=2))
AWAY = ServerLine(
    "2", "Komga", SourceKind.KOSYNC, error=Unreachable(Fault.DNS, "h"), not_reachable_since=NOW
)
REFUSED = ServerLine("3", "Grimmory", SourceKind.KOSYNC, error=Rejected(Refusal.CREDENTIALS))
ONE = (Waiting(BookId(1), "Walden", 0.5, "Home", NOW),)


@pytest.mark.parametrize(
    ("overview", "icon", "text"),
    [
        (SyncOverview(), "minus-circle", "Sync is not set up"),
        (
            SyncOverview(Health.NEEDS_YOU, (OK, REFUSED)),
            "warning-circle",
            "Grimmory needs attention",
        ),
        (SyncOverview(Health.NOT_REACHABLE, (OK, AWAY)), "cloud-slash", "Komga is not reachable"),
        (SyncOverview(Health.OFFLINE, (OK,), ONE), "cloud-slash", "Offline · 1 waiting"),
        (SyncOverview(Health.WAITING, (OK,), ONE), "clock", "Waiting to send · 1 book"),
        (SyncOverview(Health.WAITING, (OK,), ONE * 2), "clock", "Waiting to send · 2 books"),
        (SyncOverview(Health.WORKING, (OK,)), "arrows-clockwise", "Syncing…"),
        (SyncOverview(Health.NOT_ASKED, (OK,)), "circle-dashed", "Sync is set up"),
        (SyncOverview(Health.IN_SYNC, (OK,)), "check-circle", "In sync · 2 min ago"),
    ],
)
def test_each_state_has_its_line(overview: SyncOverview, icon: str, text: str) -> None:
    line = status_line(overview, NOW)
    assert (line.icon, line.text) == (icon, text)


def test_the_line_is_spoken_as_a_status() -> None:
    line = status_line(SyncOverview(Health.WAITING, (OK,), ONE), NOW)
    assert line.spoken == "Sync status: waiting to send · 1 book"


@pytest.mark.parametrize("health", Health)
def test_every_health_has_a_line(health: Health) -> None:
    assert status_line(SyncOverview(health), NOW).text


def test_devices_are_known_by_their_names() -> None:
    assert device_icon("Kobo Libra") == "device-tablet"
    assert device_icon("Pixel 8") == "device-mobile"
    assert device_icon("") == "desktop"
    assert device_name("") == "another device"


def test_in_a_book_what_concerns_it_goes_first() -> None:
    overall = status_line(SyncOverview(Health.IN_SYNC, (OK,)), NOW)
    assert book_line(BookOverview(source_name="Home"), overall) == overall
    unknown = book_line(BookOverview(source_name="Home", error=NotMatched()), overall)
    assert (unknown.color, unknown.text) == ("warning", "Home doesn’t know this file")
