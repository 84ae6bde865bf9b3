"""Chapters nobody should write: every place leads back to itself, in all notations."""

from collections.abc import Iterator

import pytest

from kios_desktop.domain.locator import Place
from kios_desktop.epub import xpointer
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Flaw
from tests.books import BookDraft
from tests.effort import size
from tests.unit.epub.odd_chapters import ODD_CHAPTERS

NAMES = list(ODD_CHAPTERS)
REWRITTEN = ("fences", "drawing")  # KOReader comes only close to what is in formulas and drawings
HREF = "EPUB/chapter{:04}.xhtml"


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    draft = BookDraft(chapters=[""] * len(NAMES))
    draft.files = {HREF.format(n): data for n, data in enumerate(ODD_CHAPTERS.values(), 1)}
    with Container.open(draft.write(tmp_path_factory.mktemp("odd") / "odd.epub")) as opened:
        yield opened


@pytest.fixture(scope="module")
def places(container: Container) -> Places:
    return Places(container, read_publication(container))


def spots(model: ContentModel, spine_index: int) -> list[Place]:
    step = max(1, model.total // size(100))
    return [Place(spine_index, ordinal) for ordinal in range(0, model.total + 1, step)]


@pytest.fixture
def model(container: Container, name: str) -> ContentModel:
    found = ContentModels(container, read_publication(container)).at(NAMES.index(name))
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_cfi_and_locator_lead_back(places: Places, model: ContentModel, name: str) -> None:
    for place in spots(model, NAMES.index(name)):
        assert places.from_cfi(places.cfi(place)).place == place
        assert places.from_locator(places.readium_locator(place)).place == place


@pytest.mark.parametrize("name", NAMES)
def test_kobo_span_leads_back_to_its_segment(
    places: Places, model: ContentModel, name: str
) -> None:
    spine_index = NAMES.index(name)
    for place in spots(model, spine_index):
        span = places.kobo_span(place)
        assert bool(span) == bool(model.segments.all)
        again = places.from_kobo_span(span, HREF.format(spine_index + 1)).place
        assert again is not None
        assert places.kobo_span(again) == span


@pytest.mark.parametrize("name", NAMES)
def test_xpointer_resolves_and_never_leads_further(
    places: Places, model: ContentModel, name: str
) -> None:
    spine_index = NAMES.index(name)
    sound = not model.tree.flaws & ~Flaw.REFERENCES and name not in REWRITTEN
    for place in spots(model, spine_index):
        written = places.xpointer(place)
        pointer = xpointer.parse(written)
        assert pointer is not None
        assert pointer.fragment == spine_index + 1
        back = places.from_xpointer(written).place
        assert back is not None
        assert back <= place
        if sound and pointer.steps and pointer.steps[-1].name == "text()":
            assert back == place
