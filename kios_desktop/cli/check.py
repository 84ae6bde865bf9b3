"""`kios-desktop check BOOK…`: opens books, turns all their pages, and tells what can't be seen."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kios_desktop.cli.command import Command


def check_main(words: Sequence[str]) -> int:
    """Run the command. Returns 0 only if nothing of any book is lost."""
    parser = argparse.ArgumentParser(prog="kios-desktop check", description=__doc__)
    parser.add_argument("books", nargs="+", type=Path, metavar="BOOK.epub")
    parser.add_argument("--layouts", default="pages,two,scroll,large")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--chapters", action="store_true")
    parser.add_argument("--profile", help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--log-level=3")
    from kios_desktop.cli.checking import Checking
    from kios_desktop.startup.event_loop import new_event_loop
    from kios_desktop.startup.launch import new_application

    qt = new_application()
    checking = Checking(qt, options.layouts.split(","), options.chapters, sys.stdout)
    with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
        status = runner.run(checking.run(options.books))
    if options.json is not None:
        options.json.write_bytes(checking.as_json())
    return status


class CheckCommand(Command):
    """Checks books; needs the books only, no library."""

    def main(self, words: Sequence[str]) -> int:
        return check_main(words)


COMMAND = CheckCommand()
