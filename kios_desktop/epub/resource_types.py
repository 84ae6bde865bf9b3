"""The media types of one book's files: what a file is decides, and its label is a hint.

Files are looked into only where the label is in doubt: it says nothing, it is not one that can be
shown, or the file's name says otherwise.
"""

from functools import lru_cache

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Link
from kios_desktop.epub import content_type, media_types
from kios_desktop.epub.container import Container


class ResourceTypes:
    """Settles the types of one container's files. `mislabelled` are those that are something else
    than their label says."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.mislabelled: set[str] = set()

    def of(self, path: str, label: str) -> str:
        """The media type of a file that exists."""
        if agreed := _agreed(label, path.rpartition(".")[2]):
            return agreed
        declared, named = media_types.declared(label), media_types.by_extension(path)
        if found := self._by_content(path, declared):
            return found
        return named if named == media_types.CSS else declared or media_types.UNKNOWN

    def of_chapter(self, link: Link) -> Link:
        """The link of a file in the reading order, with the type of something that can be shown.

        Text without a type is a chapter, unless something is there to be shown instead.
        """
        if not link.exists or _is_sure(link):
            return link
        label, alone = media_types.declared(link.label), not link.fallback
        found = self._by_content(link.href, label, is_chapter=alone)
        if not found and alone and _is_plain_text(link):
            found = media_types.XHTML if content_type.is_text(self._head(link.href)) else ""
        return link._replace(media_type=found) if found else link

    def _by_content(self, path: str, declared: str, is_chapter: bool = False) -> str:
        head = self._head(path)
        found = content_type.of(head, is_chapter)
        if not found and len(head) == content_type.HEAD_BYTES and content_type.is_unfinished(head):
            head = self._head(path, content_type.LONG_HEAD_BYTES)
            found = content_type.of(head, is_chapter)
        if found and declared and media_types.kind(found) != media_types.kind(declared):
            self.mislabelled.add(path)
        return found

    def _head(self, path: str, size_bytes: int = content_type.HEAD_BYTES) -> bytes:
        try:
            return self._container.beginning(path, size_bytes)
        except PublicationError:
            return b""


@lru_cache(maxsize=256)
def _agreed(label: str, extension: str) -> str:
    """The media type on which a label and a name agree, or of which one says nothing; else ""."""
    declared, named = media_types.declared(label), media_types.by_extension(extension)
    if declared and (not named or media_types.kind(named) == media_types.kind(declared)):
        return declared
    return "" if declared else named


def _is_sure(link: Link) -> bool:
    """Whether a file can be shown as what it is called: of pictures, in two ways."""
    if media_types.is_chapter(link.media_type):
        return True
    named = media_types.by_extension(link.href)
    return media_types.is_picture(link.media_type) and (
        media_types.kind(named) == media_types.kind(link.media_type)
    )


def _is_plain_text(link: Link) -> bool:
    return link.label.startswith("text/plain") or link.href.lower().endswith(".txt")
