"""What a walk through a book found. No Qt."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kios_desktop.domain.defect import Defect

MISSING = "missing"  # a rule


class Loss(msgspec.Struct, frozen=True):
    """Characters of a chapter that could not be read.

    `reason` names the cause with the CSS path of the culprit; `sample` is the text from the first
    of them on. 0 characters are those of a mark, such as a list number, or without a sample nobody
    knows how many.
    """

    characters: int
    sample: str
    reason: str


class PictureState(StrEnum):
    """How much of a picture could be seen; the last four are no loss: there is nothing to see."""

    WHOLE = "whole"
    CUT = "cut"
    NEVER = "never"
    FAILED = "failed"
    FOREIGN = "foreign"  # of a type that the web engine can't show
    MISSING = "missing"  # from the file
    ENCRYPTED = "encrypted"
    REMOTE = "remote"  # on the web, where no book may lead


_NOT_COUNTED = (
    PictureState.FOREIGN,
    PictureState.MISSING,
    PictureState.ENCRYPTED,
    PictureState.REMOTE,
)


class SeenPicture(msgspec.Struct, frozen=True):
    """A picture or video: its file's path in the book, and `seen`, its part on its best page."""

    name: str
    source: str
    state: PictureState
    seen: float

    @property
    def counts(self) -> bool:
        return self.state not in _NOT_COUNTED


class BlankPage(msgspec.Struct, frozen=True):
    """A page, from 0 in its chapter, that shows nothing; `around` is what is there all the same."""

    page: int
    around: str


class SmallText(msgspec.Struct, frozen=True):
    """Text of `px` that the book and the reader want as large as `wanted` px."""

    path: str
    px: float
    wanted: float
    characters: int


class Shrunk(msgspec.Struct, frozen=True):
    """A table or formula that was made smaller, to `scale` (of 1); `px` is its smallest text."""

    path: str
    scale: float
    px: float


class LowContrast(msgspec.Struct, frozen=True):
    """Text under 4.5:1 and drawings under 3:1 in a page theme; `lowest` is at `path`."""

    theme: str
    elements: int
    lowest: float
    path: str


class ChapterReport(msgspec.Struct, frozen=True):
    """One chapter as the probe saw it.

    `total` counts as ordinals do, `characters` without what is not counted, `reached` of these
    what stood legibly on a page. `small_text` are characters. `overlaps` are lines of a block over
    one another. `stands_in`: it is a sentence in place of the chapter. `is_error`: it is the web
    engine's message of an error. `empty`: the chapter has nothing to show. `is_damaged`: its
    file is, so words may be missing from it that nobody can count.
    """

    spine: int
    total: int = 0
    characters: int = 0
    reached: int = 0
    lost: tuple[Loss, ...] = ()
    pictures: tuple[SeenPicture, ...] = ()
    blank: tuple[BlankPage, ...] = ()
    pages: int = 0
    small_text: int = 0
    small: tuple[SmallText, ...] = ()
    shrunk: tuple[Shrunk, ...] = ()
    overlaps: int = 0
    broken_words: int = 0
    broken_samples: tuple[str, ...] = ()
    contrast: tuple[LowContrast, ...] = ()
    empty: bool = False
    stands_in: bool = False
    is_error: bool = False
    is_damaged: bool = False


class LayoutReport(msgspec.Struct, frozen=True):
    """A whole book in one layout; `hrefs` are those of its spine.

    `refused` are the chapters that are not shown by rule, with the rule. They are no loss, but a
    book with one that is MISSING from its file is not whole.
    `page_ms` is the median of a turn. `logged` are warnings and errors of the web engine.
    """

    layout: str
    hrefs: tuple[str, ...]
    chapters: dict[int, ChapterReport]
    refused: dict[int, str]
    page_ms: float
    logged: tuple[str, ...] = ()

    def total(self, name: str) -> int:
        """The sum of a number over the chapters."""
        return sum(getattr(chapter, name) for chapter in self.chapters.values())

    @property
    def blank_pages(self) -> int:
        return sum(len(chapter.blank) for chapter in self.chapters.values())

    @property
    def pictures(self) -> tuple[SeenPicture, ...]:
        """Those that count."""
        chapters = self.chapters.values()
        return tuple(one for chapter in chapters for one in chapter.pictures if one.counts)

    @property
    def whole_pictures(self) -> int:
        return sum(picture.state is PictureState.WHOLE for picture in self.pictures)

    @property
    def is_whole(self) -> bool:
        """Whether everything of the book can be seen."""
        lossless = not any(chapter.lost for chapter in self.chapters.values())
        return lossless and self.is_complete and self.whole_pictures == len(self.pictures)

    @property
    def is_complete(self) -> bool:
        """Whether the file has all its chapters, so the characters of the book are known."""
        chapters = self.chapters.values()
        return MISSING not in self.refused.values() and not any(
            chapter.is_damaged or any(not x.characters and not x.sample for x in chapter.lost)
            for chapter in chapters
        )

    @property
    def share(self) -> float:
        """The characters that were reached, 0…1."""
        characters = self.total("characters")
        return self.total("reached") / characters if characters else 1.0


