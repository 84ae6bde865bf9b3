"""Converts exceptions to the codes that are stored with a download and shown."""

from dataclasses import dataclass

from kios_desktop.domain.download import ALTERED, DownloadFault
from kios_desktop.domain.errors import (
    Damage,
    Encrypted,
    Fault,
    Faulty,
    Full,
    KiosError,
    Malformed,
    NotMatched,
    PublicationError,
    Redirected,
    Refusal,
    Rejected,
    StorageError,
    Throttled,
    TooLarge,
    Unreachable,
    Unreadable,
    Untrusted,
    WebPage,
)
from kios_desktop.domain.file_type import FileType
from kios_desktop.library.downloads.integrity import Altered

_OF_DAMAGE = {
    Damage.NOT_A_ZIP: DownloadFault.NOT_A_BOOK,
    Damage.OTHER_TYPE: DownloadFault.NOT_A_BOOK,
    Damage.NO_CHAPTERS: DownloadFault.NOT_A_BOOK,
    Damage.TRUNCATED: DownloadFault.DAMAGED,
    Damage.NO_PERMISSION: DownloadFault.READ_ONLY,
}


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Why a download stopped. `retry_after_s` is the delay the server asks for."""

    fault: DownloadFault
    detail: str = ""
    retry_after_s: float | None = None


def reason_of(error: KiosError) -> FailureReason:
    """The reason that an exception stands for."""
    match error:
        case PublicationError():
            return _of_file(error)
        case StorageError():
            full = isinstance(error, Full)
            return FailureReason(DownloadFault.NO_SPACE if full else DownloadFault.READ_ONLY)
        case WebPage():
            return FailureReason(DownloadFault.WEB_PAGE, error.title)
        case Malformed() if error.html or error.login:
            return FailureReason(DownloadFault.WEB_PAGE)
        case Untrusted():
            return FailureReason(DownloadFault.UNTRUSTED)
        case Unreachable():
            cut_off = error.fault is Fault.CUT_OFF
            return FailureReason(DownloadFault.CUT_OFF if cut_off else DownloadFault.UNREACHABLE)
        case Rejected():
            sign_in = error.refusal in (Refusal.CREDENTIALS, Refusal.NEEDED)
            fault = DownloadFault.SIGN_IN if sign_in else DownloadFault.NOT_ALLOWED
            return FailureReason(fault, error.said)
        case NotMatched():
            return FailureReason(DownloadFault.GONE)
        case Throttled():
            return FailureReason(DownloadFault.BUSY, retry_after_s=error.retry_after_s)
        case Redirected():
            return FailureReason(DownloadFault.REDIRECTED, error.location)
        case Faulty():
            return FailureReason(DownloadFault.SERVER, str(error.status))
        case _:
            return FailureReason(DownloadFault.SERVER)


def _of_file(error: PublicationError) -> FailureReason:
    match error:
        case Altered():
            return FailureReason(DownloadFault.DAMAGED, ALTERED)
        case Encrypted():
            return FailureReason(DownloadFault.ENCRYPTED, error.scheme)
        case TooLarge():
            return FailureReason(DownloadFault.TOO_LARGE, error.what)
        case Unreadable() if error.detail == FileType.WEB_PAGE:
            return FailureReason(DownloadFault.WEB_PAGE)
        case Unreadable():
            return FailureReason(_OF_DAMAGE[error.damage], error.detail)
        case _:
            return FailureReason(DownloadFault.DAMAGED)
