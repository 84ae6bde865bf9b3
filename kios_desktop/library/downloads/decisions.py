"""The transitions of a download: pure functions from one value to the next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kios_desktop.domain.download import (
    UNDER_WAY,
    Arrived,
    Download,
    DownloadFault,
    DownloadState,
)
from kios_desktop.library.downloads.faults import FailureReason

BACKOFF_S: Final = (5.0, 20.0, 60.0, 180.0, 600.0)
"""How long a server is left alone after each failure in a row that may pass by itself."""

_PASSING = frozenset(
    {
        DownloadFault.CUT_OFF,
        DownloadFault.UNREACHABLE,
        DownloadFault.BUSY,
        DownloadFault.SERVER,
    }
)
# Paused until something changes; then continued with the bytes it has
_WAITING = frozenset(
    {
        DownloadFault.UNREACHABLE,
        DownloadFault.BUSY,
        DownloadFault.UNTRUSTED,
        DownloadFault.SIGN_IN,
        DownloadFault.NO_SPACE,
        DownloadFault.READ_ONLY,
        DownloadFault.SOURCE_GONE,
    }
)
# Tried again when Kios starts
_WORTH_A_TRY = _PASSING | {
    DownloadFault.NO_SPACE,
    DownloadFault.READ_ONLY,
    DownloadFault.SOURCE_GONE,
}
OF_THE_SOURCE: Final = frozenset(
    {
        DownloadFault.UNTRUSTED,
        DownloadFault.SIGN_IN,
        DownloadFault.SOURCE_GONE,
        DownloadFault.UNREACHABLE,
        DownloadFault.REDIRECTED,
    }
)
"""What a change of the source's settings may put right."""

_WORTHLESS = frozenset(
    {
        DownloadFault.GONE,
        DownloadFault.WEB_PAGE,
        DownloadFault.NOT_A_BOOK,
        DownloadFault.DAMAGED,
        DownloadFault.ENCRYPTED,
        DownloadFault.TOO_LARGE,
    }
)
_STEP_FORWARD_BYTES = 64 * 1024


def restarted(download: Download, got_bytes: int) -> Download:
    """A download when Kios starts, with `got_bytes` of its file on the disk."""
    if download.state is not DownloadState.DONE:
        download = replace(download, got_bytes=got_bytes, bytes_per_s=None)
    waits = download.state is DownloadState.PAUSED and download.fault in _WORTH_A_TRY
    return queued(download) if waits or download.state in UNDER_WAY else download


def queued(download: Download) -> Download:
    """Queued by the user: earlier failures no longer count."""
    return replace(due(download), attempts=0)


def due(download: Download) -> Download:
    """Queued again automatically, after its waiting time."""
    return replace(
        download,
        state=DownloadState.QUEUED,
        fault=None,
        detail="",
        retry_at=None,
        bytes_per_s=None,
    )


def paused(download: Download) -> Download:
    """Paused by the user."""
    return replace(due(download), state=DownloadState.PAUSED)


def source_gone(download: Download) -> Download:
    return replace(paused(download), fault=DownloadFault.SOURCE_GONE)


def connecting(download: Download) -> Download:
    return replace(due(download), state=DownloadState.CONNECTING)


def arrived(download: Download, now: Arrived, bytes_per_s: float | None, since: int) -> Download:
    """Progress of a transfer. `since` is the byte count at the start of this attempt: one that
    advanced resets the count of failures."""
    forward = now.continuation is not None and now.got_bytes - since >= _STEP_FORWARD_BYTES
    return replace(
        download,
        state=DownloadState.TRANSFERRING,
        got_bytes=now.got_bytes,
        total_bytes=now.total_bytes,
        continuation=now.continuation,
        resumable=now.continuation is not None,
        bytes_per_s=bytes_per_s,
        attempts=0 if forward else download.attempts,
    )


def failed(
    download: Download, reason: FailureReason, now: datetime, backoff_s: Sequence[float] = BACKOFF_S
) -> Download:
    """After an error: waits to be retried, is paused until something changes, or has failed."""
    fault = reason.fault
    after = replace(
        download,
        fault=fault,
        detail=reason.detail,
        retry_at=None,
        bytes_per_s=None,
        state=DownloadState.FAILED,
    )
    if fault in _WORTHLESS:
        after = replace(after, continuation=None, fetched=None)
    if fault in _PASSING:
        after = replace(after, attempts=download.attempts + 1)
        if after.attempts <= len(backoff_s):
            wait_s = max(backoff_s[after.attempts - 1], reason.retry_after_s or 0)
            at = now + timedelta(seconds=wait_s)
            return replace(after, state=DownloadState.PAUSED, retry_at=at)
    return replace(after, state=DownloadState.PAUSED) if fault in _WAITING else after


def keeps_file(download: Download) -> bool:
    """Whether the bytes on the disk are still of use."""
    done = download.state is DownloadState.DONE
    return not done and download.fault not in _WORTHLESS


def differs_for_long(one: Download, other: Download) -> bool:
    """Whether they differ in more than progress, so that the change has to be stored."""
    return replace(one, got_bytes=0, bytes_per_s=None) != replace(
        other, got_bytes=0, bytes_per_s=None
    )
