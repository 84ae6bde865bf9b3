"""The test's end of a driven app: starts the process, sends commands, reads answers."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Reader:
    """One running app. `places` are all that came on its screen."""

    def __init__(self, process: asyncio.subprocess.Process, complaints: Path) -> None:
        self._process, self._complaints = process, complaints
        self.places: list[tuple[int, int]] = []

    @classmethod
    async def start(cls, profile: Path, **options: str) -> "Reader":
        """`options` are those of `tests.e2e.driven`."""
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        if os.geteuid() == 0:
            env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        complaints = profile.with_name(profile.name + ".stderr")
        with complaints.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-X", "faulthandler", "-m", "tests.e2e.driven",
                "--profile", str(profile), *words,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=stderr,
                env=env, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        reader = cls(process, complaints)
        await reader._line(timeout_s=40)
        return reader

    async def do(self, *command: object) -> dict[str, Any]:
        """Send a command and return its answer."""
        self.send(*command)
        answer = await self._line()
        assert answer["ok"], f"{command}: {answer.get('error')}"
        return answer

    def send(self, *command: object) -> None:
        """Send a command without waiting for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def answered(self) -> dict[str, Any]:
        """The answer to what was sent."""
        return await self._line()

    def cpu_s(self) -> float:
        """Processor time the app itself has used so far. Linux only."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    async def places_for(self, seconds: float) -> None:
        """Listen for a while, to commands that never end."""
        try:
            async with asyncio.timeout(seconds):
                await self._line(timeout_s=seconds + 1)
        except TimeoutError:
            return

    async def _line(self, timeout_s: float = 30) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(timeout_s):
            while True:
                line = await self._process.stdout.readline()
                assert line, f"the app ended: {self._complaints.read_text()[-3000:]}"
                told: dict[str, Any] = json.loads(line)
                if "place" in told:
                    self.places.append((told["place"][0], told["place"][1]))
                else:
                    return told

    async def drain(self) -> None:
        """Take in what was told before the end of the process."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line) if line.endswith(b"\n") else {}
            if "place" in told:
                self.places.append((told["place"][0], told["place"][1]))

    async def quit(self) -> None:
        self.send("quit")
        async with asyncio.timeout(15):
            await self.drain()
            await self._process.wait()

    async def ended(self, within_s: float = 15) -> int:
        """The exit status of an app that was asked to end in another way than `quit`."""
        async with asyncio.timeout(within_s):
            await self.drain()
            return await self._process.wait()

    def signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    @property
    def complaints(self) -> str:
        """What the app wrote to its standard error."""
        return self._complaints.read_text(errors="replace")

    async def leave(self) -> None:
        """As if this end had died."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def kill(self) -> None:
        """As `kill -9` does, with all its children."""
        os.killpg(self._process.pid, 9)
        await self.drain()
        await self._process.wait()
