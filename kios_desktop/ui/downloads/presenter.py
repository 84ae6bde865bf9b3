"""What the downloads panel does. No Qt: the screen is a protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from kios_desktop.domain.download import (
    ENDED,
    UNDER_WAY,
    Download,
    DownloadId,
    DownloadState,
)
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.downloads.texts import finished_today, summary
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import counted, tr

SHOWN: Final = 30  # rows of one section; a queue may have hundreds
_ORDER: Final = (
    (*UNDER_WAY,),
    (DownloadState.QUEUED, DownloadState.PAUSED),
    (DownloadState.FAILED,),
)
_MILESTONES: Final = (0.5,)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title. `more` says how many are not shown; both may be ""."""

    title: str
    rows: tuple[Download, ...]
    more: str = ""


class DownloadsScreen(Protocol):
    """What the presenter may show."""

    def show_sections(self, sections: Sequence[Section], failed: int, finished: bool) -> None:
        """Show all rows, the number that failed, and whether finished ones can be cleared."""

    def announce(self, text: str) -> None:
        """For a screen reader."""

    def is_open(self) -> bool: ...


class DownloadsPresenter:
    """Shows the queue, and reports on it to the rest of the window.

    `on_progress` is called with (number of the current download, total), and with (0, 0) at the
    end; `on_summary` with one sentence when the last download ends while the panel is closed."""

    def __init__(
        self,
        downloads: DownloadsPort,
        screen: DownloadsScreen,
        *,
        on_progress: Callable[[int, int], None] = lambda _number, _total: None,
        on_summary: Callable[[str], None] = lambda _text: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._downloads, self._screen, self._now = downloads, screen, now
        self._on_progress, self._on_summary = on_progress, on_summary
        self._batch: set[DownloadId] = set()
        self._announced: dict[
            DownloadId, float
        ] = {}  # the fraction of each that was announced last
        self._last = (0, 0)

    def refresh(self) -> None:
        """The queue has changed."""
        jobs = list(self._downloads.jobs())
        if self._screen.is_open():
            self.show()
        self._report_batch(jobs)
        self._announce_progress(jobs)

    def show(self) -> None:
        """Show all sections."""
        jobs = self._downloads.jobs()
        sections = [_section("", [j for j in jobs if j.state in states]) for states in _ORDER]
        done = sorted(
            (job for job in jobs if job.state is DownloadState.DONE),
            key=lambda job: job.finished_at or job.added_at,
            reverse=True,
        )
        now = self._now()
        today = [job for job in done if finished_today(job, now)]
        earlier = [job for job in done if not finished_today(job, now)]
        sections.append(_section(tr("Finished today"), today))
        sections.append(_section(tr("Earlier"), earlier))
        failed = sum(job.state is DownloadState.FAILED for job in jobs)
        shown = [section for section in sections if section.rows]
        self._screen.show_sections(shown, failed, bool(done))

    def _report_batch(self, jobs: Sequence[Download]) -> None:
        """Report progress of the batch: all downloads since the queue was last idle."""
        active = {job.id for job in jobs if job.state in UNDER_WAY or _queued(job)}
        self._batch |= active
        if active:
            ended = len(self._batch) - len(active)
            progress = (ended + 1, len(self._batch))
        else:
            progress = (0, 0)
        if progress != self._last:
            self._last = progress
            self._on_progress(*progress)
        if self._batch and not active:
            batch, self._batch = self._batch, set()
            ended_jobs = [job for job in jobs if job.id in batch and job.state in ENDED]
            done = sum(job.state is DownloadState.DONE for job in ended_jobs)
            if ended_jobs and not self._screen.is_open():
                self._on_summary(summary(done, len(ended_jobs) - done))

    def _announce_progress(self, jobs: Sequence[Download]) -> None:
        """Announce 0, 50 and 100 % of each download to screen readers."""
        known = {job.id for job in jobs}
        self._announced = {i: far for i, far in self._announced.items() if i in known}
        for job in jobs:
            title = isolated(title_of(job.entry))
            before = self._announced.get(job.id)
            if job.state in UNDER_WAY:
                if before is None:
                    self._announced[job.id] = 0.0
                    self._screen.announce(tr("Downloading {title}", title=title))
                elif before < _MILESTONES[0] <= (job.fraction or 0.0) < 1:
                    self._announced[job.id] = _MILESTONES[0]
                    self._screen.announce(tr("{title}, 50 percent", title=title))
            elif before is not None and job.state in ENDED:
                del self._announced[job.id]
                done = job.state is DownloadState.DONE
                text = tr("{title} downloaded") if done else tr("{title} failed")
                self._screen.announce(text.format(title=title))


def _queued(job: Download) -> bool:
    return job.state is DownloadState.QUEUED


def _section(title: str, jobs: Sequence[Download]) -> Section:
    rest = len(jobs) - SHOWN
    more = counted("and %Ln more", "", rest, one="and %Ln more") if rest > 0 else ""
    return Section(title, tuple(jobs[:SHOWN]), more)
