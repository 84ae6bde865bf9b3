"""Manifest fallback chains: what is shown in place of a resource of a foreign type."""

from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import media_types


def shown(publication: Publication, link: Link) -> Link | None:
    """The resource itself or the first of its fallbacks that a page can show; None when none can.

    Source: EPUB 3.3 section 5.6.2 (manifest fallbacks).
    """
    seen: set[str] = set()
    current: Link | None = link
    while current is not None and current.href not in seen:
        seen.add(current.href)
        if current.exists and (
            media_types.is_chapter(current.media_type) or media_types.is_picture(current.media_type)
        ):
            return current
        current = publication.resources.get(current.fallback)
    return None
