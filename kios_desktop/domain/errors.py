"""Every error Kios raises on purpose.

KiosError                      safe to show, free of secrets
├─ RemoteError                 a server could not do what we asked
│  ├─ Unreachable              DNS, refused, timeout, cut off
│  │  └─ Untrusted             the certificate is not one we may trust
│  ├─ Rejected                 credentials, permission or feature switched off: no retry
│  ├─ NotMatched               the server does not know this book
│  ├─ Gone                     what was to be changed is no longer there
│  ├─ Conflict                 the server has it already, or somebody writes the same just now
│  ├─ Throttled                busy; retry after a delay
│  │  └─ LockedOut             no sign-in for a while, after too many wrong ones
│  ├─ Faulty                   the server had a problem of its own
│  ├─ Overtaken                a newer place came between our look and our write
│  ├─ ClockAhead               the place on the server is dated in the future
│  ├─ Unsupported              the server lacks this endpoint
│  ├─ Redirected               the answer is somewhere else, and we did not follow
│  ├─ Stripped                 a proxy removed a header that the server requires
│  ├─ Refused                  the server did not accept what we sent: our bug
│  └─ Malformed                the reply is not what the protocol promises
│     ├─ BadAddress            an address that can't be read, typed or sent by the server
│     ├─ InCircles             redirects that lead nowhere
│     ├─ NotACatalog           something else answers where a catalog was expected
│     └─ WebPage               a page came instead of a file
├─ PublicationError            about one file
│  ├─ Unreadable               not an EPUB, damaged, or without readable text
│  ├─ Encrypted                protected by DRM
│  ├─ TooLarge                 over a limit that protects this computer
│  │  └─ TooManyFiles          it has more files than the limit
│  ├─ Damaged                  one resource cannot be read; the rest of the book can
│  │  └─ DocumentTooLarge      one document is over the limit for documents
│  └─ Missing                  the file is no longer where it was
├─ PatternError                about a regular expression to search with
│  ├─ BadPattern               it is none
│  └─ PatternTooSlow           it takes more time or memory than it may
├─ MarksFileError              a file of marks can't be read or written
├─ DictionaryError             a dictionary can't be added or read
└─ StorageError                about our own database and folders
   ├─ Full · ReadOnly · Locked · Corrupt · TooNew · TooOld · NotUpgraded · NoLibrary · NoFullText
   └─ NoKeystore · WrongPassphrase · KeystoreLocked · KeystoreFailed · KeystoreDamaged

`ui/kit/error_texts.py` has the texts that are shown; the text of an exception is for the log.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from kios_desktop.domain.secret import ServerUrl


class KiosError(Exception):
    """Raised on purpose. Its text never contains a password, token or key."""


class RemoteError(KiosError):
    """A server could not do what was asked.

    `retryable`: it may pass by itself, so that the request is tried again later. `not_done`:
    certainly nothing was carried out, for the request was not sent.
    """

    retryable = False
    not_done = False


class Fault(StrEnum):
    """Why a server was not reached."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    OFFLINE = "offline"
    CUT_OFF = "cut off"


class Unreachable(RemoteError):
    """No usable connection. `address` is host or host:port, never a URL."""

    retryable = True

    def __init__(self, fault: Fault, address: str, waited_s: float | None = None) -> None:
        super().__init__(f"{address}: {fault}")
        self.fault, self.address, self.waited_s = fault, address, waited_s


class TrustProblem(StrEnum):
    """What is wrong with a certificate."""

    SELF_SIGNED = "self-signed"
    UNKNOWN_AUTHORITY = "unknown authority"
    EXPIRED = "expired"
    WRONG_NAME = "wrong name"
    CHANGED = "changed"
    OTHER = "other"


class Certificate(Struct, frozen=True):
    """What a person needs to decide about a server's certificate.

    `sha256` is 64 lower-case hex digits over the DER form; `pem` is the certificate itself.
    """

    address: str
    sha256: str
    issued_to: str
    issued_by: str
    valid_from: datetime | None
    valid_until: datetime | None
    names: tuple[str, ...]
    pem: str
    problem: TrustProblem
    trusted_before: str | None = None  # sha256 of the pin that no longer matches


class Untrusted(Unreachable):
    """TLS failed because of the certificate; `certificate` is None when it could not be read."""

    retryable = False

    def __init__(self, address: str, certificate: Certificate | None) -> None:
        super().__init__(Fault.CUT_OFF, address)
        self.certificate = certificate


