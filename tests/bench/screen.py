"""A virtual X screen whose pixels can be watched without asking the X server."""

import contextlib
import mmap
import os
import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 1280, 900
INK = 800  # dark pixels of a page of text, or of a library
STILL_S = 0.25  # unchanged for so long means: painted
_DARK = bytes(range(0x60))


@dataclass
class Screen:
    """One Xvfb. `display` goes into DISPLAY."""

    display: str
    pixels: mmap.mmap
    offset: int
    stride: int

    def dark(self) -> int:
        """How much ink there is in the middle of the screen."""
        ink = 0
        for y in range(HEIGHT // 5, HEIGHT * 4 // 5, 3):
            start = self.offset + y * self.stride + WIDTH // 20 * 4
            row = self.pixels[start : start + WIDTH * 9 // 10 * 4]
            colours = row[0::4]
            ink += len(colours) - len(colours.translate(None, _DARK))
        return ink

    def crc(self) -> int:
        start = self.offset + 40 * self.stride
        return zlib.crc32(self.pixels[start : self.offset + (HEIGHT - 40) * self.stride : 3])

    def painted(self, since: float, ink: int = INK, timeout_s: float = 40) -> float:
        """Seconds from `since` until something with that much ink stood still."""
        deadline = time.perf_counter() + timeout_s
        last, stood = self.crc(), time.perf_counter()
        while time.perf_counter() < deadline:
            time.sleep(0.004)
            now, at = self.crc(), time.perf_counter()
            if now != last:
                last, stood = now, at
            elif at - stood >= STILL_S and self.dark() >= ink and self.crc() == last:
                return stood - since  # looked at twice: the first ink may come in between
        raise TimeoutError("nothing stood still on the screen")


@contextlib.contextmanager
def virtual_screen() -> Iterator[Screen]:
    """Start Xvfb with its framebuffer in a file."""
    with tempfile.TemporaryDirectory() as folder:
        read, write = os.pipe()
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
             "-fbdir", folder, "-wr", "-nolisten", "tcp"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        try:
            number = os.read(read, 16).decode().strip()
            path = Path(folder) / "Xvfb_screen0"
            with path.open("rb") as file:
                pixels = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            header, stride, colours = (
                struct.unpack_from(">I", pixels, at)[0] for at in (0, 48, 76)
            )
            yield Screen(f":{number}", pixels, header + colours * 12, stride)
        finally:
            process.terminate()
            process.wait()