class BookReport(msgspec.Struct, frozen=True):
    """A book in every layout that was asked for.

    Without layouts it was not opened, for `reason`; `is_refused`: by rule, such as encryption.
    `stopped` are the layouts in which the web engine stopped again and again. `path` is as given.
    """

    name: str
    layouts: tuple[LayoutReport, ...] = ()
    stopped: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    reason: str = ""
    is_refused: bool = False
    path: str = ""

    @property
    def is_whole(self) -> bool:
        if not self.layouts:
            return self.is_refused
        return not self.stopped and all(layout.is_whole for layout in self.layouts)


def as_json(books: Sequence[BookReport]) -> bytes:
    """The books by file name: the worst of all layouts, and each layout by itself.

    Several of one name are told apart by their paths.
    """
    times = Counter(book.name for book in books)
    named = {(book.path if times[book.name] > 1 else "") or book.name: book for book in books}
    found = {name: _as_dict(book) for name, book in named.items()}
    return msgspec.json.format(msgspec.json.encode(found))


def _as_dict(book: BookReport) -> dict[str, object]:
    found: dict[str, object] = {"opens": bool(book.layouts), "is_whole": book.is_whole}
    if not book.layouts:
        return found | {"reason": book.reason, "is_refused": book.is_refused}
    worst = min(book.layouts, key=lambda layout: (layout.is_whole, layout.share))
    sums = [_sums(layout) for layout in book.layouts]
    most = ("blank_pages", "small_text", "low_contrast", "overlaps", "broken_words")
    return (
        found
        | _sums(worst)
        | {"pictures": max(one["pictures"] for one in sums)}
        | {"whole": min(one["whole"] for one in sums)}
        | {name: max(one[name] for one in sums) for name in most}
        | {"lost": _losses(worst), "refused": _refused(worst)}
        | {"defects": [f"{one.kind} {one.count}".removesuffix(" 0") for one in book.defects]}
        | {"stopped": book.stopped, "worst_layout": worst.layout}
        | {"layouts": {layout.layout: _layout(layout) for layout in book.layouts}}
    )


def _sums(layout: LayoutReport) -> dict[str, int]:
    sums = ("characters", "reached", "pages", "overlaps", "broken_words")
    return {name: layout.total(name) for name in sums} | {
        "small_text": sum(chapter.small_text for chapter in layout.chapters.values()),
        "low_contrast": sum(
            low.elements for one in layout.chapters.values() for low in one.contrast
        ),
        "pictures": len(layout.pictures),
        "whole": layout.whole_pictures,
        "blank_pages": layout.blank_pages,
    }


def _layout(layout: LayoutReport) -> dict[str, object]:
    chapters = {
        layout.hrefs[spine]: msgspec.to_builtins(chapter)
        for spine, chapter in layout.chapters.items()
    }
    own = {"page_ms": layout.page_ms, "logged": layout.logged, "refused": _refused(layout)}
    return _sums(layout) | own | {"chapters": chapters}


def _losses(layout: LayoutReport) -> list[dict[str, object]]:
    return [
        {"href": layout.hrefs[spine], **msgspec.to_builtins(loss)}
        for spine, chapter in layout.chapters.items()
        for loss in chapter.lost
    ]


def _refused(layout: LayoutReport) -> dict[str, str]:
    return {layout.hrefs[spine]: reason for spine, reason in layout.refused.items()}
