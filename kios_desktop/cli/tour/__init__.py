"""`--tour` and `--self-test`: Kios does its main job, and prints each step.

For machines without a display, and to test packaged builds.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path


def run_tour(quick: bool) -> int:
    """Run the tour. Returns 0 only if every step was verified."""
    from kios_desktop import log
    from kios_desktop.cli.tour.steps import Tour, TourFailed
    from kios_desktop.startup.event_loop import new_event_loop
    from kios_desktop.startup.launch import new_application

    # keeps Chromium's messages about a missing screen out of the output
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--log-level=3")
    folder = Path(tempfile.mkdtemp(prefix="kios-tour-"))
    qt = new_application()
    formatter = log.set_up(folder / "logs")
    try:
        with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
            runner.run(Tour(qt, folder, formatter, quick, _say).run())
    except TourFailed as e:
        _say(f"The tour stopped: {e}")
        _say(f"The log is in {folder / 'logs'}.")
        return 1
    _say("Everything works.")
    if quick:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
