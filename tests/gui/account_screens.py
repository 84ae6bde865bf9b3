"""Pictures of accounts: the page in Settings, and the sheets over it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from kios_desktop.application.account_values import AccountLine, UnknownBook, WaitingRecord
from kios_desktop.domain.account_items import (
    AccountItem,
    HighlightContent,
    ItemFault,
    ItemKind,
    ItemState,
)
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountExamination,
    AccountFault,
    AccountServer,
    AccountStatus,
    BookCandidate,
    BookLink,
    Capabilities,
    FetchCounts,
    LinkState,
    Topic,
    TopicChoice,
    UnsentCounts,
)
from kios_desktop.domain.errors import Fault, Refusal, Rejected, Unreachable
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.ui.settings.accounts.account_dialog import AccountDialog
from kios_desktop.ui.settings.accounts.books_dialog import BooksDialog
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.accounts.preview_dialogs import (
    FetchPreviewDialog,
    SendPreviewDialog,
)
from kios_desktop.ui.settings.accounts.waiting_dialog import WaitingDialog

NOW: Final = datetime.now(UTC)
ALL: Final = Capabilities(**dict.fromkeys(Capabilities.__struct_fields__, True))
SERVER: Final = AccountServer("me", "Grimmory", 2, ALL, NOW)


def source(name: str, host: str, number: str) -> Source:
    url = ServerUrl(f"https://{host}:6062")
    return Source(
        number * 32, SourceKind.ACCOUNT, "booklore", name, url, username="ana",
        password=Secret("x"),
    )  # fmt: skip


def lines() -> list[AccountLine]:
    """One that is in step and in which something waits, and one that is not reached."""
    on = AccountChoices(
        dict.fromkeys((Topic.SESSIONS, Topic.RATINGS, Topic.HIGHLIGHTS), TopicChoice()),
        fetches=True,
    )
    sent = {Topic.SESSIONS: 1312, Topic.RATINGS: 41, Topic.HIGHLIGHTS: 208}
    away = Unreachable(Fault.TIMEOUT, "books.work.example")
    status = AccountStatus(
        fault=AccountFault.NOT_REACHED, error=away, retry_at=NOW + timedelta(minutes=5)
    )
    return [
        AccountLine(
            source("Home library", "books.example.org", "1"), on, SERVER,
            AccountStatus(succeeded_at=NOW - timedelta(minutes=2)), is_withheld=False,
            sent={topic: sent.get(topic, 0) for topic in Topic}, waiting=2, unknown_books=1,
        ),
        AccountLine(
            source("Work", "books.work.example", "2"),
            AccountChoices({Topic.SESSIONS: TopicChoice()}), SERVER, status, is_withheld=False,
            sent=dict.fromkeys(Topic, 0), waiting=0, unknown_books=0,
        ),
    ]  # fmt: skip


def records() -> list[WaitingRecord]:
    text = "It is a truth universally acknowledged, that a single man in possession of a fortune"
    theirs = HighlightContent("", text, "Read this aloud at the wedding")
    differs = AccountItem(
        "1" * 32, ItemKind.HIGHLIGHT, "a", BookId(1), ItemState.DIFFERS, 1, theirs=theirs
    )
    refused = AccountItem(
        "1" * 32, ItemKind.HIGHLIGHT, "b", BookId(1), ItemState.REFUSED, fault=ItemFault.TOO_LONG
    )
    gone = AccountItem("1" * 32, ItemKind.BOOKMARK, "c", BookId(2), ItemState.VANISHED, 5)
    return [
        WaitingRecord(differs, "Pride and Prejudice", text, "Irony, from the first line",
                      "Read this aloud at the wedding"),
        WaitingRecord(refused, "Pride and Prejudice", "You must allow me to tell you how"),
        WaitingRecord(gone, "Walden"),
    ]  # fmt: skip


def waiting(_size: QSize) -> QWidget:
    shown = WaitingDialog("Home library", None)
    shown.show_records(records())
    return shown


def books(_size: QSize) -> QWidget:
    found = (
        BookCandidate(7, "Walden; or, Life in the Woods", ("Henry David Thoreau",)),
        BookCandidate(9, "Walden", ("Thoreau", "A. Editor")),
    )
    link = BookLink(BookId(1), LinkState.CHOOSE, choices=found)
    shown = BooksDialog("Home library", None)
    shown.show_books([UnknownBook(link, "Walden", ("Henry David Thoreau",))])
    return shown


def send_preview(_size: QSize) -> QWidget:
    return SendPreviewDialog(Topic.SESSIONS, UnsentCounts(1312, 41), "Home library", None)


def fetch_preview(_size: QSize) -> QWidget:
    return FetchPreviewDialog(FetchCounts(34, 5, 2, 1, books=8), "Home library", None)


def form(_size: QSize) -> QWidget:
    shown = AccountDialog(False, None)
    url = "https://books.example.org:6062"
    shown.show_form(AccountForm(url, "Home library", "ana", Secret("x" * 12)))
    found = AccountExamination(True, "Grimmory", "Grimmory 3", ALL)
    shown.show_examined(found, "Home library")
    return shown


def refused_form(_size: QSize) -> QWidget:
    shown = AccountDialog(False, None)
    shown.show_form(AccountForm("https://books.example.org:6062", "Home library", "ana"))
    shown.show_faults(AccountExamination(error=Rejected(Refusal.CREDENTIALS)))
    return shown


ACCOUNT_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "account-form": form,
    "account-form-refused": refused_form,
    "account-waiting": waiting,
    "account-books": books,
    "account-send-preview": send_preview,
    "account-fetch-preview": fetch_preview,
}
