"""Downloads from servers as they are: faults, kills, full disks, and no secret left behind."""

import asyncio
import contextlib
import hashlib
import logging
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.domain.download import DownloadFault, DownloadState
from kios_desktop.domain.library import Query
from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Credentials, Limits
from kios_desktop.ui.downloads.texts import fault_text
from tests.fakes.file_server import PATH, FileServer
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.storyteller import PASSWORD as STORYTELLER_PASSWORD
from tests.fakes.storyteller import USER, Storyteller
from tests.unit.library.downloads.over_http import PLENTY, Nas, entry_at
from tests.unit.library.downloads.world import World, a_world, book_bytes

DONE, FAILED, PAUSED = DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED
KEY, PASSWORD = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "canary-password"


def big_book(folder: Path, megabytes: float) -> bytes:
    noise = random.Random(3).randbytes(int(megabytes * 1_000_000))
    return book_bytes(folder, files={"EPUB/noise.bin": noise})


@asynccontextmanager
async def downloading(
    folder: Path, files: FileServer, limits: Limits = PLENTY
) -> AsyncIterator[tuple[World, Loopback]]:
    async with Loopback(files) as server:
        nas = Nas(server.origin + "/opds", limits=limits)
        async with contextlib.aclosing(nas.session), a_world(folder, nas) as world:
            yield world, server


@pytest.mark.parametrize(
    ("manner", "state", "fault"),
    [
        ("fine", DONE, None),
        ("no ranges", DONE, None),
        ("no length", DONE, None),
        ("chunked", DONE, None),
        ("packed", DONE, None),
        ("slash", DONE, None),
        ("short", DONE, None),  # again and again, and each time a little more
        ("chunked, cut", FAILED, DownloadFault.CUT_OFF),
        ("html", FAILED, DownloadFault.WEB_PAGE),
        ("login", FAILED, DownloadFault.WEB_PAGE),
        ("json", FAILED, DownloadFault.WEB_PAGE),
        ("too much", FAILED, DownloadFault.TOO_LARGE),
        ("silent", PAUSED, DownloadFault.UNREACHABLE),
        ("401", PAUSED, DownloadFault.SIGN_IN),
        ("403", FAILED, DownloadFault.NOT_ALLOWED),
        ("404", FAILED, DownloadFault.GONE),
        ("500", FAILED, DownloadFault.SERVER),
    ],
)
async def test_every_manner_of_a_server_ends_in_a_book_or_a_reason(
    tmp_path: Path, manner: str, state: DownloadState, fault: DownloadFault | None
) -> None:
    files = FileServer(big_book(tmp_path, 0.5))
    files.manner, files.cut_at = manner, 200_000
    limits = replace(PLENTY, silence_s=0.2)
    async with downloading(tmp_path, files, limits) as (world, server):
        world.add(entry_at(server.origin + PATH))
        [job] = await world.ended()
        assert (job.state, job.fault) == (state, fault)
        if state is DONE:
            book = await world.books.get(world.added[0])
            assert book.file_name == "Emma.epub"
            assert same_bytes(world.folder / "library" / book.file, files.content)


def same_bytes(path: Path, content: bytes) -> bool:
    return path.read_bytes() == content


async def test_a_killed_program_goes_on_where_it_was(tmp_path: Path) -> None:
    files = FileServer(big_book(tmp_path, 2))
    files.per_part_s = 0.01
    async with Loopback(files) as server:
        url = server.origin + PATH
        program = await started(tmp_path, url)
        part = tmp_path / "downloads" / "1.part"
        await until_bytes(part, 500_000)
        program.send_signal(signal.SIGKILL)
        await asyncio.to_thread(program.wait)
        kept = part.stat().st_size
        files.per_part_s = 0
        server.asked.clear()
        nas = Nas(url)
        async with contextlib.aclosing(nas.session), a_world(tmp_path, nas) as world:
            await world.until(DONE)
            [book_id] = await world.books.ids(Query())
            book = await world.books.get(book_id)
            assert same_bytes(tmp_path / "library" / book.file, files.content)
        [asked] = server.asked
        assert asked.headers["range"] == f"bytes={kept}-"


@pytest.mark.slow
@pytest.mark.long
async def test_kills_at_any_moment_cost_nothing_but_time(tmp_path: Path) -> None:
    rng = random.Random(11)
    files = FileServer(big_book(tmp_path, 2))
    files.per_part_s = 0.004
    async with Loopback(files) as server:
        url = server.origin + PATH
        for _ in range(8):
            program = await started(tmp_path, url)
            await asyncio.sleep(rng.uniform(0.3, 1.2))
            program.send_signal(signal.SIGKILL)
            await asyncio.to_thread(program.wait)
        nas = Nas(url)
        async with contextlib.aclosing(nas.session), a_world(tmp_path, nas) as world:
            if not world.queue.jobs():  # killed before it was even asked for
                world.add(entry_at(url))
            await world.until(DONE)
            [book_id] = await world.books.ids(Query())
            book = await world.books.get(book_id)
            assert same_bytes(tmp_path / "library" / book.file, files.content)
            await asyncio.sleep(0.05)
            assert world.files() == []


