"""`kios-desktop search BOOK WORDS`: finds words in a book, while Kios runs or not.

With `--json`, one object a line for each match, in reading order, as they are found. Imports no Qt
unless there is an error to explain.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kios_desktop.cli.book_file import NoSuchBook, book_file
from kios_desktop.cli.command import (
    BadArguments,
    Command,
    CommandOutcome,
    Options,
    Parser,
    paths_of,
    print_outcome,
    with_errors_as_text,
)
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.text import clean_line
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.search import BookSearch, Match
from kios_desktop.epub.search_query import SearchQuery


class SearchCommand(Command):
    """Ends with 0 also when nothing is found, with 1 for a book or pattern that can't be used."""

    def main(self, words: Sequence[str]) -> int:
        try:
            options = _parsed(words)
        except BadArguments as e:
            return print_outcome(CommandOutcome(str(e), 2))
        try:
            return print_outcome(asyncio.run(with_errors_as_text(lambda: _search(options))))
        except BrokenPipeError:  # whoever reads this has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


COMMAND = SearchCommand()


def _parsed(words: Sequence[str]) -> Options:
    """Raises BadArguments."""
    parser = Parser(prog="kios-desktop search", allow_abbrev=False, description=__doc__)
    parser.add_argument("book", metavar="BOOK", help="a file, or the SHA-256 of a library book")
    parser.add_argument("words", metavar="WORDS", help="what to search for")
    parser.add_argument("--case", action="store_true", help="match upper and lower case")
    parser.add_argument("--words", action="store_true", dest="whole", help="whole words only")
    parser.add_argument("--regex", action="store_true", help="WORDS are a regular expression")
    parser.add_argument("--json", action="store_true", help="write one object a line")
    parser.add_argument(
        "--profile", type=Path, metavar="DIR", help="the profile, when it is not the usual one"
    )
    options = parser.parse_args(list(words))
    if _query(options).is_empty:
        parser.error("WORDS are empty")
    return options


def _query(options: Options) -> SearchQuery:
    return SearchQuery(options.words, options.case, options.whole, options.regex)


async def _search(options: Options) -> CommandOutcome:
    try:
        path = await book_file(options.book, paths_of(options))
    except NoSuchBook as e:
        return CommandOutcome(f"{e}\n", 1)
    with Container.open(path) as container:
        publication = read_publication(container)
        found = BookSearch(container, publication).find(_query(options))
        places = Places(container, publication)
        if options.json:
            for matches in found:
                for match in matches:
                    link = publication.reading_order[match.spine_index]
                    _write(json.dumps(_described(match, link.href, places), ensure_ascii=True))
        else:
            _write_chapters(found, places, options.words)
    return CommandOutcome()


def _described(match: Match, href: str, places: Places) -> dict[str, object]:
    place = Place(match.spine_index, match.start)
    return {
        "href": href,
        "chapter": places.chapter(place).title,
        "cfi": places.cfi(place),
        "spine_index": match.spine_index,
        "ordinal": match.start,
        "before": match.before,
        "match": match.text,
        "after": match.after,
    }


def _write_chapters(found: Iterator[list[Match]], places: Places, words: str) -> None:
    """Write the matches below their chapters; a chapter when all of it is searched."""
    lines: list[str] = []
    here: Chapter | None = None
    results = chapters = 0
    for match in (match for matches in found for match in matches):
        chapter = places.chapter(Place(match.spine_index, match.start))
        if here is not None and chapter != here:
            _write_chapter(here, lines)
            lines = []
        chapters += chapter != here
        here, results = chapter, results + 1
        lines.append(clean_line(f"{match.before}[{match.text}]{match.after}"))
    if here is None:
        _write(f"“{clean_line(words)}” isn’t in this book.")
    else:
        _write_chapter(here, lines)
        _write(f"{_counted(results, 'result')} in {_counted(chapters, 'chapter')}")


def _write_chapter(chapter: Chapter, lines: Sequence[str]) -> None:
    _write(f"{clean_line(chapter.title)} ({len(lines)})")
    for line in lines:
        _write(f"  {line}")
    _write("")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
