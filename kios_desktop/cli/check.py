"""`kios-desktop check BOOK…`: turns every page of books, and tells what of them can't be seen.

The books are opened as the reader opens them, off screen, in several layouts; no library is needed.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kios_desktop.cli.command import Command
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.walk.layouts import LAYOUTS

if TYPE_CHECKING:  # needs Qt
    from kios_desktop.ui.walk.report import BookReport


class CheckCommand(Command):
    """Checks books; the exit status is 0 only if all of every book can be seen."""

    def main(self, words: Sequence[str]) -> int:
        options = _parsed(words)
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # keeps Chromium's messages about a missing screen out of the output
        os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--log-level=3")
        from kios_desktop.startup.event_loop import new_event_loop
        from kios_desktop.startup.launch import chromium_refuses, new_application

        qt = new_application()
        if chromium_refuses():
            sys.stderr.write(tr("Kios can’t run as root. Start it as an ordinary user.") + "\n")
            return 1
        with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
            reports = runner.run(_check(options))
        if options.json is not None:
            from kios_desktop.ui.walk.report import as_json

            options.json.write_bytes(as_json(reports))
        return int(not all(report.is_whole for report in reports))


COMMAND = CheckCommand()


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="kios-desktop check",
        description="Turns every page of books, and tells what of them can’t be seen.",
    )
    parser.add_argument("books", nargs="+", type=Path, metavar="BOOK", help="EPUB files")
    parser.add_argument(
        "--layouts",
        type=_layouts,
        default=list(LAYOUTS),
        metavar="NAME,…",
        help=f"of {', '.join(LAYOUTS)}; all if not given",
    )
    parser.add_argument("--chapters", action="store_true", help="tell about every chapter")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures too")
    parser.add_argument("--profile", help=argparse.SUPPRESS)  # accepted, and without effect
    options = parser.parse_args(words)
    if options.json is not None and not options.json.absolute().parent.is_dir():
        parser.error(f"there is no folder {options.json.parent}")
    return options


def _layouts(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in LAYOUTS]:
        raise argparse.ArgumentTypeError(f"there is no layout {', '.join(unknown)}")
    return names


async def _check(options: argparse.Namespace) -> "list[BookReport]":
    from PySide6.QtWidgets import QApplication

    from kios_desktop.paths import resources
    from kios_desktop.ui.reader.engine.page import BookProfile
    from kios_desktop.ui.walk.check import check
    from kios_desktop.ui.walk.probe import probe_script
    from kios_desktop.ui.walk.sentences import sentences

    profile = BookProfile(resources() / "reader", QApplication.instance())
    layouts = [LAYOUTS[name] for name in options.layouts]
    script = probe_script(resources())
    reports = []
    try:
        for book in options.books:
            report = await check(profile, book, layouts, script)
            reports.append(report)
            for line in sentences(report, options.chapters):
                sys.stdout.write(line + "\n")
            sys.stdout.flush()
    finally:
        profile.close()
    return reports
