"""Finds the cover picture of a book."""

from collections.abc import Iterable, Mapping

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Link, TocEntry
from kios_desktop.epub import href, xml
from kios_desktop.epub.container import Container

_MAX_PAGE_BYTES = 256 * 1024  # a cover page is small; anything larger is a chapter


def find(
    container: Container,
    resources: Mapping[str, Link],
    reading_order: Iterable[Link],
    landmarks: Iterable[TocEntry],
    named: str,
) -> str:
    """The href of the cover picture, or "".

    `named` is the id (or href, as some tools write) of `<meta name="cover">`.
    """
    by_id = {link.id: link for link in resources.values()}
    candidates: list[str] = [
        link.href for link in resources.values() if "cover-image" in link.properties
    ]
    if named:
        candidates.append(by_id[named].href if named in by_id else named)
    candidates += [e.href for e in landmarks if e.href and "cover" in e.title.lower()]
    candidates += [link.href for link in resources.values() if _looks_like_cover(link)]
    first = next(iter(reading_order), None)
    if first is not None:
        candidates.append(first.href)
    for candidate in candidates:
        if picture := _picture(container, resources, candidate):
            return picture
    return ""


def _looks_like_cover(link: Link) -> bool:
    name = link.href.rpartition("/")[2].lower()
    return link.media_type.startswith("image/") and ("cover" in name or "cover" in link.id.lower())


def _picture(container: Container, resources: Mapping[str, Link], path: str) -> str:
    """The picture itself, or the only one a cover page shows."""
    link = resources.get(path)
    if link is None or not link.exists:
        return ""
    if link.media_type.startswith("image/"):
        return path
    if container.size(path) > _MAX_PAGE_BYTES:
        return ""
    try:
        root, _ = xml.parse(container.read(path))
    except (PublicationError, xml.Broken):
        return ""
    pictures = list(xml.descendants(root, "img", "image"))
    body = next(xml.descendants(root, "body"), root)
    if not pictures or len(xml.text(body)) > 200:
        return ""
    source = xml.attribute(pictures[0], "src") or xml.attribute(pictures[0], "href")
    target, _ = href.resolve(path, source)
    found = container.find(target) if target else None
    known = resources.get(found or "")
    return known.href if known is not None and known.media_type.startswith("image/") else ""
