"""Programs to be timed, and the memory of a process and all it started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


@contextlib.contextmanager
def started(command: Sequence[object], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is gone, with all its children, at the end."""
    process = subprocess.Popen(
        [str(word) for word in command],
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, kind)
            try:
                process.wait(3)
                break
            except subprocess.TimeoutExpired:
                continue
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.3)


def tree_rss_mb(root: int) -> float:
    """RSS of a process and its descendants, summed, in MB. Shared pages count more than once."""
    parents: dict[int, int] = {}
    rss: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (folder / "status").read_text().splitlines()
            values = dict(line.split(":", 1) for line in lines if ":" in line)
            parents[int(folder.name)] = int(values["PPid"])
            rss[int(folder.name)] = int(values.get("VmRSS", "0 kB").split()[0])
    total = 0
    for pid in rss:
        at = pid
        while at and at != root:
            at = parents.get(at, 0)
        if at == root:
            total += rss[pid]
    return total / 1024
