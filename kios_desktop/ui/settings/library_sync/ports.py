"""The ports of the Library sync presenter, and the form it edits."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import Certificate, SignInFields
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import (
    AuthMethod,
    CatalogCheck,
    Header,
    Pin,
    Preset,
    Source,
    SourceKind,
)
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.settings.ports import SourceErrors

# Asks a server what it is and can do; writes nothing to it. Raises `RemoteError`.
CheckSource = Callable[[Source], Awaitable[CatalogCheck]]

# The address on the same server that was probably meant; None when there is no better one.
FindAddress = Callable[[Source], Awaitable[ServerUrl | None]]


@dataclass(frozen=True, slots=True)
class SourceForm:
    """The fields of the Add source form.

    `url` may be the masked form of a stored address; `password` None stands for the stored one. For
    Kobo sync, `shared` says that an e-reader uses the same address, and `catalog_url` is the
    server's OPDS catalog.
    """

    preset: str
    kind: SourceKind = SourceKind.OPDS
    url: str = ""
    name: str = ""
    username: str = ""
    password: Secret | None = None
    auth: AuthMethod = AuthMethod.AUTOMATIC
    headers: tuple[Header, ...] = ()
    pin: Pin | None = None
    insecure_allowed: bool = False
    shared: bool = False
    catalog_url: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What may work instead of what failed: another address of the server, or another sign-in
    method."""

    url: ServerUrl | None = None
    auth: AuthMethod | None = None


class LibrarySourcesPort(Protocol):
    """The configured sources and their state. Methods raise `StorageError`."""

    async def listed(self) -> Sequence[ListedSource]: ...
    async def save(self, source: Source) -> None: ...
    async def remove(self, source_id: str, with_books: bool) -> None: ...
    async def reorder(self, source_ids: Sequence[str]) -> None: ...


class LibrarySyncScreen(Protocol):
    """What the presenter needs from the page, and from the form while it is open."""

    def show_sources(self, lines: Sequence[ListedSource]) -> None: ...

    def open_form(self, form: SourceForm, presets: Sequence[Preset], editing: bool) -> None: ...

    def close_form(self) -> None: ...

    def show_form(self, form: SourceForm) -> None:
        """Show values in the open form."""

    def show_address(self, typed: str, address: str) -> None:
        """Replace the address if it still is `typed`; a masked address is kept."""

    def show_errors(self, errors: SourceErrors) -> None: ...

    def show_moved_login(self) -> None:
        """Say that the login was moved out of the address."""

    def show_checking(self) -> None: ...

    def show_found(self, check: CatalogCheck) -> None: ...

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        """Show the error of a check, and what may work instead."""

    def show_fields(self, fields: SignInFields) -> None:
        """Label the credentials as the server does; without a password where it wants none."""

    def show_idle(self) -> None:
        """Show neither a running check nor a result."""

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None: ...

    def ask_keystore(self, again: Message | None) -> None: ...

    def ask_to_remove(self, line: ListedSource) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def say(self, text: str) -> None: ...
