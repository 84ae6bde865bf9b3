"""What Settings needs from the rest of Kios, and what it may show."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kios_desktop.domain.errors import Certificate
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

# Tests one server without writing to it; steps come as they finish, and end with the first failure.
ConnectionTest = Callable[[Source], AsyncIterator[StepResult]]


class PreferencesPort(Protocol):
    """Where preferences are kept. Raises `StorageError`."""

    async def load(self) -> Preferences: ...
    async def save(self, asked: Preferences) -> None: ...


class SourcesPort(Protocol):
    """The servers. `save` raises `NoKeystore` when the person has to decide where secrets go."""

    async def all(self) -> list[Source]: ...
    async def save(self, source: Source) -> None: ...
    async def remove(self, source_id: str) -> None: ...


class KeystorePort(Protocol):
    """Where secrets go on a computer without a password store."""

    async def keep_in_memory(self) -> None:
        """Until Kios quits."""

    async def seal(self, passphrase: str) -> None:
        """In an encrypted file. Raises `WrongPassphrase` for a file that is there already."""


@dataclass(frozen=True, slots=True)
class SyncForm:
    """The fields of Progress sync as they stand.

    `url` may be the masked form of a stored address. `password` None means: the stored one.
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
    """What is wrong with the form, in the reader's words; "" where nothing is."""

    url: str = ""
    username: str = ""
    password: str = ""
    insecure: bool = False  # plain http to a public address, and not allowed yet

    def __bool__(self) -> bool:
        return bool(self.url or self.username or self.password or self.insecure)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a test ended: "success", "warning" or "danger", in one or two words."""

    tone: str
    words: str
    steps: Sequence[StepResult] = field(default_factory=tuple)


class SettingsScreen(Protocol):
    """What the presenter may show."""

    def show_preferences(self, preferences: Preferences) -> None: ...
    def show_form(self, form: SyncForm, presets: Sequence[Preset], stored: bool) -> None: ...
    def show_errors(self, errors: FieldErrors) -> None: ...

    def show_test_started(self) -> None:
        """Clear the old result."""

    def show_step(self, result: StepResult, username: str) -> None: ...

    def show_verdict(self, verdict: Verdict) -> None: ...

    def offer_save_anyway(self) -> None:
        """The test failed; the form may be stored all the same."""

    def show_saved(self) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def ask_keystore(self, again: Message | None) -> None:
        """Where secrets should go; `again` says what was wrong with the last answer."""

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None: ...
