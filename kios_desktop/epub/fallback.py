"""Manifest fallback chains: what is shown in place of a resource of a foreign type."""

from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import limits, media_types
from kios_desktop.epub.container import Container

_SCRIPTED = "scripted"


def shown(publication: Publication, link: Link) -> Link | None:
    """The resource itself or the first of its fallbacks that a page can show; None when none can.

    A scripted document gives way to a document without scripts, which is what its fallback is for;
    a picture in its place would lose its text. Source: EPUB 3.3 section 3.5.1 (manifest fallbacks).
    """
    first: Link | None = None
    seen: set[str] = set()
    current: Link | None = link
    while current is not None and current.href not in seen:
        seen.add(current.href)
        if _can_be_shown(current):
            first = first or current
            if _SCRIPTED not in first.properties:
                return first
            if _SCRIPTED not in current.properties and media_types.has_text(current.media_type):
                return current
        current = publication.resources.get(current.fallback)
    return first


def _can_be_shown(link: Link) -> bool:
    media_type = link.media_type
    is_known = media_types.is_chapter(media_type) or media_types.is_picture(media_type)
    return link.exists and is_known


def addresses(publication: Publication) -> list[str]:
    """What each spine item is loaded as: a document shown for it by its own href.

    Else the addresses in it would be taken from the folder of what it replaces.
    """
    found: list[str] = []
    for link in publication.reading_order:
        replacement = shown(publication, link) if link.fallback else None
        is_page = replacement is not None and media_types.is_chapter(replacement.media_type)
        found.append(replacement.href if replacement is not None and is_page else link.href)
    return found


def spine_indexes(publication: Publication) -> dict[str, int]:
    """The first place in the reading order by href: of its items, and of what is shown for them."""
    found: dict[str, int] = {}
    for spine_index, link in enumerate(publication.reading_order):
        found.setdefault(link.href, spine_index)
    for spine_index, link in enumerate(publication.reading_order):
        if link.fallback and (replacement := shown(publication, link)) is not None:
            found.setdefault(replacement.href, spine_index)
    return found


def text_sizes(container: Container, publication: Publication) -> tuple[int, ...]:
    """The uncompressed bytes of what is shown for each spine item, 0 where it has no characters.

    Estimates the number of characters without reading any document.
    """
    links = [shown(publication, link) for link in publication.reading_order]
    return tuple(_text_size(container, link) for link in links)


def _text_size(container: Container, link: Link | None) -> int:
    if link is None or not media_types.has_text(link.media_type):
        return 0
    size = container.size(link.href)
    return size if limits.fits(size) else 0  # a larger one is not shown
