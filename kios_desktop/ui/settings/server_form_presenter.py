"""The form of one server while it is open: what the presenters of sources and accounts share."""

import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from kios_desktop.domain.errors import Certificate, NoKeystore
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Pin, Source
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.form_rules import Trusted
from kios_desktop.ui.settings.keystore_choice import apply_keystore_choice
from kios_desktop.ui.settings.library_sync.ports import SourceForm
from kios_desktop.ui.settings.login_in_address import without_login
from kios_desktop.ui.settings.ports import KeystorePort, SourceErrors

FormT = TypeVar("FormT", SourceForm, AccountForm)
Work = Callable[[], Coroutine[Any, Any, Any]]


class FormRules(NamedTuple, Generic[FormT]):
    """What has to be corrected; and the source of a form, what is stored of it, the id of a new
    one, and the certificate that was trusted meanwhile.
    """

    errors_of: Callable[[FormT, Source | None], SourceErrors]
    source_of: Callable[[FormT, Source | None, str, Trusted | None], Source]


class FormScreen(Protocol):
    """What is needed of the sheet, which may be closed."""

    def close_form(self) -> None: ...
    def show_form(self, form: Any) -> None: ...
    def show_errors(self, errors: SourceErrors) -> None: ...
    def show_moved_login(self) -> None: ...
    def show_idle(self) -> None: ...
    def ask_keystore(self, again: Message | None) -> None: ...


class ServerFormPresenter(Generic[FormT]):
    """`testing` names the task of its test; `on_sources` is called after what is stored was
    changed from here.
    """

    def __init__(
        self,
        form: FormT,
        rules: FormRules[FormT],
        screen: FormScreen,
        keystore: KeystorePort,
        tasks: Tasks,
        testing: str,
        on_sources: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rules: FormRules[FormT] = rules
        self._sheet = screen
        self._keystore, self._tasks = keystore, tasks
        self._testing, self._on_sources, self._now = testing, on_sources, now
        self._form: FormT = form
        self._stored: Source | None = None  # what is being edited
        self._new_id = uuid.uuid4().hex
        self._trusted: Trusted | None = None
        self._pending: Source | None = None  # to be saved when the keystore has been chosen

    # -- what a subclass tells

    def listed_sources(self) -> Sequence[Source]:
        """Those of the list."""
        raise NotImplementedError

    def edit(self, source_id: str) -> None:
        """Open the form of one that is stored."""
        raise NotImplementedError

    def run(self, work: Work) -> None:
        """Do it, and say what went wrong."""
        raise NotImplementedError

    def run_test(self, source: Source, *, then_save: bool) -> None:
        """Start the test, unless it is to be saved and was tested already."""
        raise NotImplementedError

    def forget_test(self) -> None:
        """The result does not hold for another form."""
        raise NotImplementedError

    async def load(self) -> None:
        """Load and show the list."""
        raise NotImplementedError

    async def store(self, source: Source) -> None:
        """Raises `NoKeystore`, `StorageError`."""
        raise NotImplementedError

    def was_stored(self) -> None:
        """Whatever follows from it."""

    # -- what a reader does

    def test(self, form: FormT) -> None:
        """Test the form; nothing is stored."""
        self._start_test(form, then_save=False)

    def save(self, form: FormT) -> None:
        """Store the form, after a test unless it was tested already."""
        self._start_test(form, then_save=True)

    def save_anyway(self, form: FormT) -> None:
        """Store the form although the test has failed."""
        if self._take_over(form):
            self._tasks.cancel(self._testing)
            source = self._source()
            self.run(lambda: self._save_and_close(source))

    def trust(self, certificate: Certificate, form: FormT) -> None:
        """Pin this certificate for the host of the form, and test again."""
        pin = Pin(certificate.sha256, certificate.pem, self._now().date().isoformat())
        self._trusted = (pin, ServerUrl(form.url).host)
        self._show(replace(form, pin=pin))
        self.test(self._form)

    def stop_trusting(self, form: FormT) -> None:
        self._show(replace(form, pin=None))

    def form_closed(self) -> None:
        self._tasks.cancel(self._testing)
        self._stored = self._pending = None
        self.forget_test()

    def keystore_chosen(self, passphrase: str | None) -> None:
        """Where secrets go: None is in memory, else in a file encrypted with the passphrase."""
        self.run(lambda: self._choose_keystore(passphrase))

    def keystore_declined(self) -> None:
        self._pending = None
        self._sheet.show_idle()

    # -- parts

    def _begin(self, form: FormT, stored: Source | None) -> None:
        """A form is to be opened."""
        self._stored, self._form, self._trusted = stored, form, None
        self.forget_test()
        # the same id for all tests of one form, so that what they detect is kept
        self._new_id = uuid.uuid4().hex

    def _show(self, form: FormT) -> None:
        self._form = form
        self._sheet.show_form(form)

    def _take_over(self, form: FormT) -> bool:
        """Take over the form; False when it has errors, which are shown."""
        form, moved = without_login(form)
        self._form = form
        if moved:
            self._show(form)
            self._sheet.show_moved_login()
        errors = self._rules.errors_of(form, self._stored)
        self._sheet.show_errors(errors)
        return not errors

    def _source(self) -> Source:
        """What the form describes."""
        return self._rules.source_of(self._form, self._stored, self._new_id, self._trusted)

    def _start_test(self, form: FormT, *, then_save: bool) -> None:
        if self._take_over(form):
            self.run_test(self._source(), then_save=then_save)

    async def _save_and_close(self, source: Source) -> None:
        if await self._save_source(source):
            self._sheet.close_form()

    async def _save_source(self, source: Source) -> bool:
        """False where the keystore has to be chosen first, which is asked."""
        try:
            await self.store(source)
        except NoKeystore:
            self._pending = source
            self._sheet.ask_keystore(None)
            return False
        self._pending = None
        await self.load()
        self.was_stored()
        return True

    async def _choose_keystore(self, passphrase: str | None) -> None:
        problem = await apply_keystore_choice(self._keystore, passphrase)
        if problem is not None:
            self._sheet.ask_keystore(problem)
            return
        asked, before = self._pending, list(self.listed_sources())
        if asked is None:
            return
        await self.load()
        known = next((one for one in self.listed_sources() if one.id == asked.id), None)
        if known is None or known in before:
            await self._save_and_close(asked)
            return
        # the file has the stored credentials, which saving this form would overwrite
        self._pending = None
        self._on_sources()
        self.edit(asked.id)
