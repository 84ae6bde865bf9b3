"""Reads Web Annotations: our own, those of Thorium (an AnnotationSet), and other ones about EPUBs.

Source: W3C Web Annotation Data Model; edrlab/thorium-reader src/common/readium/annotation. What
they allow and Kios has no use for is passed over: creators, tags, languages, further targets.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.loose import time_of
from kios_desktop.domain.mark_colours import nearest_colour
from kios_desktop.domain.marks import (
    LONGEST_NOTE,
    Anchor,
    Mark,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
)
from kios_desktop.domain.text import LINE, clean_line
from kios_desktop.exchange.candidates import (
    MarkCandidate,
    MarksOfBook,
    identity_of,
    lines_in,
    text_in,
)
from kios_desktop.exchange.web_annotations import CFI, PART_OF

_TYPES: Final = frozenset({"AnnotationCollection", "AnnotationPage", "AnnotationSet", "Annotation"})
_MOST_PAGES = 10_000  # in one file
_MOST_REFINEMENTS = 8
_LINES = ("underline", "strikethrough")
_LARGEST = 2**31  # of an index or an ordinal


def is_web_annotation(document: object) -> bool:
    one = _first(document)
    return isinstance(one, Mapping) and not _TYPES.isdisjoint(_words(one.get("type")))


def read(document: object, now: datetime) -> tuple[MarksOfBook, ...]:
    """One for each book that the items name, else one; `now` is the time of what has none."""
    of_all = _described(_about(document))
    found: dict[MarksOfBook, list[MarkCandidate]] = {}
    not_understood = 0
    for item in _items(document):
        candidate = _candidate(item, now) if isinstance(item, Mapping) else None
        if candidate is None or not isinstance(item, Mapping):
            not_understood += 1
            continue
        source = _source(_target(item))
        book = _described(source[PART_OF]) if PART_OF in source else of_all
        found.setdefault(book, []).append(candidate)
    books = [replace(book, candidates=tuple(some)) for book, some in found.items()] or [of_all]
    return replace(books[0], not_understood=not_understood), *books[1:]


def _about(document: object) -> object:
    if not isinstance(document, Mapping):
        return None
    return document.get("kios:about", document.get("about"))


def _described(about: object) -> MarksOfBook:
    """A book without its marks."""
    told: Mapping[str, object] = about if isinstance(about, Mapping) else {}
    return MarksOfBook(
        clean_line(text_in(told.get("dc:title"))),
        (),
        authors=lines_in(told.get("dc:creator")),
        identifiers=lines_in(told.get("dc:identifier")),
        sha256=text_in(told.get("kios:sha256"), LINE),
    )


def _items(document: object) -> Iterator[object]:
    if isinstance(document, list):
        yield from document
    elif isinstance(document, Mapping):
        if "Annotation" in _words(document.get("type")):
            yield document
            return
        page: object = document if "items" in document else document.get("first")
        for _ in range(_MOST_PAGES):
            if not isinstance(page, Mapping):
                return
            items = page.get("items")
            yield from items if isinstance(items, list) else []
            page = page.get("next")


def _target(item: Mapping[str, object]) -> Mapping[str, object]:
    """The first one of an annotation."""
    target = _first(item.get("target"))
    return target if isinstance(target, Mapping) else {"source": target}


def _source(target: Mapping[str, object]) -> Mapping[str, object]:
    """What a target is in: a document, by its path alone or with more about it."""
    source = _first(target.get("source"))
    return source if isinstance(source, Mapping) else {"id": source}


def _candidate(item: Mapping[str, object], now: datetime) -> MarkCandidate | None:
    body, note = _body(item)
    target = _target(item)
    selectors = list(_selectors(target.get("selector")))
    motivations = _words(item.get("motivation"))
    highlight = body.get("highlight")
    is_bookmark = "bookmarking" in motivations or highlight == "bookmark"
    quote = _quote(selectors, is_bookmark)
    cfi, partial_cfi = _cfis(selectors)
    passage = _passage(target)
    href = unquote(text_in(_source(target).get("id"), LINE)).partition("#")[0]
    locator = _locator(href, selectors)
    is_placed = cfi or partial_cfi or passage or (is_bookmark and locator)
    is_ours = "kios:chapter" in target  # also what is not in the book any more
    if not (quote.exact or quote.after or note or is_placed or is_ours):
        return None
    made_at = time_of(item.get("created")) or now
    anchor = Anchor(
        passage=passage,
        cfi=cfi,
        quote=quote,
        href=href,
        chapter=_chapter(target),
        sha256=text_in(target.get("kios:sha256"), LINE),
    )
    mark = Mark(
        id=_identity(item),
        kind=MarkKind.BOOKMARK if is_bookmark else MarkKind.HIGHLIGHT,
        anchor=anchor,
        made_at=made_at,
        changed_at=time_of(item.get("modified")) or made_at,
        colour=nearest_colour(body.get("color")),
        style=MarkStyle.UNDERLINE if highlight in _LINES else MarkStyle.FILL,
        note=note,
    )
    return MarkCandidate(mark, partial_cfi=partial_cfi, locator=locator)


def _body(item: Mapping[str, object]) -> tuple[Mapping[str, object], str]:
    """(the first body, the note); the note is the text of all bodies but tags."""
    given = item.get("body")
    bodies = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    if isinstance(given, Mapping):
        bodies = [given]
    notes = [
        text_in(one.get("value"), LONGEST_NOTE)
        for one in bodies
        if "tagging" not in _words(one.get("purpose"))
    ]
    notes.append(text_in(item.get("bodyValue"), LONGEST_NOTE))
    return (bodies[0] if bodies else {}), "\n".join(filter(None, notes))[:LONGEST_NOTE]


def _selectors(given: object) -> Iterator[Mapping[str, object]]:
    """Every selector, each followed by those that refine it."""
    for one in given if isinstance(given, list) else [given]:
        selector: object = one
        for _ in range(_MOST_REFINEMENTS):
            if not isinstance(selector, Mapping):
                break
            yield selector
            selector = _first(selector.get("refinedBy"))


def _of_type(selectors: list[Mapping[str, object]], *types: str) -> Iterator[Mapping[str, object]]:
    return (one for one in selectors if one.get("type") in types)


def _quote(selectors: list[Mapping[str, object]], is_bookmark: bool) -> TextQuote:
    found = next(_of_type(selectors, "TextQuoteSelector"), None)
    if found is None:
        return TextQuote("")
    exact, before, after = (text_in(found.get(key)) for key in ("exact", "prefix", "suffix"))
    if is_bookmark and exact:  # Thorium's have the character that they stand before
        return TextQuote("", before, exact + after)
    return TextQuote(exact, before, after)


def _cfis(selectors: list[Mapping[str, object]]) -> tuple[str, str]:
    """(a CFI of the book, a CFI of the document)."""
    whole = partial = ""
    for one in _of_type(selectors, "FragmentSelector"):
        value = text_in(one.get("value")).strip()
        if one.get("conformsTo") == CFI or value.startswith("epubcfi("):
            whole = whole or value
    for one in _of_type(selectors, "EPUBCFISelector", "CFISelector"):
        value = text_in(one.get("value")).strip()
        partial = partial or value.removeprefix("epubcfi(").removesuffix(")")
    return whole, partial


def _locator(href: str, selectors: list[Mapping[str, object]]) -> Mapping[str, object] | None:
    """A Readium locator of where the mark begins, when something says so."""
    locations: dict[str, object] = {}
    for one in _of_type(selectors, "CssSelector"):
        locations.setdefault("cssSelector", text_in(one.get("value")))
    for one in _of_type(selectors, "ProgressionSelector"):
        locations.setdefault("progression", one.get("value"))
    return {"href": href, "locations": locations} if href and locations else None


def _passage(target: Mapping[str, object]) -> Passage | None:
    names = ("kios:startItem", "kios:startOrdinal", "kios:endItem", "kios:endOrdinal")
    numbers = [number for name in names if (number := _whole(target.get(name))) is not None]
    if len(numbers) < len(names):
        return None
    start, end = Place(numbers[0], numbers[1]), Place(numbers[2], numbers[3])
    return Passage(start, end) if start <= end else None


def _chapter(target: Mapping[str, object]) -> Chapter:
    title = clean_line(text_in(target.get("kios:chapter")))
    index = target.get("kios:chapterIndex")
    if isinstance(index, int) and not isinstance(index, bool) and abs(index) < _LARGEST:
        return Chapter(index, title)
    meta = target.get("meta")
    headings = meta.get("headings") if isinstance(meta, Mapping) else None
    for heading in headings if isinstance(headings, list) else []:
        if isinstance(heading, Mapping) and not title:
            title = clean_line(text_in(heading.get("txt")))
    return Chapter(-1, title)


def _identity(item: Mapping[str, object]) -> MarkId:
    given = text_in(item.get("id"), LINE)
    digits = given.lower().removeprefix("urn:uuid:").replace("-", "")
    if len(digits) == 32 and all(digit in "0123456789abcdef" for digit in digits):
        return MarkId(digits)
    return identity_of(given or json.dumps(item, sort_keys=True))


def _whole(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _LARGEST else None


def _words(value: object) -> list[str]:
    """A value of JSON-LD that may be one text or several."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _first(value: object) -> object:
    """One value, of a value of JSON-LD that may be several."""
    return (value[0] if value else None) if isinstance(value, list) else value
