"""What it costs to serve a chapter, beside what parsing it costs in any case."""

import time
from collections.abc import Callable

from lxml import etree

from kios_desktop.epub import repair
from tests.books import page

MOST = (
    20  # times a parser's time: 5 now; a pattern that looks at every character alone takes as much
)


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, in the best of a few runs."""
    times = []
    for _ in range(4):
        since = time.process_time()
        work()
        times.append(time.process_time() - since)
    return min(times)


def test_looking_through_a_long_chapter_takes_little_longer_than_parsing_it() -> None:
    words = "of war and peace, and of an army before the river at dawn; " * 10
    chapter = page(f"<p class='style'>{words}</p>" * 2000).encode()
    served = seconds(lambda: repair.content_document(chapter))
    assert served < MOST * seconds(lambda: etree.fromstring(chapter))
