"""The report of a walk in sentences. No Qt.

What names a cause or an element of the book is technical and not translated: it is for whoever
mends the book, or Kios.
"""

from collections.abc import Iterator
from typing import Final

from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.translation import counted, marked, tr
from kios_desktop.ui.library.defect_texts import defect_text
from kios_desktop.ui.walk.report import (
    MISSING,
    BookReport,
    ChapterReport,
    LayoutReport,
    Loss,
    PictureState,
)

_IN: Final = {
    "pages": marked("In pages"),
    "two": marked("In two columns"),
    "scroll": marked("Scrolled"),
    "large": marked("With text at 200 %"),
}


def sentences(book: BookReport, every_chapter: bool = False) -> Iterator[str]:
    """The lines of the report of one book; its file name comes first."""
    yield book.name
    for defect in book.defects:
        yield "  " + defect_text(defect)
    if book.reason:
        yield "  " + book.reason
    for name in book.stopped:
        yield "  " + tr("{layout}: the web engine stopped again and again.", layout=tr(_IN[name]))
    for layout in book.layouts:
        yield "  " + _summary(layout)
        for line in _details(layout, every_chapter):
            yield "    " + line


def _summary(layout: LayoutReport) -> str:
    characters, reached = layout.total("characters"), layout.total("reached")
    words = {
        "layout": tr(_IN[layout.layout]),
        "characters": number(characters),
        "pages": number(layout.total("pages")),
    }
    if reached == characters and layout.is_complete:
        return tr("{layout}: all {characters} characters can be read, on {pages} pages.", **words)
    if reached == characters:
        return tr(
            "{layout}: all {characters} characters that are left in the file can be read, on "
            "{pages} pages.",
            **words,
        )
    return tr(
        "{layout}: {lost} of {characters} characters can’t be read on any of {pages} pages.",
        lost=number(characters - reached),
        **words,
    )


def _details(layout: LayoutReport, every_chapter: bool) -> Iterator[str]:
    for spine, href in enumerate(layout.hrefs):
        if spine in layout.refused:
            yield f"{href}: {tr(_RULES.get(layout.refused[spine], _NOT_SHOWN))}"
        found = list(_chapter(layout.chapters[spine]))
        if found or every_chapter:
            chapter = layout.chapters[spine]
            reached, all_of_it = number(chapter.reached), number(chapter.characters)
            is_counted = chapter.characters or not chapter.lost
            yield (
                tr("{file}: {reached} of {all}", file=href, reached=reached, all=all_of_it)
                if is_counted
                else href
            )
        yield from (f"  {line}" for line in found)
    if any(_POLICY in message for message in layout.logged):
        yield tr(
            "The book asks for something that Kios does not load: a script, or something from "
            "outside the book."
        )
    for message in layout.logged:
        if _POLICY not in message:
            yield tr("The web engine reported: {message}", message=message)


def _chapter(chapter: ChapterReport) -> Iterator[str]:
    """What is wrong in a chapter."""
    if chapter.is_damaged:
        yield tr("The file is damaged here: a part of this chapter may be missing or wrong.")
    yield from map(_loss, chapter.lost)
    for picture in chapter.pictures:
        if picture.state is not PictureState.WHOLE:
            yield tr(_PICTURE[picture.state], name=picture.name)
    for blank in chapter.blank:
        yield tr("Page {page} is blank: {around}", page=number(blank.page + 1), around=blank.around)
    for small in chapter.small:
        yield tr(
            "Text of {px} px that should be {wanted} px: {element}",
            px=small.px,
            wanted=small.wanted,
            element=small.path,
        )
    for shrunk in chapter.shrunk:
        yield tr(
            "Made smaller, to {percent} % and {px} px: {element}",
            percent=round(100 * shrunk.scale),
            px=shrunk.px,
            element=shrunk.path,
        )
    if chapter.overlaps:
        yield counted(
            "%Ln lines run into the next one.",
            "",
            chapter.overlaps,
            one="%Ln line runs into the next one.",
        )
    if chapter.broken_words:
        yield counted(
            "%Ln words are broken without a hyphen, such as {words}.",
            "",
            chapter.broken_words,
            one="%Ln word is broken without a hyphen: {words}.",
            words=", ".join(chapter.broken_samples),
        )
    for low in chapter.contrast:
        yield tr(
            "Little contrast in the page theme {theme}, {ratio} to 1: {element}",
            theme=low.theme,
            ratio=low.lowest,
            element=low.path,
        )


def _loss(loss: Loss) -> str:
    if whole := _CHAPTER_LOST.get(loss.reason):
        return tr(whole)
    if not loss.characters and loss.sample:
        return tr("A mark is lost, {reason}: “{sample}”", reason=loss.reason, sample=loss.sample)
    if not loss.sample:
        return tr("Characters are lost: {reason}", reason=loss.reason)
    return counted(
        "%Ln characters are lost, {reason}: “{sample}”",
        "",
        loss.characters,
        one="%Ln character is lost, {reason}: “{sample}”",
        reason=loss.reason,
        sample=loss.sample,
    )


_POLICY: Final = "Content Security Policy"  # in what the web engine says of all that it refuses
_NOT_SHOWN: Final = marked("This chapter can’t be shown.")
_RULES: Final = {
    MISSING: marked("This chapter is missing from the file."),
    "too_large": marked("This chapter is too large to be shown."),
    "unsupported": marked("This chapter is of a kind that can’t be shown."),
    "protected": marked("This chapter is encrypted."),
}
# why nothing of a chapter was seen → how it is told
_CHAPTER_LOST: Final = {
    "the web engine stopped at it": marked("The web engine stopped at this chapter."),
    "no turn leads to it": marked("Turning pages does not lead to this chapter."),
    "the web engine’s error page in its place": marked(
        "The web engine shows an error in place of this chapter."
    ),
    "a sentence in its place: unreadable": marked(
        "This chapter can’t be read: the file is damaged."
    ),
    "a sentence in its place: too_large": marked("This chapter is too large to be shown."),
    "a sentence in its place: missing": marked("This chapter is missing from the file."),
    "a sentence in its place: unforeseen": marked(
        "This chapter can’t be shown: something went wrong in Kios."
    ),
    "a sentence in its place: unsupported": marked("This chapter can’t be shown."),
    "a sentence in its place: protected": marked("This chapter can’t be shown."),
    "a sentence in its place: lost": marked("This chapter could not be loaded."),
}
_PICTURE: Final = {
    PictureState.CUT: marked("A picture is never seen whole: {name}"),
    PictureState.NEVER: marked("A picture is never seen: {name}"),
    PictureState.FAILED: marked("A picture can’t be shown: {name}"),
    PictureState.FOREIGN: marked("A picture or film is of a kind that can’t be shown: {name}"),
    PictureState.MISSING: marked("A picture is missing from the file: {name}"),
    PictureState.ENCRYPTED: marked("A picture is encrypted: {name}"),
    PictureState.REMOTE: marked("A picture is not in the book, but on the web: {name}"),
}
