"""`--tour` and `--self-test`: the main job from end to end, told line by line.

For machines without a display, and for packaged builds to prove that they work.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path


def run_tour(quick: bool) -> int:
    """Returns 0 only when every step was seen to happen."""
    from kios_desktop import log
    from kios_desktop.cli.tour.steps import Tour, TourFailed
    from kios_desktop.startup.event_loop import new_event_loop
    from kios_desktop.startup.launch import new_application

    # the tour is read line by line; Chromium's remarks about a machine without a screen are not
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
