"""The texts of errors: what happened, and what the reader can do about it.

These and those of `server_error_texts.py` are the only ones. The message of an exception is for the
log; only `details` shows one, on request.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kios_desktop.domain.errors import (
    ArchiveError,
    ArchiveFault,
    BadAddress,
    BadPattern,
    Corrupt,
    Damage,
    Damaged,
    DictionaryError,
    DictionaryFault,
    DocumentTooLarge,
    Encrypted,
    Fault,
    Full,
    InCircles,
    KeystoreDamaged,
    KeystoreFailed,
    KeystoreLocked,
    KiosError,
    Locked,
    Malformed,
    MarksFault,
    MarksFileError,
    Missing,
    NoFullText,
    NoKeystore,
    NoLibrary,
    NotMatched,
    NotUpgraded,
    PatternError,
    PatternTooSlow,
    PublicationError,
    ReadOnly,
    Redirected,
    StorageError,
    Throttled,
    TooLarge,
    TooManyFiles,
    TooNew,
    TooOld,
    Unreachable,
    Unreadable,
    Unsupported,
    Untrusted,
    WrongPassphrase,
)
from kios_desktop.domain.file_type import FileType
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.ui.kit.formats import gigabytes, isolated, number
from kios_desktop.ui.kit.message import Action, Message, locked_text, minutes, needs_attention
from kios_desktop.ui.kit.server_error_texts import SERVER_MESSAGES
from kios_desktop.ui.kit.translation import counted, marked, tr

__all__ = [
    "Action",
    "Message",
    "details",
    "explain",
    "explain_catalog",
    "explain_import",
    "explain_opening",
    "explain_test",
]


def explain(error: Exception, source_name: str = "") -> Message:
    """The message for an error. `source_name` is what the reader called the server, if known.

    Every exception has one; an unforeseen one gets a general sentence without its own text.
    """
    for kind in type(error).__mro__:
        if (message := _MESSAGES.get(kind)) is not None:
            return message(error, source_name)
    return _bug(error, source_name)


def details(error: PublicationError) -> str:
    """The exact fault of a file, for “Show details”."""
    said = clean_text(str(error))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def explain_opening(error: StorageError) -> str:
    """Why the library can't be opened at start. Nothing is in memory yet that could be lost."""
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
    """The text for an error met while adding books, where no place can be lost."""
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
    """The message for an error met while browsing, where it differs from `explain`."""
    source = isolated(source_name)
    match error:
        case Unreachable(fault=fault) if not isinstance(error, Untrusted):
            message = explain(error, source_name)
            if fault is Fault.OFFLINE:
                return message
            return Message(
                tr("{source} can’t be reached", source=source), message.text, message.action
            )
        case Unsupported():
            text = tr("There is no catalog at this address.")
            return Message(needs_attention(source_name), text, Action.CHANGE_ADDRESS)
        case NotMatched():
            return Message(tr("This list is gone"), tr("The server no longer has this list."))
        case Redirected(same_host=True):
            text = tr("The server sends Kios round in circles.")
            return Message(needs_attention(source_name), text, Action.TRY_AGAIN)
        case BadAddress() | InCircles():
            return explain(error, source_name)
        case Malformed(html=False, login=False):
            return Message(
                needs_attention(source_name),
                tr("{source} sent a list Kios can’t read.", source=source),
                Action.TRY_AGAIN,
            )
        case TooLarge():
            text = tr("{source} sent a list that is too large.", source=source)
            return Message(needs_attention(source_name), text, Action.TRY_AGAIN)
    return explain(error, source_name)


def explain_test(error: Exception, source_name: str = "", catalog: bool = False) -> Message:
    """The message for an error met in a test, which Kios does not repeat by itself."""
    if isinstance(error, Throttled):
        text = tr("Wait a little, then test again.")
        if error.retry_after_s is not None:
            text = tr("Test again in {n} min.", n=minutes(error.retry_after_s))
        return Message(tr("The server is busy"), text)
    return explain_catalog(error, source_name) if catalog else explain(error, source_name)


# the other types are names, the same in every language
_TYPE_NAMES: Final[Mapping[str, str]] = {
    FileType.FOLDER: marked("folder"),
    FileType.GZIP: marked("gzip archive"),
    FileType.JPEG: marked("JPEG picture"),
    FileType.MOBI: marked("MOBI or AZW"),
    FileType.PNG: marked("PNG picture"),
    FileType.RAR: marked("RAR or CBR"),
    FileType.SEVEN_ZIP: marked("7-Zip or CB7"),
    FileType.TAR: marked("tar archive"),
    FileType.WEB_PAGE: marked("web page"),
    FileType.ZIP_OF_EPUBS: marked("zip archive of EPUBs"),
}


