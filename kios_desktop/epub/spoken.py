"""What is read aloud of each chapter of one publication: its sentences, or its overlay’s clips.

A chapter without an overlay has sentences. So has an element that an overlay gives no audio for: a
voice is to speak it, as EPUB 3.3 has it.
"""

import logging
import threading
from collections.abc import Iterator
from functools import cached_property

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.sentences import sentences
from kios_desktop.domain.utterance import AloudTrouble, AudioClip, SpokenChapter, Utterance
from kios_desktop.epub import href, xml
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.media_overlay import OverlayPair, read_overlay
from kios_desktop.epub.nonspace import nonspace
from kios_desktop.epub.package_document import package_element
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search_text import BORDER, SearchText
from kios_desktop.epub.source_tree import Element, Text

log = logging.getLogger(__name__)

MOST_PAIRS = 100_000  # of one overlay; a chapter with a clip for each word has some ten thousand


class SpokenBook:
    """Thread-safe."""

    def __init__(self, container: Container, publication: Publication) -> None:
        self._container, self._publication = container, publication
        self._models = ContentModels(container, publication)
        self._lock = threading.Lock()

    def chapter(self, spine_index: int) -> SpokenChapter:
        """What is read aloud of a spine item; nothing of one without text. Blocking.

        Raises PublicationError for a file that can't be read now.
        """
        with self._lock:
            recorded = bool(self._overlays)
            link, model = self._models.link(spine_index), self._models.at(spine_index)
            if link is None or model is None:
                return SpokenChapter(recorded=recorded)
            chapter = _SpokenDocument(spine_index, model, self._publication.metadata.language)
            overlay = self._overlays.get(link.href)
            if overlay is None:
                return SpokenChapter(tuple(chapter.sentences(0, model.total)), recorded)
            try:
                pairs = read_overlay(self._container.read(overlay), overlay)
            except (xml.Broken, PublicationError) as e:
                log.warning("a media overlay can't be read: %s", e)
                troubles = frozenset({AloudTrouble.OVERLAY_UNREADABLE})
                return SpokenChapter(tuple(chapter.sentences(0, model.total)), recorded, troubles)
            return self._recorded(chapter, link.href, pairs[:MOST_PAIRS])

    @cached_property
    def _overlays(self) -> dict[str, str]:
        """The overlay documents of the chapters that have one, by their paths."""
        package = package_element(self._container, self._publication.package_href)
        if package is None:
            return {}
        items = list(xml.descendants(package, "item"))
        by_id = {xml.plain(item, "id"): item for item in items}
        found: dict[str, str] = {}
        for item in items:
            overlay = by_id.get(xml.plain(item, "media-overlay"))
            if overlay is not None:
                chapter, document = self._path(item), self._path(overlay)
                if chapter and document:
                    found.setdefault(chapter, document)
        return found

    def _path(self, item: xml.Element) -> str:
        """The file that an item of the manifest means; "" when it is not there."""
        path, _ = href.resolve(self._publication.package_href, xml.plain(item, "href"))
        return (self._container.find(path) or "") if path else ""

    def _recorded(
        self, chapter: "_SpokenDocument", path: str, pairs: tuple[OverlayPair, ...]
    ) -> SpokenChapter:
        utterances: list[Utterance] = []
        troubles: set[AloudTrouble] = set()
        spine = {link.href for link in self._publication.reading_order}
        for pair in pairs:
            text = self._container.find(pair.text_href) if pair.text_href else None
            if text != path and text in spine:
                continue  # it belongs to another chapter with the same overlay
            ordinals = chapter.ordinals(pair.fragment) if text == path else None
            if ordinals is None:
                troubles.add(AloudTrouble.TEXT_NOWHERE)
            elif pair.clip is None:
                utterances += chapter.sentences(*ordinals)
            elif (audio := self._audio(pair.clip)) is None:
                troubles.add(AloudTrouble.AUDIO_MISSING)
            else:
                utterances.append(Utterance(chapter.spine_index, *ordinals, "", audio))
        return SpokenChapter(tuple(utterances), True, frozenset(troubles))

    def _audio(self, clip: AudioClip) -> AudioClip | None:
        """The clip in a file of the book; None when the book lacks it."""
        name = self._container.find(clip.href) if clip.href else None
        return None if name is None else AudioClip(name, clip.begin_s, clip.end_s)


class _SpokenDocument:
    """Finds elements and sentences in one document."""

    def __init__(self, spine_index: int, model: ContentModel, language: str) -> None:
        self.spine_index, self._model, self._language = spine_index, model, language
        self._found: dict[str, tuple[int, int] | None] = {}

    def ordinals(self, fragment: str) -> tuple[int, int] | None:
        """The ordinals [start, end) of an element, of all for ""; None if it isn't there."""
        if not fragment:
            return 0, self._model.total
        if fragment not in self._found:
            element = self._model.targets.get(fragment)
            self._found[fragment] = None if element is None else self._within(element)
        return self._found[fragment]

    def _within(self, element: Element) -> tuple[int, int]:
        last = element.ordinal
        nodes: list[Element | Text] = [element]
        while nodes:  # not recursive: the last text of the element comes first
            node = nodes.pop()
            if isinstance(node, Text):
                last = node.ordinal + nonspace(self._model.tree.characters(node))
                break
            nodes += node.children
        return element.ordinal, max(last, element.ordinal)

    def sentences(self, start: int, end: int) -> Iterator[Utterance]:
        """The sentences that begin at the ordinals [start, end)."""
        for one in self._sentences:
            if start <= one.start < end:
                yield one

    @cached_property
    def _sentences(self) -> tuple[Utterance, ...]:
        return tuple(self._divided())

    def _divided(self) -> Iterator[Utterance]:
        seen = SearchText(self._model.tree)
        offset = 0
        for block in seen.text.split(BORDER):
            for first, last in sentences(block, self._language):
                start, end = seen.ordinals(offset + first, offset + last)
                yield Utterance(self.spine_index, start, end, block[first:last])
            offset += len(block) + len(BORDER)
