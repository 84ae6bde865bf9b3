"""Marks as Web Annotations: one AnnotationCollection, whose first page has all items.

Source: W3C Web Annotation Data Model and Vocabulary. Colour and style are in the body, by the names
that Thorium has for them; what only Kios knows is in terms of its own, so that reading the file
gives the marks that were written. `web_annotation_reader` reads it.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from kios_desktop.domain.marks import Anchor, Mark, MarkId, MarkKind, MarkStyle
from kios_desktop.domain.text import mended
from kios_desktop.exchange.candidates import identity_of
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
CFI: Final = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"
PART_OF: Final = "dcterms:isPartOf"
"""In a file about several books, the book of an item's source."""
SOLID: Final = "solid"
UNDERLINE: Final = "underline"
_TERMS = {
    "kios": "urn:kios-desktop:",
    "color": "urn:kios-desktop:color",
    "highlight": "urn:kios-desktop:highlight",
}
_END = "]}}"
_FILES = uuid.UUID("6f2a4c1e-30b7-4c59-9c1d-7f6c2f1b7a35")  # the namespace of our collections


def written(book: MarkedBook, options: ExportOptions) -> str:
    identity = uuid.uuid5(_FILES, f"{book.sha256} {book.identifier} {mended(book.title)}")
    items = [_item(mark, _href(mark), options) for mark in book.in_order()]
    head = _head(identity, book.title, len(items)) | {"kios:about": _about(book)}
    collection = head | _first_page(identity, items)
    return mended(json.dumps(collection, ensure_ascii=False, indent=2)) + "\n"


def together(books: Sequence[MarkedBook], options: ExportOptions) -> str:
    """The items of all books, each of which has its book in its source. One line an item."""
    identity = uuid.uuid5(_FILES, " ".join(book.sha256 for book in books))
    lines: list[str] = []
    for book in books:
        about = _about(book)
        for mark in book.in_order():
            source = {"id": _href(mark), PART_OF: about}
            item = json.dumps(_item(mark, source, options), ensure_ascii=False)
            lines.append(mended(item))  # one by one: other threads have a turn
    head = _head(identity, options.words.title, len(lines)) | _first_page(identity, [])
    # the items are the end of the first page, which is the end of the collection
    begun = mended(json.dumps(head, ensure_ascii=False)).removesuffix(_END)
    return begun + "\n" + ",\n".join(lines) + "\n" + _END + "\n"


def _head(identity: uuid.UUID, label: str, total: int) -> dict[str, object]:
    return {
        "@context": [CONTEXT, _TERMS],
        "id": identity.urn,
        "type": "AnnotationCollection",
        "label": label,
        "total": total,
    }


def _first_page(identity: uuid.UUID, items: list[dict[str, object]]) -> dict[str, object]:
    return {
        "first": {
            "id": uuid.uuid5(identity, "first page").urn,
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }


def _about(book: MarkedBook) -> dict[str, object]:
    return {
        "dc:title": book.title,
        "dc:creator": list(book.authors),
        "dc:identifier": book.identifier,
        "dc:format": "application/epub+zip",
        "kios:sha256": book.sha256,
    }


def _href(mark: Mark) -> str:
    return quote(mended(mark.anchor.href))


def _item(mark: Mark, source: object, options: ExportOptions) -> dict[str, object]:
    return {
        "id": _urn(mark.id),
        "type": "Annotation",
        "motivation": _motivation(mark, options),
        "created": mark.made_at.isoformat(),
        "modified": mark.changed_at.isoformat(),
        "body": {
            "type": "TextualBody",
            "value": mark.note if options.include_notes else "",
            "format": "text/plain",
            "color": mark.colour.value,
            "highlight": UNDERLINE if mark.style is MarkStyle.UNDERLINE else SOLID,
        },
        "target": _target(mark.anchor, source),
    }


def _urn(mark_id: MarkId) -> str:
    try:
        return uuid.UUID(mark_id).urn
    except ValueError:  # a damaged one
        return uuid.UUID(identity_of(mark_id)).urn


def _motivation(mark: Mark, options: ExportOptions) -> str | list[str]:
    kind = "bookmarking" if mark.kind is MarkKind.BOOKMARK else "highlighting"
    return [kind, "commenting"] if mark.note and options.include_notes else kind


def _target(anchor: Anchor, source: object) -> dict[str, object]:
    selectors: list[dict[str, str]] = []
    if anchor.cfi:
        selectors.append({"type": "FragmentSelector", "conformsTo": CFI, "value": anchor.cfi})
    said = anchor.quote
    selectors.append(
        {
            "type": "TextQuoteSelector",
            "exact": said.exact,
            "prefix": said.before,
            "suffix": said.after,
        }
    )
    target: dict[str, object] = {
        "source": source,
        "selector": selectors,
        "kios:chapter": anchor.chapter.title,
        "kios:chapterIndex": anchor.chapter.index,
        "kios:sha256": anchor.sha256,
    }
    if anchor.passage is not None:
        start, end = anchor.passage.start, anchor.passage.end
        target |= {
            "kios:startItem": start.spine_index,
            "kios:startOrdinal": start.ordinal,
            "kios:endItem": end.spine_index,
            "kios:endOrdinal": end.ordinal,
        }
    return target
