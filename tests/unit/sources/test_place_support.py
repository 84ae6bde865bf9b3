"""A source that took a place keeps places, whatever one odd answer says."""

from collections.abc import Sequence

import pytest

from kios_desktop.domain.errors import Lacks, Malformed, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.protocols.kobo.state_body import StateOutcome, decode_answer
from kios_desktop.sources.place_support import ObservedRemote, PlaceSupport
from tests.fakes.places import at
from tests.fakes.sync import FakeNotebook

BOOK = BookId(1)
HERE = Sent(at(3000), "x", 0.3)


class Moody:
    """Takes a place as long as it is in the mood."""

    takes = True

    async def prepare(
        self, _book: BookId, _there: Locator, _received: Report | None, _sent: Sent | None
    ) -> Sent:
        return HERE

    async def pull(self, _book: BookId, _mine: Sequence[Sent]) -> Report | Sent | None:
        return None

    async def push(self, _book: BookId, prepared: Sent) -> Sent:
        if not self.takes:
            raise Unsupported("no places", Lacks.PLACES)
        return prepared


@pytest.mark.parametrize("took_before", [True, False])
async def test_only_a_source_that_never_took_a_place_is_noted(took_before: bool) -> None:
    moody, keeping = Moody(), PlaceSupport(FakeNotebook())
    watched = ObservedRemote(moody, "s", keeping)
    if took_before:
        await watched.push(BOOK, HERE)
    moody.takes = False
    with pytest.raises(Unsupported):
        await watched.push(BOOK, HERE)
    assert await keeping.keeps_none("s") is not took_before


def test_an_answer_about_something_else_says_nothing_of_the_book() -> None:
    assert decode_answer({}).outcome is StateOutcome.UNKNOWN
    with pytest.raises(Malformed):
        decode_answer({"error": "busy"})
