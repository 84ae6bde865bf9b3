"""Passage → range → passage, and passage → text → passage, over the corpus."""

import random
from contextlib import closing

import pytest
from msgspec.structs import replace

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Passage
from kios_desktop.epub.comparable import bare
from tests import corpus
from tests.effort import few, size


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", few(corpus.book_names(), 8))
def test_a_passage_comes_back_by_its_range_by_its_text_and_by_its_places(name: str) -> None:
    rng = random.Random(name)
    try:
        opened = open_publication(corpus.book(name), None)
    except PublicationError as e:
        pytest.skip(str(e))
    with closing(opened):
        totals = opened.places.measure()
        readable = [i for i, total in enumerate(totals) if total > 2]
        passages = opened.places.passages
        for _ in range(size(400)):
            spine = rng.choice(readable)
            start = rng.randrange(totals[spine] - 1)
            end = min(totals[spine], start + rng.choice((1, 2, 7, 40, 300, 3000)))
            where = Passage(Place(spine, start), Place(spine, end))
            anchor = passages.anchor(where, "x")
            assert passages.find(replace(anchor, passage=None)) == where, "by its range"
            assert passages.find(replace(anchor, cfi="")) == where, "by its places"
            found = passages.find(
                replace(anchor, cfi="", passage=Passage(where.start, where.start))
            )
            assert found is not None
            same = passages.anchor(found, "x").quote
            assert bare(same.exact) == bare(anchor.quote.exact), "by its text"
