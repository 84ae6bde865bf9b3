"""The download queue: two at a time, stored over restarts, with all state in memory.

`decisions` has the transitions; this module carries them out. Every public method is called on the
event loop's thread.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from kios_desktop.domain.catalog import Acquisition, Entry
from kios_desktop.domain.download import (
    ENDED,
    UNDER_WAY,
    Availability,
    Download,
    DownloadFault,
    DownloadId,
    DownloadState,
    EntryState,
)
from kios_desktop.domain.library import BookId
from kios_desktop.library.downloads import decisions
from kios_desktop.library.downloads.availability import AcquiredEntries, state_of
from kios_desktop.library.downloads.bug_reports import report_bug
from kios_desktop.library.downloads.files import DownloadFiles
from kios_desktop.library.downloads.journal import DownloadJournal
from kios_desktop.library.downloads.ports import AcquisitionStore, BookAdder, DownloadStore, Fetcher
from kios_desktop.library.downloads.work import Work

log = logging.getLogger(__name__)

AT_A_TIME: Final = 2
_STOPPABLE = (DownloadState.CONNECTING, DownloadState.TRANSFERRING)
_PAUSABLE = (*_STOPPABLE, DownloadState.QUEUED, DownloadState.PAUSED)


class Downloads:
    """Call `open` first and `aclose` last. `folder` holds unfinished files.

    `added` is called for every book that was added to the library.
    """

    def __init__(
        self,
        store: DownloadStore,
        acquisitions: AcquisitionStore,
        fetcher: Fetcher,
        importer: BookAdder,
        folder: Path,
        *,
        added: Callable[[BookId], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        backoff_s: Sequence[float] = decisions.BACKOFF_S,
    ) -> None:
        self._store, self._acquisitions, self._fetcher = store, acquisitions, fetcher
        self._files = DownloadFiles(folder)
        self._added, self._now, self._backoff_s = added, now, backoff_s
        self._journal = DownloadJournal(store)
        self._acquired = AcquiredEntries(fetcher.root_of)
        self._work = Work(
            fetcher, importer, acquisitions, self._files, self._acquired, now, self._moved
        )
        self._jobs: dict[DownloadId, Download] = {}
        self._newest: dict[tuple[str, str], DownloadId] = {}
        self._tasks: dict[DownloadId, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._notifying: asyncio.Handle | None = None
        self._retry_timer: asyncio.TimerHandle | None = None
        self._last_id = 0
        self._closing = False

    async def open(self) -> None:
        """Loads the queue and continues it. Raises `StorageError`."""
        found, acquired_entries = (
            await self._store.all(),
            await self._acquisitions.acquired_entries(),
        )
        self._acquired.replace(acquired_entries)
        got = await asyncio.to_thread(self._look_at_files, [one.id for one in found])
        for one in found:
            self._jobs[one.id] = decisions.restarted(one, got[one.id])
            self._newest[one.source_id, one.entry.key] = one.id
        self._last_id = max(self._jobs, default=0)
        self._journal.start()
        self._start_queued()

    async def aclose(self) -> None:
        """Stops transfers, to continue them at the next start; waits for a check to finish."""
        self._closing = True
        for handle in (self._retry_timer, self._notifying):
            if handle is not None:
                handle.cancel()
        for key, task in self._tasks.items():
            if self._jobs[key].state in _STOPPABLE:
                task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._journal.aclose()

    def jobs(self) -> Sequence[Download]:
        """All downloads, in the order they were requested."""
        return list(self._jobs.values())

    def state_of(self, source_id: str, entry: Entry) -> EntryState:
        """The availability of an entry, and its download."""
        job = self._job_of(source_id, entry)
        acquired = self._acquired.of(source_id, entry)
        return state_of(entry, job, acquired, self._acquired.mask(source_id))

    def add(self, source_id: str, entry: Entry, acquisition: Acquisition) -> None:
        """Queues one file. Nothing happens for an entry that is under way or downloaded."""
        state = self.state_of(source_id, entry)
        if state.availability in (Availability.UNDER_WAY, Availability.HERE):
            return
        if state.availability is Availability.FAILED and state.download is not None:
            self._forget(state.download)
        self._last_id = number = DownloadId(self._last_id + 1)
        self._newest[source_id, entry.key] = number
        self._set(
            Download(
                id=number,
                source_id=source_id,
                entry=entry,
                url=acquisition.href,
                format=acquisition.format,
                state=DownloadState.QUEUED,
                added_at=self._now(),
            )
        )
        self._start_queued()

    def add_all(self, source_id: str, entries: Sequence[Entry]) -> None:
        """Queues the best file of each entry; entries without one are skipped."""
        for entry in entries:
            for best in entry.downloads[:1]:
                self.add(source_id, entry, best)

    def pause(self, download: DownloadId) -> None:
        """Pauses a download, except while its file is being checked."""
        job = self._jobs.get(download)
        if job is not None and job.state in _PAUSABLE:
            self._set(decisions.paused(job))
            self._stop(download)

    def resume(self, download: DownloadId) -> None:
        """Continues a download, from where it stopped if the server supports that."""
        job = self._jobs.get(download)
        if job is not None and job.state in (DownloadState.PAUSED, DownloadState.FAILED):
            self._set(decisions.queued(job))
            self._start_queued()

    def retry(self, download: DownloadId) -> None:
        self.resume(download)

    def cancel(self, download: DownloadId) -> None:
        """Removes a download and its unfinished file; a book in the library is kept."""
        job = self._jobs.get(download)
        if job is not None and job.state is not DownloadState.VERIFYING:
            self._forget(job)
            self._start_queued()

    def pause_all(self) -> None:
        for download in list(self._jobs):
            job = self._jobs[download]
            if job.state is not DownloadState.PAUSED or job.retry_at is not None:
                self.pause(download)

    def retry_failed(self) -> None:
        for download, job in list(self._jobs.items()):
            if job.state is DownloadState.FAILED:
                self.retry(download)

    def clear_finished(self) -> None:
        """Removes finished downloads from the list; the books are kept."""
        for job in list(self._jobs.values()):
            if job.state is DownloadState.DONE:
                self._forget(job)

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Calls `tell` after changes; returns a function that ends this."""
        self._listeners.append(tell)

        def stop() -> None:
            if tell in self._listeners:
                self._listeners.remove(tell)

        return stop

    async def books_changed(self) -> None:
        """Updates availability after books were added or removed. Raises `StorageError`."""
        self._acquired.replace(await self._acquisitions.acquired_entries())
        self._notify()

    async def sources_changed(self, changed: Collection[str] = ()) -> None:
        """Updates the queue after sources were added, removed, or (`changed`) got other settings.

        Downloads that waited for this continue. Raises `StorageError`.
        """
        await self._journal.flush()
        fresh = {one.id: one for one in await self._store.all()}
        self._acquired.replace(await self._acquisitions.acquired_entries())
        for key, job in list(self._jobs.items()):
            lasting = job.state is DownloadState.VERIFYING or job.state in ENDED
            if lasting and job.fault not in decisions.OF_THE_SOURCE:
                continue
            kept = fresh.get(key, job)  # its addresses may be readable only now
            job = replace(job, entry=kept.entry, url=kept.url)
            if not self._fetcher.is_usable(job.source_id):
                self._set(decisions.source_gone(job))
                self._stop(key)
            elif job.fault is DownloadFault.SOURCE_GONE:
                self._set(decisions.queued(job))
            elif job.source_id in changed and (
                job.state in _STOPPABLE or job.fault in decisions.OF_THE_SOURCE
            ):
                self._set(decisions.queued(job))
                self._stop(key)
            else:
                self._jobs[key] = job
        self._start_queued()

    def _look_at_files(self, ids: Sequence[DownloadId]) -> dict[DownloadId, int]:
        self._files.prepare()
        self._files.remove_others(set(ids))
        return {one: self._files.got_bytes(one) for one in ids}

    def _job_of(self, source_id: str, entry: Entry) -> Download | None:
        number = self._newest.get((source_id, entry.key))
        return None if number is None else self._jobs.get(number)

    def _start_queued(self) -> None:
        """Starts as many downloads as allowed, and the timer for the next retry."""
        if self._closing:
            return
        for key, job in list(self._jobs.items()):
            if len(self._tasks) >= AT_A_TIME:
                break
            if job.state is not DownloadState.QUEUED or key in self._tasks:
                continue
            if self._fetcher.is_usable(job.source_id):
                self._start(job)
            else:
                self._set(decisions.source_gone(job))
        self._set_retry_timer()

    def _start(self, job: Download) -> None:
        self._set(decisions.connecting(job))
        task = asyncio.create_task(self._run(job.id), name=f"download {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda done: self._ended(job.id, done))

    async def _run(self, key: DownloadId) -> None:
        before = self._jobs[key]
        after, acquired = await self._work.do(before, self._backoff_s)
        if key not in self._jobs or self._jobs[key].state not in UNDER_WAY:
            return  # stopped at the last moment
        if acquired is not None:
            self._acquired.add(acquired)
        self._set(after)
        if after.book_id is not None:
            _guarded(partial(self._added, after.book_id))

    def _ended(self, key: DownloadId, task: "asyncio.Task[None]") -> None:
        del self._tasks[key]
        job = self._jobs.get(key)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # the queue goes on without this one
            report_bug("a download", error)
            if job is not None:
                self._set(replace(job, state=DownloadState.FAILED, bytes_per_s=None))
        if job is None or not decisions.keeps_file(job):
            self._files.remove(key)
        self._start_queued()

    def _moved(self, job: Download) -> None:
        """Takes over progress, unless the download was stopped meanwhile."""
        known = self._jobs.get(job.id)
        if known is not None and known.state in UNDER_WAY:
            self._set(job)

    def _stop(self, key: DownloadId) -> None:
        if key in self._tasks:
            self._tasks[key].cancel()

    def _set(self, job: Download) -> None:
        known = self._jobs.get(job.id)
        self._jobs[job.id] = job
        if known is None or decisions.differs_for_long(known, job):
            self._journal.note(job)
        self._notify()

    def _forget(self, job: Download) -> None:
        del self._jobs[job.id]
        if self._newest.get((job.source_id, job.entry.key)) == job.id:
            del self._newest[job.source_id, job.entry.key]
        self._journal.forget(job.id)
        if job.id in self._tasks:
            self._stop(job.id)
        else:
            self._files.remove(job.id)
        self._notify()

    def _notify(self) -> None:
        """Schedules the listeners, at most once per turn of the loop."""
        if self._notifying is None and not self._closing:
            self._notifying = asyncio.get_running_loop().call_soon(self._notify_all)

    def _notify_all(self) -> None:
        self._notifying = None
        for tell in tuple(self._listeners):
            _guarded(tell)

    def _set_retry_timer(self) -> None:
        if self._retry_timer is not None:
            self._retry_timer.cancel()
            self._retry_timer = None
        times = [job.retry_at for job in self._jobs.values() if job.retry_at is not None]
        if times:
            wait_s = max(0.0, (min(times) - self._now()).total_seconds())
            self._retry_timer = asyncio.get_running_loop().call_later(wait_s, self._retry_due)

    def _retry_due(self) -> None:
        self._retry_timer = None
        now = self._now()
        for job in list(self._jobs.values()):
            if job.retry_at is not None and job.retry_at <= now:
                self._set(decisions.due(job))
        self._start_queued()


def _guarded(tell: Callable[[], None]) -> None:
    """Calls a listener; a bug in it is reported and affects neither the queue nor the others."""
    try:
        tell()
    except Exception as error:  # noqa: BLE001 (reported)
        report_bug("a listener of the downloads", error)
