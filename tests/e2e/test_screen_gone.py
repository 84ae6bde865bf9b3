"""The X server dies under Kios, as it does at the end of some sessions: Kios ends, in a sentence."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gui.test_single_instance import titles

pytestmark = [pytest.mark.gui, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
START_S = 30


@pytest.fixture
def screen() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An X server of our own, and the name of its display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb to take away")
    told, tells = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1200x900x24"],
        pass_fds=[tells],
        stderr=subprocess.DEVNULL,
    )
    os.close(tells)
    with os.fdopen(told) as number:
        name = f":{number.readline().strip()}"
    yield name, server
    server.kill()
    server.wait()


async def test_kios_ends_when_the_screen_is_gone(
    screen: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    name, server = screen
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": name}
    if os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    guide = ROOT / "resources" / "guide.epub"
    kios = subprocess.Popen(
        [sys.executable, "-m", "kios_desktop", "--profile", str(tmp_path / "p"), str(guide)],
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START_S):
            while not await asyncio.to_thread(titles, tmp_path / "p" / "data" / "kios.sqlite3"):
                await asyncio.sleep(0.2)
        await asyncio.sleep(1)
        server.kill()
        _, said = await asyncio.to_thread(kios.communicate, timeout=START_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kios.pid, signal.SIGKILL)
    assert kios.returncode == 1
    assert b"Kios ended: the screen is gone. Your places are kept." in said
    assert b"Traceback" not in said
