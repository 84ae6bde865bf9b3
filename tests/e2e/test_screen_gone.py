"""The X server dies under Kios, as at the end of some sessions: Kios ends, in a sentence."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.e2e.processes import ROOT, Processes, titles

pytestmark = [pytest.mark.gui, pytest.mark.slow]

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
    guide = ROOT / "resources" / "guide.epub"
    processes = Processes()
    kios = processes.begin(tmp_path / "p", guide, QT_QPA_PLATFORM="xcb", DISPLAY=name)
    try:
        async with asyncio.timeout(START_S):
            while not await asyncio.to_thread(titles, profile_paths(tmp_path / "p").database):
                await asyncio.sleep(0.2)
            await _at_rest(kios.pid)  # in the midst of a request Xlib itself ends the process
        server.kill()
        _, said = await asyncio.to_thread(kios.communicate, timeout=START_S)
    finally:
        processes.end()
    assert kios.returncode == 1
    assert "Kios ended: the screen is gone. Your places are kept." in said
    assert "Traceback" not in said


async def _at_rest(pid: int) -> None:
    """Until the process has hardly used the processor for one and a half seconds."""
    quiet, before = 0, _cpu_s(pid)
    while quiet < 3:
        await asyncio.sleep(0.5)
        now = _cpu_s(pid)
        quiet = quiet + 1 if now - before <= 0.03 else 0
        before = now


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