class Refusal(StrEnum):
    """Why a server rejected us."""

    CREDENTIALS = "credentials"
    NEEDED = "credentials needed"  # it asks, and we have none
    TOKEN = "token"  # noqa: S105 (the one in the address is not valid any more)
    KEY = "key"  # the one in the address of a catalog or of KOReader sync is not valid
    API_KEY = "api key"
    KEY_OR_ROLE = "api key, or a role is missing"  # Komga says the same to both
    FORBIDDEN = "forbidden"
    LOCKED = "passwords locked"  # the password store is locked: no request was made
    FORGOTTEN = "password not at hand"  # the password is not stored: no request was made
    NAME_OR_OFF = "credentials, or switched off"  # the server says the same to both
    CATALOG_OFF = "the catalog is switched off, or not for this account"
    SWITCHED_OFF = "switched off"
    ACCOUNT_OFF = "switched off for this user"
    CLOSED = "no new users, or the name is taken"
    ELSEWHERE = "signs in elsewhere"  # OpenID Connect only: no password of the server's own


class SignInFields(Struct, frozen=True):
    """The labels of a server's sign-in fields, in the server's own words.

    `password` is "" where it asks for a name only.
    """

    name: str
    password: str


class Rejected(RemoteError):
    """401, 403 and their relatives. Ask the person; do not retry. `said` is the server's word.

    `fields` is what it asks for, where it says so.
    """

    def __init__(
        self, refusal: Refusal, said: str = "", fields: SignInFields | None = None
    ) -> None:
        super().__init__(str(refusal))
        self.refusal, self.said, self.fields = refusal, said, fields


class MatchingHelp(StrEnum):
    """What helps when a server does not know a file."""

    OWN_CATALOG = "own catalog"
    KOMGA = "komga"
    KAVITA = "kavita"
    STUMP = "stump"
    SAME_FILE = "same file"


class NotMatched(RemoteError):
    """The server does not know this file. `duplicates` when it knows it more than once.

    `help` is what helps with this kind of server, if it is known.
    """

    def __init__(self, duplicates: bool = False, help: MatchingHelp | None = None) -> None:  # noqa: A002 (a noun)
        super().__init__("duplicate files" if duplicates else "file unknown to the server")
        self.duplicates, self.help = duplicates, help


class Gone(RemoteError):
    """What was to be read, changed or deleted is no longer on the server."""


class Conflict(RemoteError):
    """The server has the same already (`stored`), or somebody writes it at this moment.

    Without `stored` nothing is known: the server's database refused the row, and some servers say
    the same to a value that is too long. `said` is the server's own sentence.
    """

    def __init__(self, status: int, said: str = "") -> None:
        super().__init__(f"status {status}")
        self.status, self.stored, self.said = status, status == 409, said


class Throttled(RemoteError):
    """Busy. `retry_after_s` is the delay that the server asks for, in seconds."""

    retryable = True

    def __init__(self, retry_after_s: float | None = None, status: int = 429) -> None:
        super().__init__("busy")
        self.retry_after_s, self.status = retry_after_s, status


class LockedOut(Throttled):
    """The server takes no sign-in for a while: too many were wrong, ours or somebody's."""


class Faulty(RemoteError):
    """5xx: the server had a problem; or a 401 without a word to a sign-in that it accepted.

    `long_headers`: probably a proxy in front of it that could not pass on a long header (Kobo sync
    behind nginx, where `proxy_buffer_size` is too small). `asks_shop`: probably it could not reach
    the Kobo store, which it asks at the end of each sync. `said` is the server's own sentence.
    """

    retryable = True

    def __init__(
        self, status: int, long_headers: bool = False, asks_shop: bool = False, said: str = ""
    ) -> None:
        super().__init__(f"status {status}")
        self.status, self.long_headers, self.asks_shop = status, long_headers, asks_shop
        self.said = said


class Overtaken(RemoteError):
    """Another device stored a newer place between our pull and our push."""

    retryable = True


class ClockAhead(RemoteError):
    """The server accepts only newer places, and a device with a fast clock stored the last one.

    Our place is accepted once the server's clock has passed that time, which it does not tell.
    """

    retryable = True

    def __init__(self) -> None:
        super().__init__("the place there bears a time that is still to come")


class Lacks(StrEnum):
    """What an address does not have."""

    KOREADER_SYNC = "KOReader sync"
    SYNC_THERE = "KOReader sync, where it should be"  # the address is right: it is switched off
    CATALOG = "catalog"
    KOBO_SYNC = "Kobo sync"
    PLACES = "places"  # it delivers books but keeps no places
    LATER_PLACES = "later places"  # it keeps the first place of a book and ignores later ones
    TOKEN = "token"  # noqa: S105 (the address ends before its token)
    BOOKLORE = "BookLore"  # something else answers there, or its address has a longer path
    REQUEST = "this request"  # other versions of the server have it


