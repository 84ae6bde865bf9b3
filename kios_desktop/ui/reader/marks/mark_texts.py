"""What lists of marks say about them. No Qt."""

from typing import Final

from kios_desktop.domain.marks import Anchor, Mark
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr

_SPOKEN: Final = 100  # characters of a highlight


def chapter_title(anchor: Anchor) -> str:
    """“Chapter 9”; of a spine item without a title, its number. "" as long as it isn’t known."""
    chapter = anchor.chapter
    if chapter.title or chapter.index >= 0 or not anchor.href:
        return chapter.title
    return tr("Section {n}", n=-chapter.index)


def one_line(text: str) -> str:
    return " ".join(text.split())


def spoken_highlight(mark: Mark, colour: str) -> str:
    """“Yellow highlight, Chapter 9: It was a dark night, note: Fog again”."""
    chapter = isolated(chapter_title(mark.anchor))
    text = isolated(mark.text[:_SPOKEN])
    values = {"colour": colour, "chapter": chapter, "text": text}
    if not mark.note:
        return tr("{colour} highlight, {chapter}: {text}", **values)
    return tr(
        "{colour} highlight, {chapter}: {text}, note: {note}",
        **values,
        note=isolated(mark.note),
    )


def bookmark_name(mark: Mark) -> str:
    """The name that its reader gave it, else the words it stands before."""
    return one_line(mark.note) or mark.anchor.quote.after or mark.anchor.quote.before


def spoken_bookmark(mark: Mark, percent: str, made_at: str) -> str:
    """“Bookmark, Chapter 9: It was a dark night, 15%, today 21:02”."""
    chapter = isolated(chapter_title(mark.anchor))
    name = isolated(bookmark_name(mark))
    words = tr("Bookmark, {chapter}: {name}", chapter=chapter, name=name)
    return ", ".join(part for part in (words, percent, made_at) if part)