async def started(folder: Path, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.unit.library.downloads.over_http", str(folder), url]
    return await asyncio.to_thread(
        lambda: subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )


async def until_bytes(path: Path, count: int) -> None:
    for _ in range(2000):
        with contextlib.suppress(OSError):
            if os.stat(path).st_size >= count:  # noqa: PTH116 (as quick as it can be)
                return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came so far")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path, leave_bytes: int) -> Path:
    """Leave only so much space."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"x" * 65536)
            file.flush()
    os.truncate(filler, max(0, filler.stat().st_size - leave_bytes))
    return filler


@pytest.mark.parametrize("leave_bytes", [0, 700_000, 2_600_000], ids=["none", "some", "no copy"])
async def test_a_full_disk_pauses_and_with_space_it_goes_on(
    tmp_path: Path, small_disk: Path, leave_bytes: int
) -> None:
    """With 2.6 MB left the file itself fits, but not its copy in the library."""
    files = FileServer(big_book(tmp_path, 2))
    limits = Limits(spare_bytes=0, free_bytes=lambda _: 10**12)
    async with downloading(small_disk, files, limits) as (world, server):
        world.add(entry_at(server.origin + PATH))
        job = await world.until(DownloadState.CONNECTING, DownloadState.TRANSFERRING)
        world.queue.pause(job.id)
        await world.queue.sources_changed()  # the queue is on the disk before that is full
        filler = fill(small_disk, leave_bytes)
        world.queue.resume(job.id)
        paused = await world.until(PAUSED)
        assert paused.fault is DownloadFault.NO_SPACE
        got = sum(size_of(path) for path in (small_disk / "downloads").rglob("*"))
        assert got >= min(leave_bytes, 2_000_000) * 0.5, "what fitted is kept"
        filler.unlink()
        server.asked.clear()
        world.queue.resume(job.id)
        await world.until(DONE)
        if leave_bytes == 700_000:
            assert "range" in server.asked[0].headers
        if leave_bytes == 2_600_000:
            assert server.asked == [], "it was complete"
        book = await world.books.get(world.added[0])
        assert same_bytes(small_disk / "library" / book.file, files.content)


def size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


async def test_too_little_space_is_known_before_the_first_byte(tmp_path: Path) -> None:
    files = FileServer(big_book(tmp_path, 0.5))
    limits = Limits(free_bytes=lambda _: 64 * 1024 * 1024)
    async with downloading(tmp_path, files, limits) as (world, server):
        world.add(entry_at(server.origin + PATH))
        job = await world.until(PAUSED)
        assert (job.fault, job.got_bytes) == (DownloadFault.NO_SPACE, 0)


@pytest.mark.parametrize("manner", ["fine", "short", "html", "403", "500", "401"])
async def test_no_secret_is_left_behind(
    tmp_path: Path, manner: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    files = FileServer(big_book(tmp_path, 0.1))
    files.manner = manner

    async def answer(asked: Asked) -> Says:
        return Says(200) if asked.path.endswith("/opds") else await files(asked)

    async with Loopback(answer) as server:
        root = f"{server.origin}/{KEY}/opds"
        nas = Nas(root, Credentials(AuthMethod.BASIC, "canary-user", Secret(PASSWORD)))
        async with contextlib.aclosing(nas.session), a_world(tmp_path / "profile", nas) as world:
            world.add(entry_at(f"{server.origin}/{KEY}{PATH}"))
            jobs = await world.ended()
            told = [repr(jobs), *(repr(vars(type(job))) for job in jobs)]
        assert "canary-header" in server.asked[-1].raw and KEY in server.asked[-1].raw
    told += [record.getMessage() + str(record.exc_text) for record in caplog.records]
    kept = everything_in(tmp_path / "profile")
    for secret in (KEY, PASSWORD, "canary-header"):
        assert not [text for text in told if secret in text]
        assert secret.encode() not in kept


def everything_in(folder: Path) -> bytes:
    paths = sorted(folder.rglob("*"))
    return b"\n".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in paths
    )


@asynccontextmanager
async def from_storyteller(folder: Path, server: Storyteller) -> AsyncIterator[World]:
    async with server:
        credentials = Credentials(AuthMethod.BASIC, USER, Secret(STORYTELLER_PASSWORD))
        nas = Nas(server.origin + "/opds", credentials, PLENTY)
        async with contextlib.aclosing(nas.session), a_world(folder, nas) as world:
            world.add(entry_at(server.origin + "/api/v2/books/u/files?format=ebook"))
            yield world


def files_asked(server: Storyteller) -> int:
    return sum("/files" in path for path in server.paths())


async def test_storytellers_word_for_a_file_is_checked(tmp_path: Path) -> None:
    server = Storyteller(big_book(tmp_path, 0.2))
    async with from_storyteller(tmp_path, server) as world:
        job = await world.until(DONE)
        assert job.fetched is not None and job.fetched.sha256 == server.hash
        assert files_asked(server) == 1


async def test_what_is_not_the_servers_file_is_fetched_once_more_and_never_kept(
    tmp_path: Path,
) -> None:
    """A proxy that serves another version: the book is whole, and still not the right one."""
    server = Storyteller(big_book(tmp_path, 0.2))
    server.hash = "0" * 64
    async with from_storyteller(tmp_path, server) as world:
        job = await world.until(FAILED)
        assert job.fault is DownloadFault.DAMAGED
        assert fault_text(job) == "What arrived is not the file that the server has. Try again."
        assert files_asked(server) == 2
        await asyncio.sleep(0.02)
        assert world.files() == []
        assert world.added == []
        server.hash = hashlib.sha256(server.book).hexdigest()
        world.queue.retry(job.id)
        await world.until(DONE)


async def test_a_word_that_is_no_checksum_is_no_word(tmp_path: Path) -> None:
    server = Storyteller(big_book(tmp_path, 0.2))
    server.hash = "unknown"
    async with from_storyteller(tmp_path, server) as world:
        job = await world.until(DONE)
        assert job.fetched is not None and job.fetched.sha256 == ""
