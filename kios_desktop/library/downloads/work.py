"""Carries out one download: transfer, check, and adding the book to the library."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from kios_desktop.domain.download import (
    ALTERED,
    AcquiredEntry,
    Arrived,
    BookAcquisition,
    Download,
    DownloadFault,
    DownloadState,
    Fetched,
)
from kios_desktop.domain.errors import KiosError, Missing
from kios_desktop.domain.library import BookId, ImportOutcome
from kios_desktop.domain.text import clean_line
from kios_desktop.library.downloads import decisions, integrity
from kios_desktop.library.downloads.availability import AcquiredEntries, feed_facts_of_file
from kios_desktop.library.downloads.faults import FailureReason, reason_of
from kios_desktop.library.downloads.files import DownloadFiles
from kios_desktop.library.downloads.ports import AcquisitionStore, BookAdder, Fetcher
from kios_desktop.library.downloads.speed import Speed

_OF_CONTENT = (DownloadFault.DAMAGED, DownloadFault.NOT_A_BOOK)


class Work:
    """`moved` is called at every step. One file at a time is checked and added."""

    def __init__(
        self,
        fetcher: Fetcher,
        importer: BookAdder,
        acquisitions: AcquisitionStore,
        files: DownloadFiles,
        acquired_entries: AcquiredEntries,
        now: Callable[[], datetime],
        moved: Callable[[Download], None],
    ) -> None:
        self._fetcher, self._importer, self._acquisitions = fetcher, importer, acquisitions
        self._files, self._acquired, self._now, self._moved = files, acquired_entries, now, moved
        self._adding = asyncio.Lock()

    async def do(
        self, job: Download, backoff_s: Sequence[float]
    ) -> tuple[Download, AcquiredEntry | None]:
        """Returns the download done, waiting or failed; and its record, if it is done.

        May be cancelled until it is VERIFYING; what was received stays on the disk.
        """
        begun_at = job.got_bytes if job.continuation is not None else 0
        latest = job

        def on(arrived: Arrived) -> None:
            nonlocal latest
            pace = speed.add(time.monotonic(), arrived.got_bytes)
            latest = decisions.arrived(latest, arrived, pace, begun_at)
            self._moved(latest)

        speed = Speed()
        try:
            if latest.fetched is None:
                fetched = await self._fetcher.fetch(job, self._files.part(job.id), on)
                latest = _complete(latest, fetched)
            latest = replace(latest, state=DownloadState.VERIFYING)
            self._moved(latest)
            book_id = await self._add(latest)
        except KiosError as error:
            reason = reason_of(error)
            altered = reason.detail == ALTERED and job.attempts == 0
            return self._failed(latest, reason, altered or begun_at > 0, backoff_s), None
        same_bytes = latest.fetched is not None and latest.fetched.same_bytes
        done = replace(
            decisions.due(latest),
            state=DownloadState.DONE,
            finished_at=self._now(),
            book_id=book_id,
            same_bytes=same_bytes,
            attempts=0,
        )
        return done, self._acquired.acquired_by(done, book_id)

    async def _add(self, job: Download) -> BookId:
        """Raises `PublicationError` and `StorageError`."""
        fetched = job.fetched or Fetched("", 0)
        async with self._adding:
            path = await asyncio.to_thread(self._files.complete, job.id, fetched.name)
            if path is None:
                raise Missing("the file that had arrived")
            await asyncio.to_thread(integrity.check, path, fetched.sha256)
            report = await self._importer.add(
                [path], progress=lambda _done, _total: None, cancelled=lambda: False
            )
        [item] = report.items
        if item.error is not None:
            raise item.error
        if item.book_id is None:
            raise Missing("the book that was added")
        length, modified = feed_facts_of_file(job.entry, job.url)
        await self._acquisitions.save(
            BookAcquisition(
                source_id=job.source_id,
                entry=job.entry,
                url=job.url,
                format=job.format,
                book_id=item.book_id,
                etag=fetched.etag,
                modified=modified,
                length_bytes=length,
                downloaded_at=self._now(),
                was_here=item.outcome is ImportOutcome.ALREADY_HERE,
            )
        )
        return item.book_id

    def _failed(
        self, job: Download, reason: FailureReason, once_more: bool, backoff_s: Sequence[float]
    ) -> Download:
        """`once_more`: the file was assembled from two attempts, or differs from the server's.

        Such a file is fetched once more as a whole before it counts as damaged.
        """
        after = decisions.failed(job, reason, self._now(), backoff_s)
        if reason.fault in _OF_CONTENT and once_more:
            self._files.remove(job.id)
            return replace(decisions.due(after), got_bytes=0, attempts=1)
        return after


def _complete(job: Download, fetched: Fetched) -> Download:
    size, fetched = fetched.size_bytes, replace(fetched, name=clean_line(fetched.name))
    return replace(
        job, fetched=fetched, got_bytes=size, total_bytes=size, continuation=None, bytes_per_s=None
    )
