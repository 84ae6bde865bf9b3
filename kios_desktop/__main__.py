"""`kios-desktop`: reads the command line and starts what it asks for."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kios_desktop import __version__
from kios_desktop.cli import command_in, run_command
from kios_desktop.startup.plain_imports import use_plain_imports


def main(argv: Sequence[str] | None = None) -> int:
    """Start Kios. Returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    make_streams_safe()
    at = command_in(words)
    if at is not None:
        return run_command(words, at)
    options = parse(words)
    use_plain_imports()
    if options.tour or options.self_test:
        from kios_desktop.cli.tour import run_tour

        return run_tour(quick=options.self_test)
    from kios_desktop.startup.launch import run

    return run(options.books, options.profile)


def make_streams_safe() -> None:
    """Make it safe to write to standard output and error, whatever they are.

    A program without a console has none on Windows, nor has one whose starter closed them; and a
    terminal that can't show a sign is no reason to end.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nothing)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="kios-desktop",
        allow_abbrev=False,  # or a shortened option would hide the command behind it
        description="An EPUB reader that keeps your place in step with your own library server.",
        epilog="`kios-desktop check BOOK…` turns every page of books and tells what can’t be seen; "
        "`kios-desktop positions BOOK.epub` converts places; `kios-desktop search BOOK WORDS` "
        "finds words; `kios-desktop marks export BOOK` and `kios-desktop marks import FILE --book "
        "BOOK` carry marks; `kios-desktop library backup FILE` keeps everything; see the README. "
        "A book that is called like a command is `./positions`.",
    )
    parser.add_argument("books", nargs="*", type=Path, metavar="BOOK", help="EPUB files to open")
    parser.add_argument(
        "--profile", type=Path, metavar="DIR", help="keep everything in DIR, apart from other uses"
    )
    parser.add_argument(
        "--tour", action="store_true", help="show, step by step, that everything works; then quit"
    )
    parser.add_argument("--self-test", action="store_true", help="the tour in ten seconds")
    parser.add_argument("--version", action="version", version=f"Kios Desktop {__version__}")
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main())
