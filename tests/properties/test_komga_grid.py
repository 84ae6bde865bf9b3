"""Komga keeps a place as a byte of a file, to 1 KiB: what is pushed comes back as it was pushed.

Only the progression and the number of the position are read here, as from Komga's own reader: with
the words around a place in the locator, it is exact.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.grid import Grid
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.resources import ContentModels
from tests.corpus import book, book_names
from tests.effort import some_long
from tests.fakes.komga import float32, grid_of, shortest

TELLING = (
    "idpf-kusamakura-japanese-vertical-writing",  # three bytes a character
    "idpf-haruko-ahl",
    "idpf-page-blanche-bitmaps-in-spine",
    "se-alice",
    "torture",
    "w3c-pkg-spine-duplicate-item-hyperlink",
    "w3c-pub-foreign_json-spine",
)


@contextmanager
def read(path: Path) -> Iterator[tuple[Container, Publication]]:
    """A book; one that can't be read has no places."""
    with Container.open(path) as container:
        try:
            publication = read_publication(container)
        except PublicationError as error:
            pytest.skip(str(error))
        yield container, publication


def pushed(places: Places, place: Place) -> dict[str, Any]:
    """What is left of a locator of ours, were all of it but the position forgotten."""
    document: Any = places.komga_locator(place)
    locations = {key: document["locations"][key] for key in ("progression", "position")}
    return {"href": document["href"], "type": document["type"], "locations": locations}


def check(path: Path) -> int:
    """How many positions of the server's were tried."""
    with read(path) as (container, publication):
        places, grid = Places(container, publication), grid_of(path)
        for number, position in enumerate(grid, 1):
            locations = {"progression": shortest(position.progression), "position": number}
            stored = {"href": position.encoded, "locations": locations}
            found = places.from_locator(stored).place
            assert found is not None
            again = pushed(places, found)
            sent = grid[again["locations"]["position"] - 1]
            assert again["href"] == sent.encoded == position.encoded
            assert again["locations"]["progression"] == sent.progression
            # the same slice of the file, or the next one in which a character begins
            at_end = found.ordinal == places.locator(found).ordinal_total
            assert sent.progression >= position.progression or at_end
            back = places.from_locator(again).place
            assert back is not None
            assert pushed(places, back) == again, "push, then pull, then push"
            if sent == position:  # with what is in a slice, the slice is where one stays
                assert back == found
        return len(grid)


@pytest.mark.parametrize(
    "name",
    some_long([name for name in TELLING if name in book_names()], quick=set(TELLING) - {"torture"}),
)
def test_push_then_pull_is_the_identity_to_the_grid(name: str) -> None:
    assert check(book(name))


@pytest.mark.long
@pytest.mark.parametrize("name", book_names())
def test_every_position_of_every_book_is_one_place_and_leads_back_to_it(name: str) -> None:
    """The rule alone, at all positions: the conversions around it take their time."""
    with read(book(name)) as (container, publication):
        models = ContentModels(container, publication)
        order = publication.reading_order
        grid = Grid([models.file_bytes(n) if x.exists else None for n, x in enumerate(order)])
        for number in range(1, grid.total + 1):
            spine_index, progression = grid.find(number)
            model = models.at(spine_index)
            if model is None:
                continue
            source = model.source_bytes
            byte = grid.byte(spine_index, shortest(float32(progression)), source.size)
            ordinal = source.ordinal(byte)
            point = grid.at_byte(spine_index, source.of(ordinal), source.size)
            assert point.position >= number or ordinal == model.total
            again = grid.byte(spine_index, shortest(point.progression), source.size)
            back = source.of(source.ordinal(again))
            assert grid.at_byte(spine_index, back, source.size) == point
