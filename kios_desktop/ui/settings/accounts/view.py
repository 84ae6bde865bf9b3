"""Accounts in the settings window: the page, and the sheets over it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from kios_desktop.application.account_values import AccountLine, UnknownBook, WaitingRecord
from kios_desktop.domain.accounts import (
    AccountExamination,
    BookCandidate,
    FetchCounts,
    Topic,
    UnsentCounts,
)
from kios_desktop.domain.source import Source
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import isolated
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
from kios_desktop.ui.settings.form_view import FormView, SheetHost


class AccountsView(FormView[AccountDialog, AccountsPresenter]):
    """Implements `AccountsScreen`. `host` and `window` are the same object."""

    def __init__(self, page: AccountsPage, host: SheetHost, window: QWidget) -> None:
        super().__init__(host, window)
        self.page = page
        self.waiting: WaitingDialog | None = None
        self.books: BooksDialog | None = None
        self._counting: CountingDialog | None = None
        self.catalog_form: Callable[[Source], None] = lambda _source: None

    def bind(self, presenter: AccountsPresenter) -> None:
        self.presenter = presenter
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

    # -- the form

    def open_form(self, form: AccountForm, editing: bool) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        made = AccountDialog(editing, self.window)
        made.show_form(form)
        made.password.set_stored(editing)
        self.open_sheet(made, presenter)

    def show_examined(self, found: AccountExamination, name: str) -> None:
        if self.form is not None:
            self.form.show_examined(found, name)

    def show_faults(self, found: AccountExamination) -> None:
        if self.form is not None:
            self.form.show_faults(found)

    # -- questions

    def ask_to_remove(self, line: AccountLine) -> None:
        presenter, account_id = self.presenter, line.source.id
        if presenter is None:
            return
        dialog = AskDialog(
            tr("Remove {account}?", account=isolated(line.source.name)),
            texts.removal_text(line),
            tr("Remove account"),
            self.window,
            dangerous=True,
        )
        dialog.accepted.connect(lambda: presenter.remove_confirmed(account_id))
        self.host.open_sheet(dialog)

    def ask_before_sending(
        self,
        line: AccountLine,
        topic: Topic,
        counts: UnsentCounts,
        answered: Callable[[bool | None], None],
    ) -> None:
        dialog = SendPreviewDialog(topic, counts, line.source.name, self.window)
        dialog.answered.connect(answered)
        self.host.open_sheet(dialog)

    def show_counting(self, done: int, total: int, stop: Callable[[], None]) -> None:
        if self._counting is None:
            self._counting = CountingDialog(self.window)
            self._counting.rejected.connect(stop)
            self._counting.finished.connect(self._counting_closed)
            self.host.open_sheet(self._counting)
        self._counting.show_progress(done, total)

    def hide_counting(self) -> None:
        if self._counting is not None:
            self._counting.accept()

    def ask_before_fetching(
        self, line: AccountLine, counts: FetchCounts, answered: Callable[[bool], None]
    ) -> None:
        dialog = FetchPreviewDialog(counts, line.source.name, self.window)
        dialog.answered.connect(answered)
        self.host.open_sheet(dialog)

    def ask_to_make_koreader_user(self, line: AccountLine, agreed: Callable[[], None]) -> None:
        dialog = AskDialog(
            tr("Make a user for KOReader sync?"),
            tr(
                "{server} has none for this account yet. Kios would make one with a password that "
                "nobody has to type, and use it here. An e-reader can use it too.",
                server=isolated(line.source.name),
            ),
            tr("Make it"),
            self.window,
        )
        dialog.accepted.connect(agreed)
        self.host.open_sheet(dialog)

    def open_catalog_form(self, source: Source) -> None:
        self.catalog_form(source)

    # -- what waits

    def show_waiting(
        self, account_id: str, records: Sequence[WaitingRecord], *, again: bool = False
    ) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        if self.waiting is None:
            if again or not records:
                return
            made = self.waiting = WaitingDialog(self._name(account_id), self.window)
            made.decided.connect(lambda some, what: presenter.decide(account_id, some, what))
            made.finished.connect(self._waiting_closed)
            made.show_records(records)
            self.host.open_sheet(made)
        else:
            self.waiting.show_records(records)

    def show_unknown(
        self, account_id: str, books: Sequence[UnknownBook], *, again: bool = False
    ) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        if self.books is None:
            if again or not books:
                return
            made = self.books = BooksDialog(self._name(account_id), self.window)
            made.named.connect(lambda book, what: presenter.name(account_id, book, what))
            made.sought.connect(lambda words: presenter.seek(account_id, words))
            made.finished.connect(self._books_closed)
            made.show_books(books)
            self.host.open_sheet(made)
        else:
            self.books.show_books(books)

    def show_found(self, found: Sequence[BookCandidate] | None) -> None:
        if self.books is not None:
            self.books.show_found(found)

    # -- parts

    def _name(self, account_id: str) -> str:
        lines = (made.line for made in self.page.cards if made.line is not None)
        return next((one.source.name for one in lines if one.source.id == account_id), "")

    def _waiting_closed(self) -> None:
        self.waiting = None

    def _books_closed(self) -> None:
        self.books = None

    def _counting_closed(self) -> None:
        self._counting = None
