"""Errors in the reader's words: what happened, and what can be done about it (design.md 6.14).

The only place for such sentences. The text of an exception is for the log; `details` alone shows
one, where the reader asks for it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from kios_desktop.domain.errors import (
    BadAddress,
    ClockAhead,
    Corrupt,
    Damage,
    Damaged,
    DocumentTooLarge,
    Encrypted,
    Fault,
    Faulty,
    Full,
    Instead,
    KeystoreDamaged,
    KeystoreFailed,
    KeystoreLocked,
    KiosError,
    Lacks,
    Locked,
    Malformed,
    Missing,
    NoKeystore,
    NoLibrary,
    NotACatalog,
    NotMatched,
    NotUpgraded,
    Overtaken,
    PublicationError,
    ReadOnly,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    SignInFields,
    StorageError,
    Stripped,
    Throttled,
    TooLarge,
    TooManyFiles,
    TooNew,
    TooOld,
    TrustProblem,
    Unreachable,
    Unreadable,
    Unsupported,
    Untrusted,
    WebPage,
    WrongPassphrase,
)
from kios_desktop.domain.text import passage
from kios_desktop.ui.wording import counted, gigabytes, isolated, number, tr


class Action(Enum):
    """What the reader can do. A view offers those it can carry out."""

    NONE = ""
    TRY_AGAIN = "Try again"
    RETRY = "Retry"
    CONTINUE = "Continue"
    LOOK_AT_CERTIFICATE = "Look at it…"
    ENTER_AGAIN = "Enter again…"
    CHANGE_ADDRESS = "Change the address…"
    USE_LOCATION = "Use the final address"
    QUIT = "Quit"


@dataclass(frozen=True, slots=True)
class Message:
    """A short title, one or two sentences, and what to offer beside them.

    `said`: what the server itself has to say, as a sentence, where there is room for details.
    """

    title: str
    text: str
    action: Action = Action.NONE
    said: str = ""

    @property
    def rest(self) -> str:
        """The text below its title, where what the title says is not said again."""
        return self.text.removeprefix(f"{self.title}.").lstrip()

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.title}. {self.rest}".rstrip()


def explain(error: Exception, source_name: str = "") -> Message:
    """The words for an error. `source_name` is what the reader called the server, if known.

    Total: an exception we did not foresee gets a sentence as well, without its text.
    """
    for kind in type(error).__mro__:
        if (words := _WORDS.get(kind)) is not None:
            return words(error, source_name)
    return _bug(error, source_name)


def details(error: PublicationError) -> str:
    """What exactly is wrong with a file, for “Show details”: names of its parts, in our terms."""
    said = passage(str(error))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def explain_opening(error: StorageError) -> str:
    """Why Kios does not start, and what to do: nothing is read yet, and nothing in memory."""
    texts: dict[type[Exception], str] = {
        Full: tr(
            "There is no room left on this disk, and Kios has to write there when it starts. It "
            "has changed nothing. Make room on this disk, then start Kios again."
        ),
        ReadOnly: tr(
            "Kios may not write to its folder, and has to when it starts. It has changed nothing. "
            "Allow writing there, then start Kios again."
        ),
        Locked: tr(
            "Another program is using the library. Close it or wait until it is done, then start "
            "Kios again."
        ),
        StorageError: tr(
            "The disk does not let Kios read and write there. It may have been taken out, or be "
            "failing. Check it, then start Kios again."
        ),
    }
    return texts.get(type(error)) or explain(error).text


def explain_import(error: Exception) -> Message:
    """The words for an error met while adding books: no place in a book is at stake there."""
    texts: dict[type[Exception], str] = {
        Full: tr("No space left on this disk."),
        ReadOnly: tr("Kios may not write to its folder."),
        Locked: tr("Another program is using the library."),
        StorageError: tr("The library could not be written."),
    }
    text = texts.get(type(error))
    if text is None:
        return explain(error)
    return Message(tr("Adding books stopped"), text, Action.TRY_AGAIN)


def explain_catalog(error: Exception, source_name: str) -> Message:
    """The words for an error met while browsing: what differs there, else as everywhere."""
    source = isolated(source_name)
    match error:
        case Unreachable(fault=fault) if not isinstance(error, Untrusted):
            told = explain(error, source_name)
            if fault is Fault.OFFLINE:
                return told
            return Message(tr("{source} can’t be reached", source=source), told.text, told.action)
        case Unsupported():
            text = tr("There is no catalog at this address.")
            return Message(_needs_attention(source_name), text, Action.CHANGE_ADDRESS)
        case NotMatched():
            return Message(tr("This list is gone"), tr("The server no longer has this list."))
        case Redirected(same_host=True):
            text = tr("The server sends Kios round in circles.")
            return Message(_needs_attention(source_name), text, Action.TRY_AGAIN)
        case BadAddress():
            return explain(error, source_name)
        case Malformed(html=False, login=False):
            return Message(
                _needs_attention(source_name),
                tr("{source} sent a list Kios can’t read.", source=source),
                Action.TRY_AGAIN,
            )
        case TooLarge():
            text = tr("{source} sent a list that is too large.", source=source)
            return Message(_needs_attention(source_name), text, Action.TRY_AGAIN)
    return explain(error, source_name)


def explain_test(error: Exception, source_name: str = "", catalog: bool = False) -> Message:
    """The words for an error met in a test, which nobody but the reader tries again."""
    if isinstance(error, Throttled):
        text = tr("Wait a little, then test again.")
        if error.retry_after_s is not None:
            text = tr("Test again in {n} min.", n=_minutes(error.retry_after_s))
        return Message(tr("The server is busy"), text)
    return explain_catalog(error, source_name) if catalog else explain(error, source_name)


def _unreachable(error: Unreachable, source: str) -> Message:
    host = isolated(error.address.rpartition(":")[0] or error.address)
    where = isolated(error.address)
    texts = {
        Fault.DNS: tr("{host} can’t be found. Check the spelling, or your VPN.", host=host),
        Fault.REFUSED: tr(
            "The connection was refused at {host}. Is the server running?", host=where
        ),
        Fault.TIMEOUT: tr(
            "{host} didn’t answer within {n} s.", host=host, n=round(error.waited_s or 10)
        ),
        Fault.OFFLINE: tr("You’re offline."),
        Fault.CUT_OFF: tr("The connection to {host} was cut off.", host=host),
    }
    action = Action.NONE if error.fault is Fault.OFFLINE else Action.TRY_AGAIN
    return Message(_not_reachable(source), texts[error.fault], action)


def _untrusted(error: Untrusted, source: str) -> Message:
    host = isolated(error.address)
    if error.certificate is None:
        text = tr("{host} doesn’t speak a secure connection Kios can use.", host=host)
        return Message(_not_reachable(source), text, Action.TRY_AGAIN)
    texts = {
        TrustProblem.SELF_SIGNED: tr("{host} signed its own certificate.", host=host),
        TrustProblem.UNKNOWN_AUTHORITY: tr(
            "{host} uses a certificate from an authority this computer doesn’t know.", host=host
        ),
        TrustProblem.EXPIRED: tr("The certificate of {host} has ended.", host=host),
        TrustProblem.WRONG_NAME: tr("The certificate is not for {host}.", host=host),
        TrustProblem.CHANGED: tr("The certificate of {host} has changed.", host=host),
        TrustProblem.OTHER: tr("The certificate of {host} is not trusted.", host=host),
    }
    text = texts[error.certificate.problem]
    return Message(tr("The certificate isn’t trusted"), text, Action.LOOK_AT_CERTIFICATE)


def _rejected(error: Rejected, source: str) -> Message:
    if error.refusal is Refusal.CREDENTIALS:
        text = tr("The server didn’t accept the username or password.")
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.NEEDED:
        text = _asks_for(error.fields)
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.TOKEN:
        text = tr(
            "The server doesn’t accept this sync URL. Copy it again, or make a new one there."
        )
        return Message(_needs_attention(source), text, Action.CHANGE_ADDRESS)
    if error.refusal is Refusal.KEY:
        text = tr("The server doesn’t know the key in the address. Copy the whole address again.")
        return Message(_needs_attention(source), text, Action.CHANGE_ADDRESS)
    if error.refusal is Refusal.API_KEY:
        text = tr(
            "The server didn’t accept the API key. Make a new one there, or sign in with a name "
            "and a password."
        )
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.KEY_OR_ROLE:
        text = tr(
            "The server doesn’t accept this API key, or its account lacks the role KOReader Sync: "
            "it says the same to both."
        )
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.NAME_OR_OFF:
        text = tr(
            "The server didn’t accept the username or password, or its catalog is switched off: it "
            "says the same to both. Look for OPDS in its settings."
        )
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.CATALOG_OFF:
        text = tr(
            "The server knows you, but keeps its catalog closed. Switch on OPDS in its settings, "
            "or ask for the permission to use it."
        )
        return Message(_needs_attention(source), text, Action.TRY_AGAIN, _says(error.said))
    if error.refusal is Refusal.LOCKED:
        return Message(_needs_attention(source), _locked_text(), Action.TRY_AGAIN)
    if error.refusal is Refusal.FORGOTTEN:
        text = tr(
            "Kios doesn’t have the password of this server at hand, so nothing was sent. Unlock "
            "your passwords, or enter it again in Settings."
        )
        return Message(_needs_attention(source), text, Action.ENTER_AGAIN)
    if error.refusal is Refusal.FORBIDDEN:
        text = tr("You’re signed in, but not allowed to do this. Ask whoever runs the server.")
        return Message(_needs_attention(source), text, said=_says(error.said))
    if error.refusal is Refusal.ACCOUNT_OFF:
        text = tr("KOReader sync is switched off in your account on the server.")
        return Message(_needs_attention(source), text, Action.TRY_AGAIN)
    if error.refusal is Refusal.CLOSED:
        text = tr("The server takes no new users, or the name is taken.")
        return Message(_needs_attention(source), _says(error.said) or text)
    text = tr("KOReader sync is turned off on the server.")
    return Message(_needs_attention(source), text, Action.TRY_AGAIN)


def _asks_for(fields: SignInFields | None) -> str:
    if fields is None:
        return tr("The server asks for a username and password.")
    name = isolated(fields.name)
    if not fields.password:
        return tr("The server asks for a name alone: “{name}”.", name=name)
    return tr(
        "The server asks for “{name}” and “{password}”.",
        name=name,
        password=isolated(fields.password),
    )


def _not_matched(error: NotMatched, _source: str) -> Message:
    if error.duplicates:
        text = tr("The server has this file more than once and can’t tell which one is meant.")
    else:
        text = tr("The server doesn’t know this file.")
    if error.hint:
        text = f"{text} {error.hint}"
    return Message(tr("Not matched"), text)


def _throttled(error: Throttled, _source: str) -> Message:
    if error.retry_after_s is None:
        text = tr("The server is busy. Kios will try again.")
    else:
        text = tr("The server is busy. Next try in {n} min.", n=_minutes(error.retry_after_s))
    return Message(tr("The server is busy"), text, Action.RETRY)


def _faulty(error: Faulty, source: str) -> Message:
    text = tr("The server had a problem ({code}).", code=error.status)
    if error.long_headers:
        text = tr(
            "A proxy before the server gave up ({code}). Kobo sync has long headers: with nginx, "
            "raise proxy_buffer_size.",
            code=error.status,
        )
    if error.asks_shop:
        text = tr(
            "The server can’t finish the list ({code}): it asks the Kobo store at the end, and has "
            "no way there. What arrived is kept. Give it access to the internet, or switch off in "
            "its settings that it passes requests on to the Kobo store.",
            code=error.status,
        )
    return Message(_needs_attention(source), text, Action.RETRY, _says(error.said))


def _overtaken(_error: Overtaken, source: str) -> Message:
    text = tr("Another device was quicker. Kios looks again before it sends your place.")
    return Message(_needs_attention(source), text, Action.RETRY)


def _clock_ahead(_error: ClockAhead, source: str) -> Message:
    text = tr(
        "The clock of another device is ahead, so the server takes your place for an older one. "
        "Kios keeps it and sends it as soon as that time has passed. If that takes too long, "
        "mark the book as unread on the server."
    )
    return Message(_needs_attention(source), text, Action.RETRY)


def _unsupported(error: Unsupported, source: str) -> Message:
    texts = {
        Lacks.KOREADER_SYNC: tr("KOReader sync doesn’t answer at this address."),
        Lacks.SYNC_THERE: tr(
            "The address looks right, but KOReader sync doesn’t answer there. It may be switched "
            "off on the server, or this version of it has none."
        ),
        Lacks.CATALOG: tr("No catalog answers at this address. Check its path."),
        Lacks.KOBO_SYNC: tr(
            "Kobo sync doesn’t answer at this address. It may be turned off on the server, or the "
            "address may lack /api."
        ),
        Lacks.PLACES: tr(
            "This server delivers books, but keeps no places this way. Set up KOReader sync, and "
            "your place is kept there."
        ),
        Lacks.LATER_PLACES: tr(
            "This version of the server keeps the first place of a book and loses every later one. "
            "Update it, or use another server for KOReader sync."
        ),
        Lacks.TOKEN: tr("The address ends before its token. Copy the whole Kobo sync URL."),
    }
    return Message(_needs_attention(source), texts[error.lacks], Action.CHANGE_ADDRESS)


def _redirected(error: Redirected, source: str) -> Message:
    if error.same_host and error.base is None:
        text = tr("The server redirected the upload, so nothing was stored. Use the final address.")
    else:
        text = tr(
            "{host} sends Kios to {other}. Your password was not sent there.",
            host=isolated(error.address),
            other=isolated(error.location),
        )
    return Message(_needs_attention(source), text, Action.USE_LOCATION)


def _stripped(_error: Stripped, source: str) -> Message:
    text = tr("A proxy in front of the server removes the Accept header.")
    return Message(_needs_attention(source), text, Action.TRY_AGAIN)


def _refused(error: Refused, source: str) -> Message:
    text = tr("The server did not take what Kios sent ({code}).", code=error.status)
    return Message(_needs_attention(source), text, said=_says(error.said))


def _malformed(error: Malformed, source: str) -> Message:
    if error.login:
        text = tr("A login page is in the way.")
    elif error.html:
        text = tr("The server sent a web page. The address is probably missing its sub-path.")
    else:
        name = isolated(source) or tr("The server")
        return Message(
            _needs_attention(source),
            tr("{source} sent an answer Kios can’t read.", source=name),
            Action.TRY_AGAIN,
        )
    return Message(_needs_attention(source), text, Action.CHANGE_ADDRESS)


def _bad_address(error: BadAddress, source: str) -> Message:
    if error.from_server:
        text = tr("The server sent Kios to an address that can’t be read.")
        return Message(_needs_attention(source), text, Action.TRY_AGAIN)
    text = tr("The address of the server can’t be read. Check its spelling.")
    return Message(_needs_attention(source), text, Action.CHANGE_ADDRESS)


def _not_a_catalog(error: NotACatalog, source: str) -> Message:
    page = isolated(error.title)
    texts = {
        Instead.WEB_PAGE: tr("The server sent a web page (“{title}”), not a catalog.", title=page)
        if page
        else tr("The server sent a web page. The address is probably missing its sub-path."),
        Instead.LOGIN: tr(
            "A login page is in the way. If a proxy asks for it, add the headers it wants."
        ),
        Instead.RSS: tr("This is a news feed, not a catalog of books."),
        Instead.TEXT: _says(error.said) or tr("The server sent a text, not a catalog."),
        Instead.NOTHING: tr("The server sent an empty answer. Check the path of the address."),
        Instead.OTHER: tr("The server sent something that is not a catalog. Check the address."),
    }
    text = texts[error.instead]
    return Message(_needs_attention(source), text, Action.CHANGE_ADDRESS)


def _web_page(error: WebPage, source: str) -> Message:
    if error.login:
        text = tr("The server sent a login page instead of a book. Sign in again?")
    else:
        text = tr("The server sent a web page instead of a book.")
    return Message(_needs_attention(source), text, Action.TRY_AGAIN)


def _remote(_error: RemoteError, source: str) -> Message:
    return Message(_not_reachable(source), tr("The server could not do this."), Action.TRY_AGAIN)


def _unreadable(error: Unreadable, _source: str) -> Message:
    texts = {
        Damage.NOT_A_ZIP: tr("This is not an EPUB file."),
        Damage.TRUNCATED: tr(
            "The file is damaged: it ends before the last chapter. Try downloading it again."
        ),
        Damage.OTHER_TYPE: tr("Kios reads EPUB. This is a {type} file.", type=error.detail)
        if error.detail
        else tr("Kios reads EPUB. This file is something else."),
        Damage.NO_CHAPTERS: tr("The book has no readable chapters."),
        Damage.NO_PERMISSION: tr("Kios may not read this file."),
    }
    return Message(_cant_open(), texts[error.damage])


def _encrypted(error: Encrypted, _source: str) -> Message:
    if error.scheme:
        text = tr("Protected by DRM ({scheme}). Kios can’t open it.", scheme=error.scheme)
    else:
        text = tr("Protected by DRM. Kios can’t open it.")
    return Message(_cant_open(), text)


def _too_large(error: TooLarge, _source: str) -> Message:
    text = tr(
        "The file unpacks to more than {limit}. Kios doesn’t open files like this.",
        limit=gigabytes(error.limit_bytes),
    )
    return Message(_cant_open(), text)


def _too_many_files(error: TooManyFiles, _source: str) -> Message:
    text = tr(
        "The book is made of more than {n} files. Kios doesn’t open books like this.",
        n=number(error.most),
    )
    return Message(_cant_open(), text)


def _damaged(_error: Damaged, _source: str) -> Message:
    return Message(tr("A part is damaged"), tr("Part of this chapter is damaged."))


def _document_too_large(_error: DocumentTooLarge, _source: str) -> Message:
    return Message(
        tr("A part is too large"),
        tr("One part of this book is too large to be shown. The other parts can be read."),
    )


def _missing(_error: Missing, _source: str) -> Message:
    return Message(_cant_open(), tr("The file is no longer where it was."))


def _publication(_error: PublicationError, _source: str) -> Message:
    return Message(_cant_open(), tr("Something is wrong with this file."))


_UNREADABLE: Final = "Your library can’t be read"


def _storage(
    text: str,
    action: Action = Action.TRY_AGAIN,
    title: str = "Kios couldn’t save your changes",
) -> Callable[..., Message]:
    def words(_error: StorageError, _source: str) -> Message:
        return Message(tr(title), tr(text), action)

    return words


def _corrupt(error: Corrupt, _source: str) -> Message:
    lost = tr(
        "The list of your books is damaged or empty, and there is no copy of it to go back to. "
        "What is left of it was put aside."
    )
    if error.books:
        remedy = counted(
            error.books,
            "{n} book is still in the folder of Kios: start Kios again, and it offers to add it.",
            "{n} books are still in the folder of Kios: start Kios again, and it offers to add "
            "them.",
        )
    else:
        remedy = tr("Start Kios again for a new library, then add your books again.")
    return Message(tr("Your library can’t be read"), f"{lost} {remedy}", Action.NONE)


def _not_upgraded(error: NotUpgraded, _source: str) -> Message:
    if isinstance(error.cause, Full):
        text = tr(
            "It is of an older Kios and has to be upgraded, for which there is no room on this "
            "disk. It is as it was. Make room on this disk, then start Kios again."
        )
    else:
        text = tr(
            "It is of an older Kios and has to be upgraded, and Kios may not write to its folder. "
            "It is as it was. Allow writing there, then start Kios again."
        )
    return Message(tr(_UNREADABLE), text)


def _no_keystore(_error: NoKeystore, _source: str) -> Message:
    text = tr("No password store was found on this computer.")
    return Message(tr("Where should passwords be kept?"), text, Action.CONTINUE)


def _wrong_passphrase(_error: WrongPassphrase, _source: str) -> Message:
    text = tr("This passphrase doesn’t open the file.")
    return Message(tr("Passwords are locked"), text, Action.TRY_AGAIN)


def _locked_text() -> str:
    return tr("The password store of this computer is locked. Unlock it, then try again.")


def _keystore_locked(_error: KeystoreLocked, _source: str) -> Message:
    return Message(tr("Your passwords are locked"), _locked_text(), Action.TRY_AGAIN)


def _keystore_failed(_error: KeystoreFailed, _source: str) -> Message:
    text = tr("The password store of this computer doesn’t do what Kios asks. Try again later.")
    return Message(tr("Your passwords can’t be reached"), text, Action.TRY_AGAIN)


def _keystore_damaged(_error: KeystoreDamaged, _source: str) -> Message:
    text = tr(
        "The file with your passwords is damaged. Put back a copy of it, or delete it and enter "
        "your passwords again."
    )
    return Message(tr("Your passwords can’t be read"), text)


def _bug(_error: Exception, _source: str) -> Message:
    return Message(
        tr("Something went wrong in Kios"),
        tr("Something went wrong in Kios. Your place and your books are safe."),
    )


def _says(said: str) -> str:
    """What a server said, as a sentence; "" for nothing."""
    return tr("The server says: “{said}”", said=isolated(said)) if said else ""


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))


def _not_reachable(source: str) -> str:
    if source:
        return tr("{source} is not reachable", source=isolated(source))
    return tr("The server is not reachable")


def _needs_attention(source: str) -> str:
    if source:
        return tr("{source} needs attention", source=isolated(source))
    return tr("The server needs attention")


def _cant_open() -> str:
    return tr("This book can’t be opened")


_WORDS: Final[Mapping[type, Callable[[Any, str], Message]]] = {
    Unreachable: _unreachable,
    Untrusted: _untrusted,
    Rejected: _rejected,
    NotMatched: _not_matched,
    Throttled: _throttled,
    Faulty: _faulty,
    Overtaken: _overtaken,
    ClockAhead: _clock_ahead,
    Unsupported: _unsupported,
    Redirected: _redirected,
    Stripped: _stripped,
    Refused: _refused,
    Malformed: _malformed,
    BadAddress: _bad_address,
    NotACatalog: _not_a_catalog,
    WebPage: _web_page,
    RemoteError: _remote,
    Unreadable: _unreadable,
    Encrypted: _encrypted,
    TooLarge: _too_large,
    TooManyFiles: _too_many_files,
    Damaged: _damaged,
    DocumentTooLarge: _document_too_large,
    Missing: _missing,
    PublicationError: _publication,
    Full: _storage("No space left on this disk. Your place is kept in memory."),
    ReadOnly: _storage("Kios may not write to its folder. Your place is kept in memory."),
    Locked: _storage("Another program is using the library. Your place is kept in memory."),
    Corrupt: _corrupt,
    TooNew: _storage("This library was opened by a newer Kios. Update to open it.", Action.QUIT),
    TooOld: _storage(
        "It is of an older Kios. Start Kios once: that upgrades it.", Action.NONE, _UNREADABLE
    ),
    NotUpgraded: _not_upgraded,
    NoLibrary: _storage(
        "There is none here yet. Start Kios once to make one.", Action.NONE, _UNREADABLE
    ),
    NoKeystore: _no_keystore,
    WrongPassphrase: _wrong_passphrase,
    KeystoreLocked: _keystore_locked,
    KeystoreFailed: _keystore_failed,
    KeystoreDamaged: _keystore_damaged,
    StorageError: _storage("The library could not be written. Your place is kept in memory."),
    KiosError: _bug,
}
