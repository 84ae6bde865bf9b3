"""What Library sync needs from the rest of Kios, and what it may show."""

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

# Asks a server what it is, and changes nothing there. Raises `RemoteError`.
CheckSource = Callable[[Source], Awaitable[CatalogCheck]]

# The address of the same server that was probably meant; None when there is no other than this.
FindAddress = Callable[[Source], Awaitable[ServerUrl | None]]


@dataclass(frozen=True, slots=True)
class SourceForm:
    """The fields of Add source as they stand.

    `url` may be the masked form of a stored address. `password` None means: the stored one. Of
    Kobo sync: `shared` when an e-reader uses the same address, and then the server's catalog.
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
    """What may be right instead of what failed, and is tried when somebody wants it: an address of
    the same server, or another way of signing in.
    """

    url: ServerUrl | None = None
    auth: AuthMethod | None = None


@dataclass(frozen=True, slots=True)
class SourceErrors:
    """What is wrong with the form, in the reader's words; "" where nothing is."""

    url: str = ""
    name: str = ""
    username: str = ""
    password: str = ""
    catalog_url: str = ""
    insecure: bool = False  # plain http to a public address, and not allowed yet

    def __bool__(self) -> bool:
        texts = (self.url, self.name, self.username, self.password, self.catalog_url)
        return any(texts) or self.insecure


class LibrarySourcesPort(Protocol):
    """The configured sources and how they are. Methods raise `StorageError`."""

    async def listed(self) -> Sequence[ListedSource]: ...
    async def save(self, source: Source) -> None: ...
    async def remove(self, source_id: str, with_books: bool) -> None: ...
    async def reorder(self, source_ids: Sequence[str]) -> None: ...


class LibrarySyncScreen(Protocol):
    """The page, and the form when it is open."""

    def show_sources(self, lines: Sequence[ListedSource]) -> None: ...

    def open_form(self, form: SourceForm, presets: Sequence[Preset], editing: bool) -> None: ...

    def close_form(self) -> None: ...

    def show_form(self, form: SourceForm) -> None:
        """Put values into the open form."""

    def show_address(self, typed: str, address: str) -> None:
        """Put a better address in place of the `typed` one, unless another stands there by now.

        A masked one stays: it is none of the two.
        """

    def show_errors(self, errors: SourceErrors) -> None: ...

    def show_moved_login(self) -> None:
        """The login was moved out of the address."""

    def show_checking(self) -> None: ...

    def show_found(self, check: CatalogCheck) -> None: ...

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        """The test failed."""

    def show_fields(self, fields: SignInFields) -> None:
        """What the server asks for, in its own words; no password where it wants none."""

    def show_idle(self) -> None:
        """Nothing is asked any more, and nothing came of it."""

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None: ...

    def ask_keystore(self, again: Message | None) -> None: ...

    def ask_to_remove(self, line: ListedSource) -> None: ...

    def show_problem(self, message: Message) -> None: ...

    def say(self, text: str) -> None: ...
