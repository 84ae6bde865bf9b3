"""The downloads panel without a window: order, progress, and what is said when."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.download import DownloadState
from kios_desktop.ui.downloads.presenter import SHOWN, DownloadsPresenter, Section
from tests.fakes_catalog import FakeDownloads, make_download, make_entry

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class KeptPanel:
    """`DownloadsScreen` that only remembers."""

    open: bool = True
    sections: Sequence[Section] = ()
    failed: int = 0
    finished: bool = False
    announced: list[str] = field(default_factory=list)

    def show_sections(self, sections: Sequence[Section], failed: int, finished: bool) -> None:
        self.sections, self.failed, self.finished = sections, failed, finished

    def announce(self, text: str) -> None:
        self.announced.append(text)

    def is_open(self) -> bool:
        return self.open


class Watched:
    """A presenter that follows a queue, and what it told the window."""

    def __init__(self, open_: bool = True) -> None:
        self.queue, self.panel = FakeDownloads(), KeptPanel(open_)
        self.progress: list[tuple[int, int]] = []
        self.summaries: list[str] = []
        self.presenter = DownloadsPresenter(
            self.queue,
            self.panel,
            on_progress=lambda number, total: self.progress.append((number, total)),
            on_summary=self.summaries.append,
            now=lambda: NOON,
        )
        self.queue.listen(self.presenter.refresh)

    def put(self, number: int, state: DownloadState, **more: object) -> None:
        self.queue.put(make_download(make_entry(number), state, number, **more))


def test_rows_stand_by_what_is_happening_to_them() -> None:
    watched = Watched()
    watched.put(1, DownloadState.DONE, finished_at=NOON - timedelta(days=3))
    watched.put(2, DownloadState.FAILED)
    watched.put(3, DownloadState.QUEUED)
    watched.put(4, DownloadState.TRANSFERRING)
    watched.put(5, DownloadState.DONE, finished_at=NOON - timedelta(hours=2))
    watched.put(6, DownloadState.DONE, finished_at=NOON - timedelta(hours=1))
    shown = [(s.title, [job.id for job in s.rows]) for s in watched.panel.sections]
    assert shown == [
        ("", [4]),
        ("", [3]),
        ("", [2]),
        ("Finished today", [6, 5]),
        ("Earlier", [1]),
    ]
    assert watched.panel.failed == 1
    assert watched.panel.finished


def test_a_long_queue_is_not_shown_whole() -> None:
    watched = Watched()
    jobs = [make_download(make_entry(n), DownloadState.QUEUED, n) for n in range(1, 201)]
    watched.queue.put(*jobs)
    section = watched.panel.sections[0]
    assert len(section.rows) == SHOWN
    assert section.more == f"and {200 - SHOWN} more"


def test_the_sync_line_counts_through_the_batch() -> None:
    watched = Watched()
    watched.put(1, DownloadState.TRANSFERRING)
    watched.put(2, DownloadState.QUEUED)
    watched.put(1, DownloadState.DONE)
    watched.put(2, DownloadState.TRANSFERRING)
    watched.put(2, DownloadState.DONE)
    assert watched.progress == [(1, 1), (1, 2), (2, 2), (0, 0)]


def test_one_summary_when_the_last_has_ended_and_the_panel_is_closed() -> None:
    watched = Watched(open_=False)
    for number in (1, 2, 3):
        watched.put(number, DownloadState.QUEUED)
    watched.put(1, DownloadState.DONE)
    watched.put(2, DownloadState.FAILED)
    assert watched.summaries == []
    watched.put(3, DownloadState.DONE)
    assert watched.summaries == ["2 downloaded, 1 failed"]
    watched.queue.tell()
    assert len(watched.summaries) == 1


def test_an_open_panel_needs_no_summary() -> None:
    watched = Watched()
    watched.put(1, DownloadState.TRANSFERRING)
    watched.put(1, DownloadState.DONE)
    assert watched.summaries == []


def test_what_was_done_before_is_no_news() -> None:
    watched = Watched(open_=False)
    watched.put(1, DownloadState.DONE)
    watched.put(2, DownloadState.FAILED)
    assert watched.summaries == []
    assert watched.panel.announced == []


def test_progress_is_spoken_at_its_start_middle_and_end_only() -> None:
    watched = Watched()
    for got in range(0, 1_800_001, 100_000):
        watched.put(1, DownloadState.TRANSFERRING, got_bytes=got)
    watched.put(1, DownloadState.VERIFYING, got_bytes=1_800_000)
    watched.put(1, DownloadState.DONE)
    assert watched.panel.announced == [
        "Downloading Book 1",
        "Book 1, 50 percent",
        "Book 1 downloaded",
    ]


def test_a_failure_is_spoken() -> None:
    watched = Watched()
    watched.put(1, DownloadState.CONNECTING)
    watched.put(1, DownloadState.FAILED)
    assert watched.panel.announced == ["Downloading Book 1", "Book 1 failed"]


def test_a_title_with_braces_is_spoken_as_it_is() -> None:
    watched = Watched()
    odd = replace(make_entry(1), title="{title} {0}")
    watched.queue.put(make_download(odd, DownloadState.TRANSFERRING, 1))
    watched.queue.put(make_download(odd, DownloadState.DONE, 1))
    assert watched.panel.announced[-1] == "{title} {0} downloaded"
