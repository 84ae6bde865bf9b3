"""The ports of the settings presenter: stores, connection test and screen."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kios_desktop.domain.errors import Certificate
from kios_desktop.domain.inside_books import IndexProgress
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import (
    AuthMethod,
    DocumentId,
    Header,
    Pin,
    Preset,
    Source,
    StepResult,
)
from kios_desktop.ui.kit.error_texts import Message

Change = Callable[[Preferences], Preferences]

# Tests a server without writing to it. Yields each step as it finishes, up to the first failure.
ConnectionTest = Callable[[Source], AsyncIterator[StepResult]]


class PreferencesPort(Protocol):
    """Loads and saves preferences. Raises `StorageError`."""

    async def load(self) -> Preferences: ...
    async def save(self, asked: Preferences) -> None: ...


class SourcesPort(Protocol):
    """Stores servers. `save` raises `NoKeystore` when the reader has to choose where secrets go."""

    async def all(self) -> list[Source]: ...
    async def save(self, source: Source) -> None: ...
    async def remove(self, source_id: str) -> None: ...


class IndexPort(Protocol):
    """The index over all books; `application.inside_books.InsideBooks`."""

    @property
    def progress(self) -> IndexProgress: ...

    def watch(self, show: Callable[[IndexProgress], object]) -> Callable[[], None]:
        """Call `show` with later values. Returns a function that ends this."""

    def go_on(self) -> None:
        """Try again what a problem has stopped."""


class KeystorePort(Protocol):
    """Where secrets are stored on a computer without a password store."""

    async def keep_in_memory(self) -> None:
        """Keep secrets in memory until Kios quits."""

    async def seal(self, passphrase: str) -> None:
        """Keep secrets in an encrypted file. Raises `WrongPassphrase` if the file has another
        one."""


@dataclass(frozen=True, slots=True)
class SyncForm:
    """The fields of the Progress sync form.

    `url` may be the masked form of a stored address; `password` None stands for the stored one.
    """

    preset: str
    url: str = ""
    username: str = ""
    password: Secret | None = None
    auth: AuthMethod = AuthMethod.KOREADER_HEADERS
    document_id: DocumentId = DocumentId.PARTIAL_MD5
    headers: tuple[Header, ...] = ()
    pin: Pin | None = None
    insecure_allowed: bool = False


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """The errors of the form as texts, "" for none."""

    url: str = ""
    username: str = ""
    password: str = ""
    insecure: bool = False  # plain http to a public address that has not been allowed

    def __bool__(self) -> bool:
        return bool(self.url or self.username or self.password or self.insecure)


@dataclass(frozen=True, slots=True)
class SourceErrors:
    """The errors of the form of a source or an account as texts, "" for none."""

    url: str = ""
    name: str = ""
    username: str = ""
    password: str = ""
    catalog_url: str = ""
    insecure: bool = False  # plain http to a public address that has not been allowed

    def __bool__(self) -> bool:
        texts = (self.url, self.name, self.username, self.password, self.catalog_url)
        return any(texts) or self.insecure


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a test: its tone ("success", "warning" or "danger") and a short text."""

    tone: str
    text: str
    steps: Sequence[StepResult] = field(default_factory=tuple)


class SettingsScreen(Protocol):
    """What the presenter needs from the screen."""

    def show_preferences(self, preferences: Preferences) -> None: ...
    def show_form(self, form: SyncForm, presets: Sequence[Preset], stored: bool) -> None: ...
    def show_errors(self, errors: FieldErrors) -> None: ...

    def show_test_started(self) -> None:
        """Remove the result of the last test."""

    def show_step(self, result: StepResult, username: str) -> None: ...

    def show_verdict(self, verdict: Verdict) -> None: ...

    def offer_save_anyway(self) -> None:
        """Offer to save the form although the test has failed."""

    def show_saved(self) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def ask_keystore(self, again: Message | None) -> None:
        """Ask where secrets should be stored; `again` is the error of the last answer."""

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None: ...
