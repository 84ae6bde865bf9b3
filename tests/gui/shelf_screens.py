"""A Kobo source as it is browsed, each state one screen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.download import Availability, EntryState
from kios_desktop.domain.library import BookId
from kios_desktop.domain.shelf import ShelfStatus
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_catalog import FakeDownloads, rich_entry
from tests.fakes_shelf import FakeShelf, at, gone_feed, noted_entries, shelf_feed, withdrawn_entries
from tests.gui.catalog_screens import REFUSED, later, view_of, window

NAME = "Calibre-Web"


def in_step(**changes: Any) -> ShelfStatus:
    """Synced two minutes ago."""
    return replace(ShelfStatus(datetime.now(UTC) - timedelta(minutes=2), 14), **changes)


def here(*numbers: int) -> FakeDownloads:
    """A queue that has these of the sample entries in the library."""
    queue = FakeDownloads()
    for number in numbers:
        queue.states[f"urn:test:{number}"] = EntryState(Availability.HERE, None, BookId(number))
    return queue


def shelf(**more: Any) -> FakeShelf:
    feeds = {
        "": shelf_feed(noted_entries(), gone=3),
        "kobo:gone": gone_feed(withdrawn_entries()),
        "kobo:Reading": shelf_feed([], "Reading"),
    }
    return FakeShelf(**{"feeds": feeds, "name": NAME, "status": in_step(), **more})


def books(size: QSize) -> QWidget:
    return window(shelf(), here(1, 4), size)


def filling(size: QSize) -> QWidget:
    coming = ShelfStatus(None, syncing=True, done=120, of=640, tried_at=datetime.now(UTC))
    feeds = {"": replace(shelf_feed(noted_entries(9)), total=120)}
    return window(shelf(feeds=feeds, status=coming), size=size)


def first(size: QSize) -> QWidget:
    coming = ShelfStatus(None, syncing=True, tried_at=datetime.now(UTC))
    return window(shelf(feeds={"": shelf_feed([])}, status=coming), size=size)


def left_behind(size: QSize) -> QWidget:
    shown = window(shelf(), here(3, 4, 5), size)
    later(
        shown,
        lambda: view_of(shown).sections.follow_requested.emit(at("gone"), "No longer on the shelf"),
    )
    return shown


def left_behind_entry(size: QSize) -> QWidget:
    shown = window(shelf(), here(3, 4, 5), size)
    presenter = shown.catalog_presenter()
    if presenter is not None:
        presenter.open_entry(withdrawn_entries()[0])
    return shown


def entry(size: QSize) -> QWidget:
    shown = window(shelf(), size=size)
    presenter = shown.catalog_presenter()
    if presenter is not None:
        presenter.open_entry(replace(rich_entry(), note="16% on Kobo"))
    return shown


def empty(size: QSize) -> QWidget:
    return window(shelf(feeds={"": shelf_feed([])}, status=in_step(books=0)), size=size)


def none_reading(size: QSize) -> QWidget:
    shown = window(shelf(), size=size)
    facets = shelf_feed([]).facets
    later(shown, lambda: view_of(shown).bar.facet_chosen.emit(facets[1]))
    return shown


def starved(size: QSize) -> QWidget:
    return window(shelf(status=in_step(starved=30)), size=size)


def away(size: QSize) -> QWidget:
    at_some_time = datetime.now(UTC) - timedelta(hours=3)
    status = in_step(synced_at=at_some_time, tried_at=datetime.now(UTC), error=REFUSED)
    return window(shelf(status=status, kept={"": REFUSED}), here(1, 4), size)


def start_over(size: QSize) -> QWidget:
    shown = window(shelf(), size=size)
    return asked(shown, lambda: view_of(shown).header.start_over_requested.emit())


def asked(shown: MainWindow, ask: Callable[[], None]) -> Dialog:
    """The dialog that comes of it."""
    ask()
    return shown.findChildren(Dialog)[-1]


SHELF_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "kobo-shelf": books,
    "kobo-shelf-away": away,
    "kobo-shelf-empty": empty,
    "kobo-shelf-entry": entry,
    "kobo-shelf-filling": filling,
    "kobo-shelf-first": first,
    "kobo-shelf-left-behind": left_behind,
    "kobo-shelf-left-behind-entry": left_behind_entry,
    "kobo-shelf-none-reading": none_reading,
    "kobo-shelf-start-over": start_over,
    "kobo-shelf-starved": starved,
}
