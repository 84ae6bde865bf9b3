"""A source: a server the reader added, with its kind and credentials."""

from enum import StrEnum

from msgspec import Struct, field

from kios_desktop.domain.errors import MatchingHelp
from kios_desktop.domain.secret import Secret, ServerUrl


class SourceKind(StrEnum):
    """The protocol a source speaks. It can't be changed later."""

    KOSYNC = "kosync"
    OPDS = "opds"
    KOBO = "kobo"
    ACCOUNT = "account"  # at BookLore or Grimmory: no catalog, and no places


class AuthMethod(StrEnum):
    """How Kios signs in."""

    NONE = "none"
    KOREADER_HEADERS = "koreader headers"
    BASIC = "basic"
    DIGEST = "digest"
    API_KEY = "api key"  # X-API-Key
    AUTOMATIC = "automatic"  # what the server asks for; settled by the first answer


class DocumentId(StrEnum):
    """The document id of KOReader sync. Never mixed within one account."""

    PARTIAL_MD5 = "partial md5"
    FILE_NAME = "file name"


class Header(Struct, frozen=True):
    """An extra request header, sent to this source only. The value is treated as a secret."""

    name: str
    value: Secret


class Pin(Struct, frozen=True):
    """A certificate the reader chose to trust for one source (trust on first use)."""

    sha256: str
    pem: str
    trusted_at: str  # ISO date, for “Trusted since …”


class Source(Struct, frozen=True):
    """One configured server. `preset` is a key of `sources/presets.py`.

    `id` is 32 hex digits; secrets are stored in the password store under it. Of a Kobo sync source:
    `shared` says that an e-reader uses the same address, so that its list of books must not be
    taken from it; `catalog_url` is then the OPDS catalog of the same server, if it was given.
    """

    id: str
    kind: SourceKind
    preset: str
    name: str
    url: ServerUrl
    auth: AuthMethod = AuthMethod.NONE
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    headers: tuple[Header, ...] = ()
    pin: Pin | None = None
    enabled: bool = True
    document_id: DocumentId = DocumentId.PARTIAL_MD5
    shared: bool = False
    catalog_url: ServerUrl | None = None


class Preset(Struct, frozen=True):
    """What is known about a kind of server before it was ever asked.

    `title` is a proper name, "" for a server that is none of the known ones. `sub_path` is how its
    addresses end ("/kosync"), "" at the root or where the address holds a key. `login_optional`:
    user name and password may stay empty, since the key is in the address.
    """

    key: str
    title: str
    kind: SourceKind
    placeholder_url: str
    auth: AuthMethod
    sub_path: str = ""
    login_optional: bool = False


class CatalogCheck(Struct, frozen=True):
    """The result of testing a catalog.

    `source` is to be stored: it has the authentication method that the server accepts. `books` is
    the server's own count, if it has one. `newer` is the same library as OPDS 2. `keeps_places` is
    None where only the first push can tell.
    """

    source: Source
    title: str
    books: int | None
    keeps_places: bool | None
    newer: ServerUrl | None = None


class ConnectionStep(StrEnum):
    """The steps of “Test connection”, in order."""

    FOUND = "found"
    SECURE = "secure"
    ANSWERS = "answers"
    SIGNED_IN = "signed in"
    READING = "reading"
    MATCHING = "matching"
    CLOCK = "clock"


class StepState(StrEnum):
    """How a step ended. `NOTE` works, but the person should know something."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


class StepNote(StrEnum):
    """What a person should know about a step that did not fail."""

    NOT_ENCRYPTED = "not encrypted"
    NO_BOOK_KNOWN = "no book known"  # of the reader's books; `StepResult.matching_help` says more
    KEEPS_CHAPTERS = "keeps chapters"  # not exact places
    KEEPS_PARAGRAPHS = "keeps paragraphs"  # and does not report a finished book
    CLOCKS_APART = "clocks apart"  # by `StepResult.apart_s`


class StepResult(Struct, frozen=True):
    """One finished step of a connection test.

    A failed step has the error, `suggested_url` if another address would probably work, and
    `other_auth` if the server may want another way of signing in, which was not tried.
    """

    step: ConnectionStep
    state: StepState
    note: StepNote | None = None
    took_s: float | None = None
    error: Exception | None = None
    suggested_url: ServerUrl | None = None
    other_auth: AuthMethod | None = None
    matching_help: MatchingHelp | None = None
    apart_s: float = 0.0
