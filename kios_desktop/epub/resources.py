"""The content documents of one publication, parsed when asked for and kept within a budget."""

import threading
from collections import OrderedDict

from kios_desktop.domain.errors import Damaged, Encrypted
from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import encoding, fallback, href, limits, media_types
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel

BUDGET_BYTES = 16 * 1024 * 1024  # of source; the models take several times as much


class ContentModels:
    """Models by place in the reading order or by href. Thread-safe.

    A document that is missing, damaged or too large counts as empty, as it shows no text either. A
    file that can't be read now raises PublicationError, and nothing is cached.
    """

    def __init__(self, container: Container, publication: Publication) -> None:
        self._container, self._publication = container, publication
        self._kept: OrderedDict[str, ContentModel] = OrderedDict()
        self._kept_bytes = 0
        self._lock = threading.RLock()

    def link(self, spine_index: int) -> Link | None:
        """What is shown for a spine item: itself or its fallback; None when nothing can be."""
        if not 0 <= spine_index < len(self._publication.reading_order):
            return None
        return fallback.shown(self._publication, self._publication.reading_order[spine_index])

    def at(self, spine_index: int) -> ContentModel | None:
        """The model of a spine item; None for pictures and what is missing or damaged."""
        link = self.link(spine_index)
        return None if link is None else self.of(link)

    def of(self, link: Link) -> ContentModel | None:
        """The model of a resource; None when it is no document, missing or damaged."""
        if not media_types.has_text(link.media_type):
            return None
        with self._lock:
            if (model := self._kept.get(link.href)) is not None:
                self._kept.move_to_end(link.href)
                return model
            model = self._read(link.href)
            if model is not None:
                self._keep(link.href, model)
            return model

    def size_bytes(self, spine_index: int) -> int:
        """The uncompressed size of the document shown for a spine item; 0 when there is none."""
        link = self.link(spine_index)
        has_text = link is not None and media_types.has_text(link.media_type)
        return self._container.size(link.href) if link is not None and has_text else 0

    def file_bytes(self, spine_index: int) -> int:
        """The uncompressed size of a spine item's own file; 0 when it is missing."""
        link = self._publication.reading_order[spine_index]
        return self._container.size(link.href) if link.exists else 0

    def total(self, spine_index: int) -> int:
        """The ordinal total of a spine item, without keeping its model."""
        model = self.glance(spine_index)
        return model.total if model is not None else 0

    def glance(self, spine_index: int) -> ContentModel | None:
        """As `at`, but a model that is not kept yet is not kept."""
        link = self.link(spine_index)
        if link is None or not media_types.has_text(link.media_type):
            return None
        with self._lock:
            model = self._kept.get(link.href)
        return model or self._read(link.href)

    def _read(self, path: str) -> ContentModel | None:
        data = self._bytes(path)
        return None if data is None else ContentModel(data, lambda sheet: self._sheet(path, sheet))

    def _sheet(self, base: str, reference: str) -> str:
        path, _ = href.resolve(base, reference)
        data = self._bytes(path) if path else None
        return "" if data is None else encoding.decode(data)

    def _bytes(self, path: str) -> bytes | None:
        """None for a document that can never be read: missing, damaged or too large."""
        if self._container.find(path) is None:
            return None
        try:
            return limits.read_document(self._container, path)
        except (Damaged, Encrypted):
            return None

    def _keep(self, path: str, model: ContentModel) -> None:
        self._kept[path] = model
        self._kept_bytes += model.size_bytes
        while self._kept_bytes > BUDGET_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= dropped.size_bytes
