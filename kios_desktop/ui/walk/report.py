"""What a walk through a book found. No Qt."""

import msgspec


class Loss(msgspec.Struct, frozen=True):
    """Characters of a chapter that could not be read.

    `reason` names the cause with the CSS path of the culprit; `sample` is the text from the first
    of them on.
    """

    characters: int
    sample: str
    reason: str


class SeenPicture(msgspec.Struct, frozen=True):
    """A picture; `state` is whole, cut, never or failed, `seen` the part of it on its best page."""

    name: str
    state: str
    seen: float


class ChapterReport(msgspec.Struct, frozen=True):
    """One chapter as the probe saw it.

    `total` counts as ordinals do, `characters` without what is not counted, `reached` of these
    what stood legibly on a page. `blank` are the pages, from 0, without anything of the book.
    `stands_in`: it is a sentence in place of the chapter. `broken`: it is the web engine's message
    of an error.
    """

    spine: int
    total: int = 0
    characters: int = 0
    reached: int = 0
    lost: tuple[Loss, ...] = ()
    pictures: tuple[SeenPicture, ...] = ()
    blank: tuple[int, ...] = ()
    pages: int = 0
    stands_in: bool = False
    broken: bool = False


class LayoutReport(msgspec.Struct, frozen=True):
    """A whole book in one layout; `hrefs` are those of its spine.

    `refused` are the chapters that are not shown by rule, with the rule; they are no loss.
    """

    layout: str
    hrefs: tuple[str, ...]
    chapters: dict[int, ChapterReport]
    refused: dict[int, str]
    page_ms: float

    @property
    def characters(self) -> int:
        return sum(chapter.characters for chapter in self.chapters.values())

    @property
    def reached(self) -> int:
        return sum(chapter.reached for chapter in self.chapters.values())

    @property
    def pages(self) -> int:
        return sum(chapter.pages for chapter in self.chapters.values())

    @property
    def blank_pages(self) -> int:
        return sum(len(chapter.blank) for chapter in self.chapters.values())

    @property
    def pictures(self) -> tuple[SeenPicture, ...]:
        return tuple(one for chapter in self.chapters.values() for one in chapter.pictures)

    @property
    def whole_pictures(self) -> int:
        return sum(picture.state == "whole" for picture in self.pictures)

    @property
    def loses(self) -> bool:
        """Whether anything of the book can't be seen."""
        return any(chapter.lost for chapter in self.chapters.values()) or (
            self.whole_pictures < len(self.pictures)
        )
