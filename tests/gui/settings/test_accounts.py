"""Settings → Accounts in the whole app, with a fake BookLore server."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from kios_desktop.domain.account_items import AccountItem, ItemKind, ItemState
from kios_desktop.domain.accounts import BookLink, FoundBy, LinkState, Topic
from kios_desktop.domain.library import BookId
from kios_desktop.domain.source import SourceKind
from kios_desktop.outbox.resolving import Decision
from kios_desktop.storage.secrets import SecretStore, SystemKeyring
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.settings.accounts.account_card import AccountCard
from kios_desktop.ui.settings.accounts.preview_dialogs import (
    FetchPreviewDialog,
    SendPreviewDialog,
)
from kios_desktop.ui.settings.accounts.texts import facts_of
from kios_desktop.ui.settings.window import SettingsWindow
from tests.books import BookDraft
from tests.fakes.booklore_server import BookloreServer
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until
from tests.sessions import session
from tests.unit.storage.test_secrets import FakeBackend

REMOTE = 7
WORDS = "<p>" + "The tide had left the road at dawn, and salt lay on it like frost. " * 30 + "</p>"


def picture(widget: QWidget, name: str) -> None:
    if folder := os.environ.get("KIOS_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


class Desk:
    """The app with Settings open at Accounts."""

    def __init__(self, kios: Kios, server: BookloreServer, window: SettingsWindow) -> None:
        self.kios, self.server, self.window = kios, server, window
        self.parts = kios.app.parts

    @property
    def card(self) -> AccountCard:
        [made] = self.window.accounts.page.cards
        return made

    @property
    def account_id(self) -> str:
        assert self.card.line is not None
        return self.card.line.source.id

    async def add_account(self, password: str = "a right password") -> None:
        view = self.window.accounts
        view.page.add_requested.emit()
        await until(lambda: view.form is not None)
        form = view.form
        assert form is not None
        form.url.set_text(self.server.url)
        form.username.set_text("mira")
        form.password.set_text(password)
        form.name.set_text("Home")
        picture(form, "account-form")
        form.save.click()

    async def with_account(self) -> None:
        """There is one, and it is listed."""
        await self.add_account()
        await until(lambda: len(self.window.accounts.page.cards) == 1)

    async def dialog(self, kind: type[QDialog]) -> QDialog:
        def found() -> QDialog | None:
            dialogs = self.window.findChildren(kind)
            return next((one for one in dialogs if one.isVisible()), None)

        await until(lambda: found() is not None)
        made = found()
        assert made is not None
        await settled(0.1)
        picture(made, kind.__name__)
        return made

    async def book(self) -> BookId:
        """On the server as “The Salt Road”, with a highlight and a session here."""
        path = self.parts.paths.library.parent / "salt.epub"
        BookDraft("The Salt Road", "Mira Example", chapters=(WORDS, WORDS)).write(path)
        book_id = await self.kios.add(path)
        link = BookLink(book_id, LinkState.MATCHED, REMOTE, FoundBy.ID, "The Salt Road")
        await self.parts.service_accounts.records.save_link(self.account_id, link)
        return book_id

    async def idle(self) -> None:
        account = self.parts.service_accounts.account(self.account_id)
        assert account is not None
        await until(lambda: not account.sync.status.is_running and not account._tasks)


@asynccontextmanager
async def settings_open(
    qapp: QApplication, folder: Path, variant: str = "GR3", secrets: SecretStore | None = None
) -> AsyncIterator[Desk]:
    kios_started = Kios(qapp, folder, connect=False, secrets=secrets)
    async with BookloreServer(variant) as server, kios_started as kios:
        server.ticks = True
        window = kios.app.parts.settings.show("accounts")
        await until(lambda: window.isVisible())
        yield Desk(kios, server, window)
        window.close()


async def test_an_account_is_added_and_sends_what_is_switched_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await settled(0.2)
        picture(desk.window, "accounts-empty")
        await desk.with_account()
        assert desk.server.state.sessions == []
        book_id = await desk.book()
        made = [session(book_id, begun) for begun in _evenings(3)]
        await desk.parts.sessions.save(made)
        picture(desk.window, "accounts-off")

        desk.card.switches[Topic.SESSIONS].click()
        preview = await desk.dialog(SendPreviewDialog)
        assert isinstance(preview, SendPreviewDialog)
        preview.verb.click()
        await until(lambda: desk.card.switches[Topic.SESSIONS].isChecked())
        desk.card.send_requested.emit()
        await until(lambda: len(desk.server.state.sessions) == 3)
        await desk.idle()
        await until(lambda: desk.card.line is not None and desk.card.line.sent[Topic.SESSIONS] == 3)
        await settled(0.2)
        picture(desk.window, "accounts-on")
        kinds = {one.kind for one in await desk.parts.sources.all()}
        assert kinds == {SourceKind.ACCOUNT}


async def test_a_wrong_password_is_said_with_what_helps(qapp: QApplication, tmp_path: Path) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.add_account("a wrong one")
        form = desk.window.accounts.form
        assert form is not None
        await until(lambda: "wrong" in form.examined.accessibleName() or form.save.isEnabled())
        await settled(0.2)
        picture(form, "account-wrong-password")
        assert "password" in form.examined.accessibleName()
        assert desk.window.accounts.page.cards == []
        form._give_up()


async def test_an_account_whose_password_is_locked_away_is_still_shown(
    qapp: QApplication, tmp_path: Path
) -> None:
    backend = FakeBackend()
    async with settings_open(qapp, tmp_path, secrets=SystemKeyring(backend, "")) as desk:
        await desk.with_account()
        await desk.idle()
        backend.locked = True
        await desk.parts.service_accounts.connect()
        await until(lambda: desk.card.line is not None and desk.card.line.is_withheld)
        await settled(0.2)
        picture(desk.window, "accounts-locked")
        assert desk.card.line is not None
        assert facts_of(desk.card.line, datetime.now(UTC)) == "127.0.0.1"
        backend.locked = False
        await desk.parts.service_accounts.connect()
        await until(lambda: desk.card.line is not None and not desk.card.line.is_withheld)


async def test_what_was_changed_on_both_sides_is_shown_and_decided(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.with_account()
        book_id = await desk.book()
        await desk.parts.books.rate(book_id, 8)
        desk.server.state.ratings[(2, REMOTE)] = 3
        desk.card.switches[Topic.RATINGS].click()
        preview = await desk.dialog(SendPreviewDialog)
        assert isinstance(preview, SendPreviewDialog)
        preview.verb.click()
        await until(lambda: desk.card.switches[Topic.RATINGS].isChecked())
        desk.card.send_requested.emit()
        await until(lambda: desk.card.line is not None and desk.card.line.waiting == 1)
        assert desk.server.state.ratings == {(2, REMOTE): 3}
        await settled(0.2)
        picture(desk.window, "accounts-waiting")

        desk.card.waiting_requested.emit()
        await until(lambda: desk.window.accounts.waiting is not None)
        waiting = desk.window.accounts.waiting
        assert waiting is not None
        await settled(0.2)
        picture(waiting, "waiting")
        waiting.rows[0].buttons[Decision.MINE].click()
        await until(lambda: desk.server.state.ratings == {(2, REMOTE): 8})
        await until(lambda: desk.window.accounts.waiting is None)


async def test_what_is_there_is_counted_before_it_is_fetched(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.with_account()
        book_id = await desk.book()
        desk.server.state.ratings[(2, REMOTE)] = 6
        desk.server.state.annotations.append(
            {"id": 50, "userId": 2, "bookId": REMOTE, "cfi": "epubcfi(/6/2!/4/2,/1:0,/1:8)",
             "text": "The tide", "note": "From the web", "color": "#4ADE80", "style": "highlight",
             "chapterTitle": None, "createdAt": "x", "updatedAt": "x"}
        )  # fmt: skip
        desk.card.fetches.click()
        preview = await desk.dialog(FetchPreviewDialog)
        assert isinstance(preview, AskDialog)
        assert await desk.parts.marks.of_book(book_id) == []
        preview.verb.click()
        await until(lambda: desk.card.fetches.isChecked())
        await desk.idle()
        [mark] = await desk.parts.marks.of_book(book_id)
        assert (mark.note, mark.text) == ("From the web", "The tide")
        assert (await desk.parts.books.get(book_id)).rating == 6


@pytest.mark.parametrize("variant", ["PF", "BL2"])
async def test_an_account_is_removed_and_all_stays_on_the_server(
    qapp: QApplication, tmp_path: Path, variant: str
) -> None:
    async with settings_open(qapp, tmp_path, variant) as desk:
        await desk.with_account()
        before = len(desk.server.asked)
        desk.card.remove_requested.emit()
        asking = await desk.dialog(AskDialog)
        assert isinstance(asking, AskDialog)
        asking.verb.click()
        await until(lambda: desk.window.accounts.page.cards == [])
        assert [one.method for one in desk.server.asked[before:]] == []
        assert await desk.parts.sources.all() == []


async def test_of_two_switches_that_are_used_at_once_both_count(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.with_account()
        on = desk.window.accounts.page.topic_switched
        for switched in (True, False):
            for topic in (Topic.HIGHLIGHTS, Topic.BOOKMARKS, Topic.SHELF):
                on.emit(desk.account_id, topic, switched)
            await settled(0.3)
            choices = await desk.parts.service_accounts.records.choices(desk.account_id)
            assert len(choices.sends) == (3 if switched else 0)


async def test_a_list_that_was_closed_after_a_decision_stays_closed(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.with_account()
        book_id = await desk.book()
        state = ItemState.VANISHED
        await desk.parts.service_accounts.items.save(
            [
                AccountItem(desk.account_id, ItemKind.HIGHLIGHT, f"{n:032x}", book_id, state)
                for n in range(3)
            ]
        )
        desk.card.waiting_requested.emit()
        await until(lambda: desk.window.accounts.waiting is not None)
        waiting = desk.window.accounts.waiting
        assert waiting is not None
        await settled(0.1)
        waiting.rows[0].buttons[Decision.KEEP_HERE].click()
        waiting.reject()
        await settled(0.4)
        assert desk.window.accounts.waiting is None


async def test_what_has_changed_since_it_was_shown_is_not_decided(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with settings_open(qapp, tmp_path) as desk:
        await desk.with_account()
        items, review = desk.parts.service_accounts.items, desk.parts.account_review
        kind, state = ItemKind.HIGHLIGHT, ItemState.VANISHED
        one = AccountItem(desk.account_id, kind, f"{1:032x}", await desk.book(), state)
        await items.save([one])
        shown = await review.waiting(desk.account_id)
        since = replace(one, state=ItemState.DONE, remote_id=60)
        await items.save([since])
        await review.decide(shown, Decision.KEEP_HERE)
        assert await items.one(desk.account_id, kind, one.local_id) == since
        await items.save([one])
        await review.decide(shown, Decision.KEEP_HERE)
        kept = await items.one(desk.account_id, kind, one.local_id)
        assert kept is not None
        assert kept.state is ItemState.LEFT


def _evenings(count: int) -> list[datetime]:
    return [datetime(2026, 11, 20, 20, tzinfo=UTC) + timedelta(days=n) for n in range(count)]
