"""One Kios per profile: a second start hands its books over; a kill leaves nothing that stays."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.paths import profile_paths
from kios_desktop.ui.single_instance import SingleInstance
from tests.gui.waiting import until

pytestmark = [pytest.mark.gui, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
START_S = 20


def start(profile: Path, *books: Path) -> subprocess.Popen[bytes]:
    """A whole Kios of its own, off screen."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    command = [sys.executable, "-m", "kios_desktop", "--profile", str(profile), *map(str, books)]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


async def test_a_second_start_hands_its_book_to_the_first_and_ends(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    first = SingleInstance(paths.lock)
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    assert first.take()
    first.attend()
    second = start(tmp_path / "profile", tmp_path / "a book.epub")
    status = await asyncio.to_thread(second.wait, START_S)
    assert status == 0
    assert asked == [[tmp_path / "a book.epub"]]
    third = start(tmp_path / "profile")
    assert await asyncio.to_thread(third.wait, START_S) == 0
    assert asked[1:] == [[]], "without a book it only raises the first"
    first.release()


async def test_the_lock_of_a_killed_kios_is_taken_over(qapp: QApplication, tmp_path: Path) -> None:
    paths = profile_paths(tmp_path / "profile")
    killed = start(tmp_path / "profile")
    await until(paths.database.exists, START_S)
    assert not SingleInstance(paths.lock).take()
    killed.kill()
    await asyncio.to_thread(killed.wait, START_S)
    assert paths.lock.exists(), "a kill leaves the lock behind"
    after = SingleInstance(paths.lock)
    asked: list[list[Path]] = []
    after.asked.connect(asked.append)
    assert after.take()
    after.attend()
    second = start(tmp_path / "profile", tmp_path / "b.epub")
    assert await asyncio.to_thread(second.wait, START_S) == 0
    assert asked == [[tmp_path / "b.epub"]]
    after.release()


async def test_books_handed_over_while_kios_starts_are_opened_then(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    first = SingleInstance(paths.lock)
    assert first.take()
    second = start(tmp_path / "profile", tmp_path / "early.epub")
    assert await asyncio.to_thread(second.wait, START_S) == 0
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    first.attend()
    assert asked == [[tmp_path / "early.epub"]]
    first.release()


async def test_who_starts_kios_while_it_quits_waits_and_takes_over(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    first = SingleInstance(paths.lock)
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    assert first.take()
    first.attend()
    first.leave()
    second = start(tmp_path / "profile")
    await asyncio.sleep(2)
    assert second.poll() is None
    first.release()
    await until(paths.database.exists, START_S)
    assert asked == []
    second.kill()
    await asyncio.to_thread(second.wait, START_S)


@pytest.mark.skipif(sys.platform != "linux", reason="a folder nobody may write to, even root")
def test_a_disk_that_refuses_the_lock_is_not_taken_for_another_kios(
    qapp: QApplication, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match=r"."):
        SingleInstance(Path("/proc/kios.lock")).take()
