"""The text of a book reaches a screen reader, whichever starts first: it or the web engine."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gui.xvfb.spoken_tree import is_possible
from tests.gui.xvfb.x import ROOT

pytestmark = [
    pytest.mark.gui,
    pytest.mark.xvfb,
    pytest.mark.skipif(not is_possible(), reason="needs busctl and the AT-SPI bus"),
]


@pytest.mark.parametrize("way", ["library", "file"])
def test_a_screen_reader_gets_the_text(tmp_path: Path, way: str) -> None:
    session = ("dbus-run-session", "--", sys.executable, "-m", "tests.gui.xvfb.spoken_book")
    done = subprocess.run(
        [*session, way, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=80
    )
    assert done.stdout.split()[-1:] == ["spoken"], done.stderr[-2000:]
