"""The third-party books beside the project: they open, they are served whole, positions agree."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ebooklib import epub
from lxml import etree

from kios_desktop.domain.errors import Damage, Unreadable
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import encoding, xhtml_writer
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.serving import Serving
from kios_desktop.epub.source_tree import SourceTree
from tests.corpus import book, book_names, corpus, truth
from tests.effort import few

pytestmark = pytest.mark.corpus
NAMES = book_names() or ["absent"]
NO_CHAPTERS = "w3c-pub-foreign_bad-fallback"
OTHERS = ("se-alice", "idpf-moby-dick", "idpf-georgia-cfi")
BODY = "{http://www.w3.org/1999/xhtml}body"


@contextmanager
def opened(name: str) -> Iterator[tuple[Container, Publication]]:
    with Container.open(book(name)) as container:
        yield container, read_publication(container)


def test_there_is_a_corpus() -> None:
    assert (corpus() / "books").is_dir()
    assert len(book_names()) == 43


@pytest.mark.parametrize("name", NAMES)
def test_book_opens_or_says_why_not(name: str) -> None:
    if name == NO_CHAPTERS:
        with pytest.raises(Unreadable) as raised, opened(name):
            pass
        assert raised.value.damage is Damage.NO_CHAPTERS
        return
    with opened(name) as (container, publication):
        assert publication.metadata.title
        assert any(link.exists for link in publication.reading_order)
        assert publication.toc or name == "torture"
        cover = publication.cover_href
        assert not cover or container.size(cover) > 0


@pytest.mark.parametrize("name", few([n for n in NAMES if n != NO_CHAPTERS], 8))
def test_chapters_are_served_as_xml_with_their_characters(name: str) -> None:
    with opened(name) as (container, publication):
        serving = Serving(container, publication)
        for link in publication.reading_order[::7][:12]:
            served = serving.resource(link.href)
            if served.stand_in is not None:
                continue
            body = etree.fromstring(served.body).find(BODY)
            assert body is not None, link.href
            if link.media_type not in ("application/xhtml+xml", "image/svg+xml"):
                continue
            for inserted in body.findall(f".//*[@{xhtml_writer.INSERTED}]"):
                inserted.text = ""
            tree = SourceTree(encoding.decode(container.read(link.href)))
            expected = "".join(tree.characters(text) for text in tree.texts)
            shown = "".join(str(text) for text in body.itertext("*"))
            assert re.sub(r"[ \t\r\n]+", "", shown) == re.sub(r"[ \t\r\n]+", "", expected), (
                link.href
            )


@pytest.mark.parametrize("name", few([n for n in NAMES if truth("xpointer", n)], 6))
def test_xpointers_of_the_engine_are_understood(name: str) -> None:
    with opened(name) as (container, publication):
        places = Places(container, publication)
        for record in truth("xpointer", name)[::5]:
            place = Place(record["spine_index"], record["nonspace_before"])
            found = places.from_xpointer(record["xpointer"])
            assert found.place == place, record
            written = places.xpointer(place)
            again = places.from_xpointer(written)
            assert again.precision in (Precision.EXACT, Precision.ITEM), written


@pytest.mark.parametrize("name", few([n for n in NAMES if truth("cfi", n)], 6))
def test_cfis_are_the_independent_ones(name: str) -> None:
    with opened(name) as (container, publication):
        places = Places(container, publication)
        for record in truth("cfi", name)[::3]:
            found = places.from_cfi(record["cfi"])
            assert found.place is not None
            assert found.place.ordinal == record["nonspace_before"]
            assert places.cfi(found.place) == record["cfi"]


@pytest.mark.parametrize("name", few([n for n in NAMES if truth("kobospan", n)], 6))
def test_kobo_spans_are_kepubifys(name: str) -> None:
    with opened(name) as (container, publication):
        places = Places(container, publication)
        for record in truth("kobospan", name)[::3]:
            value, href = record["kobo_span"], record["href"]
            found = places.from_kobo_span(value, href)
            outside = places.outside(value, href)
            ordinal = found.place.ordinal if found.place else outside.ordinal if outside else None
            assert ordinal == record["nonspace_before"], record


@pytest.mark.parametrize("name", OTHERS)
def test_other_reader_sees_the_same_book(name: str) -> None:
    with opened(name) as (_, publication):
        other = epub.read_epub(str(book(name)))
        titles = [value for value, _ in other.get_metadata("DC", "title")]
        assert publication.metadata.title.partition(":")[0] in {t.partition(":")[0] for t in titles}
        ids = [identity for identity, _ in other.spine]
        assert [link.id for link in publication.reading_order] == ids
        folder = publication.package_href.rpartition("/")[0]
        hrefs = [f"{folder}/{other.get_item_with_id(i).file_name}" for i in ids]
        assert [link.href for link in publication.reading_order] == hrefs