def _other_type(file_type: str) -> str:
    if not file_type:
        return tr("Kios reads EPUB. This file is something else.")
    text = _TYPE_NAMES.get(file_type)
    name = tr(text) if text is not None else file_type
    return tr("Kios reads EPUB. This is a {type} file.", type=name)


def _unreadable(error: Unreadable, _source: str) -> Message:
    texts = {
        Damage.NOT_A_ZIP: tr("This is not an EPUB file."),
        Damage.TRUNCATED: tr(
            "The file is damaged: it ends before the last chapter. Try downloading it again."
        ),
        Damage.OTHER_TYPE: _other_type(error.detail),
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


def _pattern(_error: PatternError, _source: str) -> Message:
    return Message(tr("The search did not work"), tr("Try again."), Action.TRY_AGAIN)


def _bad_pattern(error: BadPattern, _source: str) -> Message:
    title = tr("This is not a regular expression")
    if error.position is None:
        return Message(title, tr("It is nested too deeply."))
    return Message(
        title,
        tr("At character {n}: {reason}.", n=error.position + 1, reason=clean_text(error.reason)),
    )


def _pattern_too_slow(_error: PatternTooSlow, _source: str) -> Message:
    return Message(
        tr("This regular expression takes too long"),
        tr("Kios has stopped searching. Repetitions within repetitions are what takes longest."),
    )


def _marks_file(error: MarksFileError, _source: str) -> Message:
    texts = {
        MarksFault.FOLDER: tr("This is a folder, not a file."),
        MarksFault.MISSING: tr("There is no such file."),
        MarksFault.FORBIDDEN: tr("Kios may not read this file."),
        MarksFault.UNREADABLE: tr("The disk does not let Kios read this file."),
        MarksFault.TOO_LARGE: tr(
            "Kios reads files of up to {n} megabytes.", n=number(error.most // (1024 * 1024))
        ),
        MarksFault.TOO_MANY: tr("Kios reads files of up to {n} marks.", n=number(error.most)),
        MarksFault.OTHER_TYPE: tr(
            "Kios reads its own exports as JSON, Web Annotations such as Thorium’s, and the marks "
            "of KOReader and Readest. This file is something else."
        ),
        MarksFault.DAMAGED: tr("The file is damaged, or its end is missing."),
        MarksFault.OTHER_BOOK: tr(
            "It has marks of other books: {titles}.", titles=isolated(error.said)
        ),
        MarksFault.ONTO_FOLDER: tr("This is a folder, not a file."),
        MarksFault.NO_FOLDER: tr("There is no such folder."),
        MarksFault.PROTECTED: tr("Kios may not write there."),
        MarksFault.FULL: tr("No space left on this disk."),
        MarksFault.UNWRITABLE: tr("The disk does not let Kios write there."),
    }
    is_export = error.fault in _EXPORT_FAULTS
    title = tr("The marks were not exported") if is_export else tr("These marks can’t be read")
    return Message(title, texts[error.fault])


def _archive(error: ArchiveError, _source: str) -> Message:
    texts = {
        ArchiveFault.FOLDER: tr("This is a folder, not a file."),
        ArchiveFault.MISSING: tr("There is no such file."),
        ArchiveFault.FORBIDDEN: tr("Kios may not read this file."),
        ArchiveFault.UNREADABLE: tr("The disk does not let Kios read this file."),
        ArchiveFault.OTHER_TYPE: tr("This is no backup that Kios made."),
        ArchiveFault.DAMAGED: tr(
            "The backup is damaged, or its end is missing. Copy it again from where you keep it."
        ),
        ArchiveFault.NEWER: tr("A newer Kios made this backup. Update Kios, then restore it."),
        ArchiveFault.NOT_EMPTY: tr(
            "There are books or sources here already, and a backup replaces everything. Restore it "
            "into an empty profile: `--profile DIR` names another one."
        ),
        ArchiveFault.OWN: tr("This file is the library itself. Choose another name."),
        ArchiveFault.RUNNING: tr("Kios is running with this profile. Quit it, then restore."),
    }
    return Message(tr("Nothing was changed"), texts[error.fault])


def _dictionary(error: DictionaryError, _source: str) -> Message:
    file = isolated(clean_line(error.file))
    texts = {
        DictionaryFault.NONE_HERE: tr(
            "There is no StarDict dictionary in “{file}”. Choose the folder that has its .ifo, "
            ".idx and .dict files, or the packed file that you downloaded.",
            file=file,
        ),
        DictionaryFault.INCOMPLETE: tr(
            "“{file}” is missing. A dictionary has an .ifo, an .idx and a .dict file; put all of "
            "them into one folder.",
            file=file,
        ),
        DictionaryFault.CUT: tr(
            "The end of “{file}” is missing. Download the dictionary again.", file=file
        ),
        DictionaryFault.DAMAGED: tr(
            "“{file}” is damaged, or no file of a StarDict dictionary. Download the dictionary "
            "again.",
            file=file,
        ),
        DictionaryFault.TOO_LARGE: tr(
            "“{file}” is larger than Kios can look words up in. A smaller edition may be "
            "available.",
            file=file,
        ),
        DictionaryFault.UNREADABLE: tr(
            "The disk does not let Kios read “{file}”. Check it, then try again.", file=file
        ),
    }
    return Message(tr("This dictionary can’t be used"), texts[error.fault])


_EXPORT_FAULTS: Final = frozenset(
    {
        MarksFault.ONTO_FOLDER,
        MarksFault.NO_FOLDER,
        MarksFault.PROTECTED,
        MarksFault.FULL,
        MarksFault.UNWRITABLE,
    }
)
_UNREADABLE: Final = marked("Your library can’t be read")


def _storage(
    text: str,
    action: Action = Action.TRY_AGAIN,
    title: str = marked("Kios couldn’t save your changes"),
) -> Callable[..., Message]:
    def message(_error: StorageError, _source: str) -> Message:
        return Message(tr(title), tr(text), action)

    return message


def _corrupt(error: Corrupt, _source: str) -> Message:
    lost = tr(
        "The list of your books is damaged or empty, and there is no copy of it to go back to. "
        "What is left of it was put aside."
    )
    if error.books:
        remedy = counted(
            "%Ln books are still in the folder of Kios: start Kios again, and it offers to add "
            "them.",
            "",
            error.books,
            one=(
                "%Ln book is still in the folder of Kios: start Kios again, and it offers to add "
                "it."
            ),
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


def _keystore_locked(_error: KeystoreLocked, _source: str) -> Message:
    return Message(tr("Your passwords are locked"), locked_text(), Action.TRY_AGAIN)


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


def _cant_open() -> str:
    return tr("This book can’t be opened")


_MESSAGES: Final[Mapping[type, Callable[[Any, str], Message]]] = {
    **SERVER_MESSAGES,
    Unreadable: _unreadable,
    Encrypted: _encrypted,
    TooLarge: _too_large,
    TooManyFiles: _too_many_files,
    Damaged: _damaged,
    DocumentTooLarge: _document_too_large,
    Missing: _missing,
    PublicationError: _publication,
    PatternError: _pattern,
    BadPattern: _bad_pattern,
    PatternTooSlow: _pattern_too_slow,
    MarksFileError: _marks_file,
    ArchiveError: _archive,
    DictionaryError: _dictionary,
    Full: _storage(marked("No space left on this disk. Your place is kept in memory.")),
    ReadOnly: _storage(marked("Kios may not write to its folder. Your place is kept in memory.")),
    Locked: _storage(marked("Another program is using the library. Your place is kept in memory.")),
    Corrupt: _corrupt,
    TooNew: _storage(
        marked("This library was opened by a newer Kios. Update to open it."), Action.QUIT
    ),
    TooOld: _storage(
        marked("It is of an older Kios. Start Kios once: that upgrades it."),
        Action.NONE,
        _UNREADABLE,
    ),
    NotUpgraded: _not_upgraded,
    NoLibrary: _storage(
        marked("There is none here yet. Start Kios once to make one."), Action.NONE, _UNREADABLE
    ),
    NoFullText: _storage(
        marked("The SQLite of this Python was built without full-text search (FTS5)."),
        Action.NONE,
        marked("Kios can’t search inside books here"),
    ),
    NoKeystore: _no_keystore,
    WrongPassphrase: _wrong_passphrase,
    KeystoreLocked: _keystore_locked,
    KeystoreFailed: _keystore_failed,
    KeystoreDamaged: _keystore_damaged,
    StorageError: _storage(
        marked("The library could not be written. Your place is kept in memory.")
    ),
    KiosError: _bug,
}
