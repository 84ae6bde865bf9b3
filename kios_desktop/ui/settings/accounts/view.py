"""Accounts in the settings window: the page, and the sheets over it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QWidget

from kios_desktop.application.account_values import AccountLine, UnknownBook, WaitingRecord
from kios_desktop.domain.accounts import (
    AccountExamination,
    BookCandidate,
    FetchCounts,
    Topic,
    UnsentCounts,
)
from kios_desktop.domain.errors import Certificate
from kios_desktop.domain.source import Source
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.message import Message
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts import texts
from kios_desktop.ui.settings.accounts.account_dialog import AccountDialog
from kios_desktop.ui.settings.accounts.books_dialog import BooksDialog
from kios_desktop.ui.settings.accounts.page import AccountsPage
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.accounts.presenter import AccountsPresenter
from kios_desktop.ui.settings.accounts.preview_dialogs import (
    CountingDialog,
    FetchPreviewDialog,
    SendPreviewDialog,
)
from kios_desktop.ui.settings.accounts.waiting_dialog import WaitingDialog
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.keystore_dialog import KeystoreDialog
from kios_desktop.ui.settings.library_sync.view import SheetHost
from kios_desktop.ui.settings.ports import SourceErrors


class AccountsView:
    """Implements `AccountsScreen`. `host` and `window` are the same object."""

    def __init__(self, page: AccountsPage, host: SheetHost, window: QWidget) -> None:
        self.page, self._host, self._window = page, host, window
        self.form: AccountDialog | None = None
        self.waiting: WaitingDialog | None = None
        self.books: BooksDialog | None = None
        self._counting: CountingDialog | None = None
        self._presenter: AccountsPresenter | None = None
        self.catalog_form: Callable[[Source], None] = lambda _source: None

    def bind(self, presenter: AccountsPresenter) -> None:
        self._presenter = presenter
        page = self.page
        page.add_requested.connect(presenter.add)
        page.edit_requested.connect(presenter.edit)
        page.test_requested.connect(presenter.edit_and_test)
        page.topic_switched.connect(presenter.topic_switched)
        page.fetch_switched.connect(presenter.fetch_switched)
        page.notes_to_chosen.connect(presenter.notes_go_to)
        page.send_requested.connect(presenter.send_now)
        page.paused.connect(presenter.pause)
        page.koreader_requested.connect(presenter.set_up_koreader)
        page.catalog_requested.connect(presenter.add_catalog)
        page.waiting_requested.connect(presenter.review)
        page.unknown_requested.connect(presenter.name_books)
        page.remove_requested.connect(presenter.remove)

    # -- AccountsScreen: the page

    def show_accounts(self, lines: Sequence[AccountLine]) -> None:
        self.page.show_accounts(lines)

    def say(self, text: str) -> None:
        where = self.form.overlays if self.form is not None else self._host.overlays
        where.toast(text)

    def show_problem(self, message: Message) -> None:
        self.say(message.line)

    # -- the form

    def open_form(self, form: AccountForm, editing: bool) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        made = self.form = AccountDialog(editing, self._window)
        made.show_form(form)
        made.password.set_stored(editing)
        made.address_typed.connect(presenter.address_typed)
        made.test_requested.connect(presenter.test)
        made.save_requested.connect(presenter.save)
        made.save_anyway_requested.connect(presenter.save_anyway)
        made.trust_ended.connect(presenter.stop_trusting)
        made.finished.connect(self._form_closed)
        self._host.open_sheet(made)
        made.url.edit.setFocus()

    def close_form(self) -> None:
        if self.form is not None:
            self.form.accept()

    def show_form(self, form: AccountForm) -> None:
        if self.form is not None:
            self.form.show_form(form)

    def show_errors(self, errors: SourceErrors) -> None:
        if self.form is not None:
            self.form.show_errors(errors)

    def show_moved_login(self) -> None:
        if self.form is not None:
            self.form.show_moved_login()

    def show_checking(self) -> None:
        if self.form is not None:
            self.form.show_checking()

    def show_idle(self) -> None:
        if self.form is not None:
            self.form.show_idle()

    def show_examined(self, found: AccountExamination, name: str) -> None:
        if self.form is not None:
            self.form.show_examined(found, name)

    def show_faults(self, found: AccountExamination) -> None:
        if self.form is not None:
            self.form.show_faults(found)

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        presenter, form = self._presenter, self.form
        if presenter is None or form is None:
            return
        dialog = CertificateDialog(certificate, form, trusted_since)
        dialog.trusted.connect(lambda: presenter.trust(certificate, form.form()))
        self._open_over_form(dialog)

    def ask_keystore(self, again: Message | None) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = KeystoreDialog(self.form or self._window, again)
        dialog.chosen.connect(presenter.keystore_chosen)
        dialog.rejected.connect(presenter.keystore_declined)
        self._open_over_form(dialog)

    # -- questions

    def ask_to_remove(self, line: AccountLine) -> None:
        presenter, account_id = self._presenter, line.source.id
        if presenter is None:
            return
        dialog = AskDialog(
            tr("Remove {account}?", account=isolated(line.source.name)),
            texts.removal_text(line),
            tr("Remove account"),
            self._window,
            dangerous=True,
        )
        dialog.accepted.connect(lambda: presenter.remove_confirmed(account_id))
        self._host.open_sheet(dialog)

    def ask_before_sending(
        self,
        line: AccountLine,
        topic: Topic,
        counts: UnsentCounts,
        answered: Callable[[bool | None], None],
    ) -> None:
        dialog = SendPreviewDialog(topic, counts, line.source.name, self._window)
        dialog.answered.connect(answered)
        self._host.open_sheet(dialog)

    def show_counting(self, done: int, total: int, stop: Callable[[], None]) -> None:
        if self._counting is None:
            self._counting = CountingDialog(self._window)
            self._counting.rejected.connect(stop)
            self._counting.finished.connect(self._counting_closed)
            self._host.open_sheet(self._counting)
        self._counting.show_progress(done, total)

    def hide_counting(self) -> None:
        if self._counting is not None:
            self._counting.accept()

    def ask_before_fetching(
        self, line: AccountLine, counts: FetchCounts, answered: Callable[[bool], None]
    ) -> None:
        dialog = FetchPreviewDialog(counts, line.source.name, self._window)
        dialog.answered.connect(answered)
        self._host.open_sheet(dialog)

    def ask_to_make_koreader_user(self, line: AccountLine, agreed: Callable[[], None]) -> None:
        dialog = AskDialog(
            tr("Make a user for KOReader sync?"),
            tr(
                "{server} has none for this account yet. Kios would make one with a password that "
                "nobody has to type, and use it here. An e-reader can use it too.",
                server=isolated(line.source.name),
            ),
            tr("Make it"),
            self._window,
        )
        dialog.accepted.connect(agreed)
        self._host.open_sheet(dialog)

    def open_catalog_form(self, source: Source) -> None:
        self.catalog_form(source)

    # -- what waits

    def show_waiting(
        self, account_id: str, records: Sequence[WaitingRecord], *, again: bool = False
    ) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        if self.waiting is None:
            if again or not records:
                return
            made = self.waiting = WaitingDialog(self._name(account_id), self._window)
            made.decided.connect(lambda some, what: presenter.decide(account_id, some, what))
            made.finished.connect(self._waiting_closed)
            made.show_records(records)
            self._host.open_sheet(made)
        else:
            self.waiting.show_records(records)

    def show_unknown(
        self, account_id: str, books: Sequence[UnknownBook], *, again: bool = False
    ) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        if self.books is None:
            if again or not books:
                return
            made = self.books = BooksDialog(self._name(account_id), self._window)
            made.named.connect(lambda book, what: presenter.name(account_id, book, what))
            made.sought.connect(lambda words: presenter.seek(account_id, words))
            made.finished.connect(self._books_closed)
            made.show_books(books)
            self._host.open_sheet(made)
        else:
            self.books.show_books(books)

    def show_found(self, found: Sequence[BookCandidate] | None) -> None:
        if self.books is not None:
            self.books.show_found(found)

    # -- parts

    def _name(self, account_id: str) -> str:
        lines = (made.line for made in self.page.cards if made.line is not None)
        return next((one.source.name for one in lines if one.source.id == account_id), "")

    def _open_over_form(self, dialog: QDialog) -> None:
        if self.form is None:
            self._host.open_sheet(dialog)
            return
        overlays = self.form.overlays
        overlays.scrim(True)
        dialog.finished.connect(lambda _result: overlays.scrim(False))
        dialog.open()

    def _form_closed(self) -> None:
        self.form = None
        if self._presenter is not None:
            self._presenter.form_closed()

    def _waiting_closed(self) -> None:
        self.waiting = None

    def _books_closed(self) -> None:
        self.books = None

    def _counting_closed(self) -> None:
        self._counting = None
