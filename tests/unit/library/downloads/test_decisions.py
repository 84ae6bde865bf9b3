"""The rules of the queue and of badges, without a queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Entry, Format
from kios_desktop.domain.download import (
    AcquiredEntry,
    Arrived,
    Availability,
    Continuation,
    Download,
    DownloadFault,
    DownloadId,
    DownloadState,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import KeyMask, ServerUrl
from kios_desktop.library.downloads import decisions
from kios_desktop.library.downloads.availability import AcquiredEntries, state_of
from kios_desktop.library.downloads.faults import FailureReason
from kios_desktop.library.downloads.files import DownloadFiles
from kios_desktop.library.downloads.speed import Speed
from tests.unit.library.downloads.world import NAS, ROOT, acquisition, entry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MASK = KeyMask(ROOT)
JOB = Download(
    DownloadId(1),
    NAS,
    entry(),
    acquisition("1").href,
    Format.EPUB,
    DownloadState.TRANSFERRING,
    NOW,
)


def test_each_failure_in_a_row_waits_longer_until_there_is_no_point() -> None:
    job, waits = JOB, []
    while (
        job := decisions.failed(job, FailureReason(DownloadFault.CUT_OFF), NOW)
    ).retry_at is not None:
        waits.append((job.retry_at - NOW).total_seconds())
    assert waits == list(decisions.BACKOFF_S)
    assert job.state is DownloadState.FAILED
    assert decisions.queued(job).attempts == 0


def test_a_server_that_names_a_time_is_not_asked_before() -> None:
    job = decisions.failed(JOB, FailureReason(DownloadFault.BUSY, retry_after_s=90), NOW)
    assert job.retry_at == NOW + timedelta(seconds=90)


def test_who_gets_on_has_not_failed() -> None:
    tired = replace(JOB, attempts=4)
    promise = Continuation('"1"', 10**6)
    on = decisions.arrived(tired, Arrived(200_000, 10**6, promise), None, since=100_000)
    assert on.attempts == 0
    for arrived, since in ((Arrived(200_000, 10**6, None), 0), (Arrived(9, 10**6, promise), 0)):
        assert decisions.arrived(tired, arrived, None, since).attempts == 4


@given(
    state=st.sampled_from(DownloadState),
    fault=st.none() | st.sampled_from(DownloadFault),
    attempts=st.integers(0, 9),
)
def test_nothing_is_under_way_when_kios_starts(
    state: DownloadState, fault: DownloadFault | None, attempts: int
) -> None:
    job = decisions.restarted(replace(JOB, state=state, fault=fault, attempts=attempts), 7)
    assert job.state in (
        DownloadState.QUEUED,
        DownloadState.PAUSED,
        DownloadState.DONE,
        DownloadState.FAILED,
    )
    assert (job.state is DownloadState.PAUSED) <= (state is DownloadState.PAUSED)


@given(st.sampled_from(DownloadFault), st.integers(0, 9))
def test_every_fault_leaves_a_way_on(fault: DownloadFault, attempts: int) -> None:
    job = decisions.failed(replace(JOB, attempts=attempts), FailureReason(fault), NOW)
    assert job.state in (DownloadState.PAUSED, DownloadState.FAILED)
    assert job.fault is fault
    again = decisions.queued(job)
    assert (again.state, again.fault, again.retry_at) == (DownloadState.QUEUED, None, None)
    assert decisions.keeps_file(job) or (job.continuation, job.fetched) == (None, None)


def test_speed_is_that_of_the_last_seconds() -> None:
    speed = Speed()
    assert speed.add(0.0, 0) is None
    assert speed.add(0.1, 500) is None
    assert speed.add(1.0, 1000) == 1000
    for second in range(2, 20):
        last = speed.add(float(second), 1000 + (second - 1) * 50)
    assert last == 50


ACQUIRED = AcquiredEntry(NAS, "urn:1", acquisition("1").href.reveal(), BookId(7), (100, "monday"))


@pytest.mark.parametrize(
    ("length", "modified", "availability"),
    [
        (100, "monday", Availability.HERE),
        (101, "monday", Availability.NEWER),
        (100, "tuesday", Availability.NEWER),
        (None, "", Availability.HERE),  # this feed does not say
        (None, "tuesday", Availability.NEWER),
    ],
)
def test_a_newer_file_is_told_by_length_and_time(
    length: int | None, modified: str, availability: Availability
) -> None:
    one = replace(entry("1", length=length, modified=modified), updated=NOW)
    assert state_of(one, None, ACQUIRED, MASK).availability is availability


def test_another_file_of_the_entry_says_nothing_about_this_one() -> None:
    assert (
        state_of(entry("2", key="urn:1", length=9), None, ACQUIRED, MASK).availability
        is Availability.HERE
    )


def kind(one: AcquisitionKind, what: Format = Format.EPUB) -> Acquisition:
    return replace(acquisition("1"), kind=one, format=what)


@pytest.mark.parametrize(
    ("acquisitions", "partial", "availability"),
    [
        ((kind(AcquisitionKind.DOWNLOAD),), False, Availability.NOT_HERE),
        ((kind(AcquisitionKind.INDIRECT, Format.UNKNOWN),), False, Availability.NOT_HERE),
        ((), True, Availability.NOT_HERE),
        ((), False, Availability.NOT_READABLE),
        ((kind(AcquisitionKind.DOWNLOAD, Format.OTHER),), False, Availability.NOT_READABLE),
        ((kind(AcquisitionKind.UNSUPPORTED),), True, Availability.NOT_READABLE),
        ((kind(AcquisitionKind.WEB_PAGE),), False, Availability.BROWSER_ONLY),
    ],
)
def test_what_an_entry_offers(
    acquisitions: tuple[Acquisition, ...], partial: bool, availability: Availability
) -> None:
    one = Entry(key="k", title="t", acquisitions=acquisitions, partial=partial)
    assert state_of(one, None, None, MASK).availability is availability


def test_marks_are_found_by_key_then_by_address_whatever_the_key_of_the_server_is() -> None:
    old, new = "a1" * 16, "b2" * 16
    roots = {NAS: ServerUrl(f"https://k.example/opds/{old}")}
    acquired_entries = AcquiredEntries(roots.get)
    url = ServerUrl(f"https://k.example/opds/{old}/file")
    one = Entry(
        key=f"urn:{old}:1",
        title="t",
        acquisitions=(replace(acquisition("1"), href=url),),
    )
    job = replace(JOB, entry=one, url=url)
    acquired = acquired_entries.acquired_by(job, BookId(3))
    assert old not in repr(acquired)
    roots[NAS] = ServerUrl(f"https://k.example/opds/{new}")
    acquired_entries.replace([acquired])
    renewed = replace(one, key=f"urn:{new}:1", acquisitions=())
    assert acquired_entries.of(NAS, renewed) == acquired
    moved = ServerUrl(f"https://k.example/opds/{new}/file")
    other_key = replace(
        one, key="another", acquisitions=(replace(one.acquisitions[0], href=moved),)
    )
    assert acquired_entries.of(NAS, other_key) == acquired
    assert acquired_entries.of("b" * 32, renewed) is None


@given(st.text(max_size=300))
def test_a_complete_file_stays_in_its_folder_whatever_it_is_called(name: str) -> None:
    files = DownloadFiles(Path("/downloads"))
    path = files.named(DownloadId(7), name)
    assert path.parent == Path("/downloads/7")
    assert path.name not in ("", ".", "..") and "\0" not in path.name
    assert len(path.name.encode("utf-8", "replace")) <= 255
