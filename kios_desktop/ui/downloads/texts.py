"""Texts about downloads: progress, faults and results."""

from datetime import datetime
from typing import Final

from kios_desktop.domain.download import ALTERED, Download, DownloadFault, DownloadState
from kios_desktop.ui.kit.formats import file_size, isolated, part_of
from kios_desktop.ui.kit.translation import counted, tr

_LEAST_SPEED: Final = 1.0  # bytes per second; below it no remaining time is shown


def second_line(download: Download) -> str:
    """The line under the title of a row: state, sizes, or the fault."""
    match download.state:
        case DownloadState.QUEUED:
            return tr("Waiting")
        case DownloadState.CONNECTING:
            return tr("Connecting…")
        case DownloadState.TRANSFERRING:
            return _transferring(download)
        case DownloadState.VERIFYING:
            return tr("Checking the file…")
        case DownloadState.PAUSED:
            return _paused(download)
        case DownloadState.FAILED:
            return fault_text(download)
        case DownloadState.DONE:
            size = file_size(download.total_bytes or download.got_bytes)
            if download.same_bytes:
                return tr("{size} · same file as on the server", size=size)
            return size


def _transferring(download: Download) -> str:
    if not download.total_bytes:
        return file_size(download.got_bytes)
    sizes = part_of(download.got_bytes, download.total_bytes)
    if not download.bytes_per_s or download.bytes_per_s < _LEAST_SPEED:
        return sizes
    left_s = max(0, download.total_bytes - download.got_bytes) / download.bytes_per_s
    return tr("{sizes} · {left} left", sizes=sizes, left=_time(left_s))


def _time(seconds: float) -> str:
    """“4 s”, “3 min”, “2 h”."""
    if seconds < 90:
        return tr("{n} s", n=max(1, round(seconds)))
    if seconds < 90 * 60:
        return tr("{n} min", n=round(seconds / 60))
    return tr("{n} h", n=round(seconds / 3600))


def _paused(download: Download) -> str:
    if download.fault is DownloadFault.UNREACHABLE:
        return tr("Paused: no connection")
    if download.fault is DownloadFault.CUT_OFF:
        return fault_text(download)
    if download.fault is not None:
        return tr("Paused: {reason}", reason=fault_text(download))
    if download.total_bytes:
        return tr("Paused · {sizes}", sizes=part_of(download.got_bytes, download.total_bytes))
    return tr("Paused")


def fault_text(download: Download) -> str:
    """Why a download waits or failed, in a sentence or two."""
    host = isolated(download.url.host) or tr("The server")
    match download.fault:
        case DownloadFault.CUT_OFF:
            return _cut_off(download)
        case DownloadFault.UNREACHABLE:
            return tr("{host} can’t be reached.", host=host)
        case DownloadFault.UNTRUSTED:
            return tr("The certificate of {host} is not trusted.", host=host)
        case DownloadFault.SIGN_IN:
            return tr("The server didn’t accept the username or password.")
        case DownloadFault.NOT_ALLOWED:
            return tr("You’re signed in, but not allowed to download this.")
        case DownloadFault.GONE:
            return tr("The server no longer has this file.")
        case DownloadFault.BUSY:
            return tr("The server is busy. Kios will try again.")
        case DownloadFault.SERVER:
            return tr("The server had a problem.")
        case DownloadFault.REDIRECTED:
            return tr("The server sends Kios to another address. Nothing was sent there.")
        case DownloadFault.WEB_PAGE:
            return tr("The server sent a web page instead of a book. Sign in again?")
        case DownloadFault.NOT_A_BOOK:
            return tr("This is not an EPUB file.")
        case DownloadFault.DAMAGED:
            return _damaged(download)
        case DownloadFault.ENCRYPTED if download.detail:
            return tr("Protected by DRM ({scheme}). Kios can’t open it.", scheme=download.detail)
        case DownloadFault.ENCRYPTED:
            return tr("Protected by DRM. Kios can’t open it.")
        case DownloadFault.TOO_LARGE:
            return tr("The file is larger than Kios takes.")
        case DownloadFault.NO_SPACE:
            return tr("No space left on this disk.")
        case DownloadFault.READ_ONLY:
            return tr("Kios may not write to its folder.")
        case DownloadFault.SOURCE_GONE:
            return tr("Its source was removed or switched off.")
        case None:
            return tr("The download did not work.")


def _cut_off(download: Download) -> str:
    got = file_size(download.got_bytes)
    if download.resumable and download.got_bytes:
        return tr(
            "The server closed the connection after {got}. Kios will continue from there.", got=got
        )
    return tr("The server closed the connection after {got}.", got=got)


def _damaged(download: Download) -> str:
    if download.detail == ALTERED:
        return tr("What arrived is not the file that the server has. Try again.")
    if download.total_bytes and download.got_bytes != download.total_bytes:
        return tr(
            "The file arrived damaged ({got} of {expected}).",
            got=file_size(download.got_bytes),
            expected=file_size(download.total_bytes),
        )
    return tr("The file arrived damaged.")


def summary(done: int, failed: int) -> str:
    """The sentence after the last of several downloads."""
    if not failed:
        return counted("%Ln books downloaded", "", done, one="%Ln book downloaded")
    if not done:
        return counted("%Ln downloads failed", "", failed, one="%Ln download failed")
    return tr("{n} downloaded, {m} failed", n=done, m=failed)


def finished_today(download: Download, now: datetime) -> bool:
    at = download.finished_at
    return at is not None and at.astimezone().date() == now.astimezone().date()
