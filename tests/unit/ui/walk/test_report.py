"""The figures of a walk: what they are called, and which of several layouts they are from."""

import json

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.ui.walk.report import (
    MISSING,
    BlankPage,
    BookReport,
    ChapterReport,
    LayoutReport,
    Loss,
    PictureState,
    SeenPicture,
    as_json,
)
from kios_desktop.ui.walk.sentences import sentences

LOST = Loss(3, "abc", "below the page: body > p")


def picture(state: PictureState) -> SeenPicture:
    return SeenPicture("a.png in body > p > img", "EPUB/a.png", state, 0.5)


def layout(
    name: str, *chapters: ChapterReport, refused: dict[int, str] | None = None
) -> LayoutReport:
    hrefs = tuple(f"c{chapter.spine}.xhtml" for chapter in chapters)
    by_spine = {chapter.spine: chapter for chapter in chapters}
    return LayoutReport(name, hrefs, by_spine, refused or {}, 4.5)


def whole(name: str = "pages") -> LayoutReport:
    return layout(name, ChapterReport(0, 12, 10, 10, pages=3))


def lossy(name: str = "large") -> LayoutReport:
    chapter = ChapterReport(
        0, 12, 10, 7, lost=(LOST,), pages=5, blank=(BlankPage(1, "body > p"),), overlaps=2
    )
    return layout(name, chapter)


def test_the_worst_layout_is_the_one_that_counts() -> None:
    found = json.loads(as_json([BookReport("a.epub", (whole(), lossy()))]))["a.epub"]
    assert found["opens"] is True
    assert found["is_whole"] is False
    assert (found["characters"], found["reached"], found["pages"]) == (10, 7, 5)
    assert (found["blank_pages"], found["overlaps"], found["worst_layout"]) == (1, 2, "large")
    assert found["lost"] == [
        {"href": "c0.xhtml", "characters": 3, "sample": "abc", "reason": LOST.reason}
    ]
    assert set(found["layouts"]) == {"pages", "large"}


def test_pictures_are_those_of_the_worst_layout_too() -> None:
    seen = layout("pages", ChapterReport(0, pictures=(picture(PictureState.WHOLE),)))
    cut = layout("two", ChapterReport(0, pictures=(picture(PictureState.CUT),)))
    found = json.loads(as_json([BookReport("a.epub", (seen, cut))]))["a.epub"]
    assert (found["pictures"], found["whole"], found["is_whole"]) == (1, 0, False)


def test_a_book_is_whole_only_without_any_loss() -> None:
    assert BookReport("a", (whole(),)).is_whole
    assert not BookReport("a", (whole(), lossy())).is_whole
    assert not BookReport("a", (whole(),), stopped=("two",)).is_whole
    marks = ChapterReport(0, 10, 10, 10, lost=(Loss(0, "1.", "cut off"),))
    assert not BookReport("a", (layout("pages", marks),)).is_whole
    damaged = ChapterReport(0, 10, 10, 10, is_damaged=True)
    assert not BookReport("a", (layout("pages", damaged),)).is_whole
    for state in PictureState:
        counts = state in (PictureState.CUT, PictureState.NEVER, PictureState.FAILED)
        book = BookReport("a", (layout("pages", ChapterReport(0, pictures=(picture(state),))),))
        assert book.is_whole is not counts


def test_what_is_not_opened_is_whole_only_if_it_is_encrypted() -> None:
    refused = BookReport("a.epub", reason="It is protected.", is_refused=True)
    broken = BookReport("b.epub", reason="It is damaged.")
    assert refused.is_whole
    assert not broken.is_whole
    found = json.loads(as_json([refused, broken]))
    assert found["a.epub"]["opens"] is False
    assert found["b.epub"]["reason"] == "It is damaged."


def test_the_report_is_told_in_sentences() -> None:
    chapter = ChapterReport(
        0,
        12,
        10,
        7,
        lost=(LOST,),
        pictures=(picture(PictureState.CUT), picture(PictureState.WHOLE)),
        pages=5,
        blank=(BlankPage(1, "body > p"),),
    )
    other = ChapterReport(1)
    book = BookReport(
        "a.epub",
        (layout("large", chapter, other, refused={1: "unsupported"}), whole("scroll")),
        defects=(Defect(DefectKind.NO_CONTENTS),),
    )
    assert list(sentences(book)) == [
        "a.epub",
        "  The book has no table of contents.",
        "  With text at 200 %: 3 of 10 characters can’t be read on any of 5 pages.",
        "    c0.xhtml: 7 of 10",
        "      3 characters are lost, below the page: body > p: “abc”",
        "      A picture is never seen whole: a.png in body > p > img",
        "      Page 2 is blank: body > p",
        "    c1.xhtml: This chapter is of a kind that can’t be shown.",
        "  Scrolled: all 10 characters can be read, on 3 pages.",
    ]


def test_books_of_one_name_are_told_apart() -> None:
    books = [BookReport("a.epub", (whole(),), path=f"{n}/a.epub") for n in (1, 2)]
    assert set(json.loads(as_json(books))) == {"1/a.epub", "2/a.epub"}


def test_a_chapter_that_is_not_there_leaves_no_book_whole() -> None:
    gone = layout("pages", ChapterReport(0, 3, 3, 3, pages=1), ChapterReport(1))
    gone.refused[1] = MISSING
    assert not gone.is_whole
    assert list(sentences(BookReport("a.epub", (gone,)))) == [
        "a.epub",
        "  In pages: all 3 characters that are left in the file can be read, on 1 pages.",
        "    c1.xhtml: This chapter is missing from the file.",
    ]


def test_a_chapter_of_which_nothing_can_be_read_is_told_without_a_number() -> None:
    lost = Loss(0, "", "a sentence in its place: unreadable")
    chapters = ChapterReport(0, 3, 3, 3, pages=1), ChapterReport(1, lost=(lost,))
    damaged = layout("pages", *chapters)
    assert not damaged.is_whole
    assert list(sentences(BookReport("a.epub", (damaged,))))[2:] == [
        "    c1.xhtml",
        "      This chapter can’t be read: the file is damaged.",
    ]


def test_what_is_not_loaded_by_rule_is_told_once() -> None:
    policy = "Refused to load {}: it violates the following Content Security Policy directive"
    said = tuple(policy.format(n) for n in range(3))
    report = LayoutReport("pages", (), {}, {}, 4.5, (*said, "Other"))
    assert list(sentences(BookReport("a.epub", (report,))))[2:] == [
        "    The book asks for something that Kios does not load: a script, or something from "
        "outside the book.",
        "    The web engine reported: Other",
    ]


def test_a_mark_is_no_character() -> None:
    report = layout("pages", ChapterReport(0, 3, 3, 3, lost=(Loss(0, "1.", "cut off: li"),)))
    assert list(sentences(BookReport("a.epub", (report,))))[3] == (
        "      A mark is lost, cut off: li: “1.”"
    )


def test_a_book_that_is_not_opened_says_why() -> None:
    assert list(sentences(BookReport("a.epub", reason="It is damaged."))) == [
        "a.epub",
        "  It is damaged.",
    ]
    stopped = BookReport("a.epub", (), ("two",))
    assert (
        list(sentences(stopped))[1] == "  In two columns: the web engine stopped again and again."
    )