class Unsupported(RemoteError):
    """The address answers, but does not have what was requested."""

    def __init__(self, reason: str = "", lacks: Lacks = Lacks.KOREADER_SYNC) -> None:
        super().__init__(reason)
        self.lacks = lacks


class Redirected(RemoteError):
    """A redirect we did not follow. `location` is scheme, host, port and path, without secrets.

    `base` is the source's address at the new location, if it may replace ours. `for_now`: the
    redirect is temporary, as from a network with a sign-in page.
    """

    def __init__(
        self,
        address: str,
        location: str,
        same_host: bool,
        base: ServerUrl | None = None,
        for_now: bool = False,
    ) -> None:
        super().__init__(f"{address} redirects")
        self.address, self.location, self.same_host = address, location, same_host
        self.base, self.retryable = base, for_now


class Stripped(RemoteError):
    """412: a proxy removed or changed the `Accept` header of the request."""


class Refused(RemoteError):
    """The server did not accept what we sent; logged as our bug and not retried."""

    def __init__(self, status: int, said: str = "") -> None:
        super().__init__(f"status {status}")
        self.status, self.said = status, said


class Malformed(RemoteError):
    """The reply is not what the protocol promises.

    Retryable, for it may be the sign-in page of a network, or the page of a proxy whose server is
    restarting.
    """

    retryable = True

    def __init__(self, reason: str, html: bool = False, login: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.html, self.login = reason, html, login


class BadAddress(Malformed):
    """An address that can't be read. `from_server`: it came with an answer; else it was typed."""

    def __init__(self, from_server: bool) -> None:
        super().__init__("redirected to an unreadable address" if from_server else "no address")
        self.from_server = self.retryable = from_server


class InCircles(Malformed):
    """Redirects in a circle, or too many of them."""

    def __init__(self) -> None:
        super().__init__("too many redirects")


class Instead(StrEnum):
    """What was received in place of a catalog."""

    WEB_PAGE = "web page"
    LOGIN = "login page"
    RSS = "RSS"
    TEXT = "text"
    NOTHING = "nothing"
    OTHER = "something else"


class NotACatalog(Malformed):
    """Something else answers at the address of a catalog.

    `title` is the web page's, `said` the first words of a text, both the server's own words.
    `catalog` is where the page says that a catalog is.
    """

    def __init__(
        self, instead: Instead, title: str = "", said: str = "", catalog: ServerUrl | None = None
    ) -> None:
        login = instead is Instead.LOGIN
        super().__init__(
            f"{instead} instead of a catalog", login or instead is Instead.WEB_PAGE, login
        )
        self.instead, self.title, self.said, self.catalog = instead, title, said, catalog


class WebPage(Malformed):
    """A page came instead of a file; `title` is its own."""

    def __init__(self, title: str, login: bool = False) -> None:
        super().__init__("a web page instead of a file", html=True, login=login)
        self.title = title


class PublicationError(KiosError):
    """Something is wrong with one book file."""


class Damage(StrEnum):
    """Why a file can't be read as an EPUB."""

    NOT_A_ZIP = "not a zip"
    TRUNCATED = "truncated"
    OTHER_TYPE = "other type"
    NO_CHAPTERS = "no readable chapters"
    NO_PERMISSION = "no permission"


class Unreadable(PublicationError):
    """Not an EPUB we can show. `detail` is the other type (a `FileType`), or the missing part."""

    def __init__(self, damage: Damage, detail: str = "") -> None:
        super().__init__(f"{damage}: {detail}" if detail else str(damage))
        self.damage, self.detail = damage, detail


class Encrypted(PublicationError):
    """DRM. `scheme` is the name a reader would know, such as “Adobe ADEPT”; "" is another kind."""

    def __init__(self, scheme: str) -> None:
        super().__init__(scheme)
        self.scheme = scheme


class TooLarge(PublicationError):
    """Over a cap. `limit_bytes` is the cap that was hit."""

    def __init__(self, what: str, limit_bytes: int) -> None:
        super().__init__(f"{what} is over {limit_bytes} bytes")
        self.what, self.limit_bytes = what, limit_bytes


class TooManyFiles(TooLarge):
    """A book of more files than are opened; `most` is how many that would be."""

    def __init__(self, most: int) -> None:
        super().__init__("the list of files", 0)
        self.most = most


class Damaged(PublicationError):
    """One resource can't be read: broken compression, wrong checksum. `name` is its path."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class DocumentTooLarge(Damaged):
    """One document is over a limit of `epub/limits.py`: it would take gigabytes to show it."""


class Missing(PublicationError):
    """The file, or a resource in it, is not there."""


class PatternError(KiosError):
    """A regular expression can't be searched with."""


class BadPattern(PatternError):
    """It is none. `reason` is Python's, in English, "" if unknown; `position` counts from 0."""

    def __init__(self, reason: str, position: int | None) -> None:
        super().__init__(f"{reason} at {position}")
        self.reason, self.position = reason, position


class PatternTooSlow(PatternError):
    """It takes more time or memory than it may."""


class MarksFault(StrEnum):
    """Why a file of marks can't be read, or not be written."""

    FOLDER = "a folder"
    MISSING = "missing"
    FORBIDDEN = "not allowed to read it"
    UNREADABLE = "the disk does not let it be read"
    TOO_LARGE = "too large"
    TOO_MANY = "too many marks"
    OTHER_TYPE = "no file of marks"
    DAMAGED = "damaged"
    OTHER_BOOK = "marks of other books"
    ONTO_FOLDER = "a folder of this name is there"
    NO_FOLDER = "its folder is missing"
    PROTECTED = "not allowed to write there"
    FULL = "no space left"
    UNWRITABLE = "the disk does not let it be written"


class MarksFileError(KiosError):
    """A file of marks can't be read or written; in both cases nothing was changed.

    `most` is the limit of `TOO_LARGE`, in bytes, and of `TOO_MANY`. `said` is what the file has:
    the titles of the other books.
    """

    def __init__(self, fault: MarksFault, most: int = 0, said: str = "") -> None:
        super().__init__(str(fault))
        self.fault, self.most, self.said = fault, most, said


class DictionaryFault(StrEnum):
    """Why a dictionary can't be added or read."""

    NONE_HERE = "no dictionary there"
    INCOMPLETE = "a file is missing"
    CUT = "the end of a file is missing"
    DAMAGED = "a file is damaged"
    TOO_LARGE = "over a limit that protects this computer"
    UNREADABLE = "the disk does not give it"


class DictionaryError(KiosError):
    """`file` is the name of the file in question, or of what the reader chose."""

    def __init__(self, fault: DictionaryFault, file: str = "") -> None:
        super().__init__(f"{file}: {fault}")
        self.fault, self.file = fault, file


class StorageError(KiosError):
    """Our own files could not be read or written."""


class ArchiveFault(StrEnum):
    """Why a file with a whole profile can't be made or used."""

    FOLDER = "a folder"
    MISSING = "missing"
    FORBIDDEN = "not allowed to read it"
    UNREADABLE = "the disk does not let it be read"
    OTHER_TYPE = "another kind of file"
    DAMAGED = "damaged"
    NEWER = "made by a newer Kios"
    NOT_EMPTY = "there are books or sources already"
    RUNNING = "Kios runs with this profile"
    OWN = "the database itself"


class ArchiveError(StorageError):
    """Nothing was changed."""

    def __init__(self, fault: ArchiveFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Full(StorageError):
    """No space left on the disk."""


class ReadOnly(StorageError):
    """The folder may not be written to."""


class Locked(StorageError):
    """Another program holds the database."""


class Corrupt(StorageError):
    """The database is damaged or emptied, and no backup could replace it.

    `books` is the number of book files in the library folder.
    """

    def __init__(self, reason: str = "", books: int = 0) -> None:
        super().__init__(reason)
        self.books = books


class TooNew(StorageError):
    """The database was written by a newer Kios."""


class TooOld(StorageError):
    """The database was written by an older Kios, and may only be read: it can't be upgraded."""


class NotUpgraded(StorageError):
    """The database was written by an older Kios, and could not be upgraded because of `cause`.

    It is unchanged.
    """

    def __init__(self, cause: StorageError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class NoLibrary(StorageError):
    """There is no database to read."""


class NoFullText(StorageError):
    """This computer's SQLite can't search texts: it was built without FTS5."""


class NoKeystore(StorageError):
    """This computer has no password store; the person decides where secrets go."""


class KeystoreLocked(StorageError):
    """The password store is locked, and the user did not unlock it when asked."""


class KeystoreFailed(StorageError):
    """The password store of the computer failed."""


class KeystoreDamaged(StorageError):
    """The encrypted file of secrets is damaged."""


class WrongPassphrase(StorageError):
    """The passphrase does not open the encrypted file of secrets."""
