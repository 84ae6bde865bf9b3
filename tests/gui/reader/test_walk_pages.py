"""What a walk says of pictures, pages and the setting of text."""

import asyncio
import zlib
from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.report import PictureState
from tests.books import BookDraft, page
from tests.gui.reader.walking import walked, walked_body

SVG = "http://www.w3.org/2000/svg"
MORE = "<p>" + "More words to fill the page. " * 20 + "</p>"


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def picture_book(folder: Path, body: str, **files: bytes) -> Path:
    draft = BookDraft(chapters=[body], css="p {}")
    draft.files = {f"EPUB/{name.replace('_', '.')}": data for name, data in files.items()}
    return draft.write(folder / "book.epub")


PICTURES = {
    "whole": ("<p><img src='a.png' alt=''/></p>", PictureState.WHOLE),
    "too wide for the page": (
        "<p><img src='a.png' alt='' style='width: 4000px !important; max-width: none !important;"
        " height: 20px !important; max-height: none !important'/></p>",
        PictureState.CUT,
    ),
    "off the page": (
        "<p><img src='a.png' alt='' style='position: absolute; left: -9999px'/>words</p>",
        PictureState.NEVER,
    ),
    "in a box that is too small": (
        "<div style='height: 10px; overflow: clip'><img src='a.png' alt=''/></div>",
        PictureState.CUT,
    ),
    "damaged": ("<p><img src='bad.png' alt=''/></p>", PictureState.FAILED),
    "missing from the file": ("<p><img src='none.png' alt=''/></p>", PictureState.MISSING),
    "of a foreign type": ("<p><img src='a.tiff' alt=''/></p>", PictureState.FOREIGN),
    "a drawing": (
        f"<p><svg xmlns='{SVG}' width='40' height='40'><circle r='20'/></svg></p>",
        PictureState.WHOLE,
    ),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_pictures_are_seen_whole_or_not(
    profile: BookProfile, tmp_path: Path, name: str
) -> None:
    body, state = PICTURES[name]
    files = {"a_png": png(30, 30), "bad_png": b"\x89PNG\r\n\x1a\nbad", "a_tiff": b"II*\0"}
    path = picture_book(tmp_path, body, **files)
    report = await walked(profile, path, fitted=False)
    [picture] = report.chapters[0].pictures
    assert picture.state is state
    counted = state not in (PictureState.MISSING, PictureState.FOREIGN)
    assert len(report.pictures) == counted
    assert report.whole_pictures == (state is PictureState.WHOLE)


async def test_hidden_pictures_and_definitions_are_none(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = (
        "<p>words</p><img src='a.png' alt='' style='display: none'/>"
        f"<svg xmlns='{SVG}' width='0' height='0'><defs><path id='p'/></defs></svg>"
    )
    chapter = await walked_body(profile, tmp_path, body)
    assert chapter.pictures == ()


@pytest.mark.parametrize(
    ("middle", "blank"),
    [
        ("<p>&#160;</p>", 1),
        ("<p id='page-7'></p><p>&#160;</p>", 1),
        ("<p>words</p>", 0),
        ("<hr/>", 0),
        ("<div style='height: 3em; border: 1px solid'></div>", 0),
        ("<div style='height: 3em; background: #888'></div>", 0),
        ("<p class='stars'></p>", 0),
    ],
)
async def test_pages_with_nothing_on_them_are_blank(
    profile: BookProfile, tmp_path: Path, middle: str, blank: int
) -> None:
    body = f"<p>first</p><div class='own'>{middle}</div><p class='own'>last</p>"
    css = ".own { break-before: column } .stars::before { content: '* * *' }"
    chapter = await walked_body(profile, tmp_path, body, css=css)
    assert (chapter.pages, len(chapter.blank)) == (3, blank)
    assert [one.page for one in chapter.blank] == [1] * blank


async def test_a_picture_that_is_not_in_the_book_is_no_loss(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = (
        "<p>words <img src='' alt=''/><img alt='no address'/>"
        "<img src='https://example.org/far.png' alt=''/></p>"
    )
    chapter = await walked_body(profile, tmp_path, body)
    assert [one.state for one in chapter.pictures] == ["remote"]
    assert not any(one.counts for one in chapter.pictures)


async def test_chapter_without_anything_is_empty_and_not_blank(
    profile: BookProfile, tmp_path: Path
) -> None:
    chapter = await walked_body(profile, tmp_path, "<p></p>")
    assert chapter.empty
    assert chapter.blank == ()


async def test_small_text_and_shrunk_tables_are_told(profile: BookProfile, tmp_path: Path) -> None:
    body = (
        "<p style='font-size: 50%'>half of it</p><p style='zoom: 0.5'>made small</p>"
        "<p style='transform: scale(0.5)'>also small</p>"
        "<table style='zoom: 0.8'><tr><td>a cell</td></tr></table>"
        "<table style='zoom: 0.5'><tr><td>tiny</td></tr></table>"
    )
    chapter = await walked_body(profile, tmp_path, body)
    assert chapter.small_text == len("madesmallalsosmalltiny")
    assert [(one.scale, one.px) for one in chapter.shrunk] == [(0.8, 15.2), (0.5, 9.5)]
    assert {(one.px, one.wanted) for one in chapter.small} == {(9.5, 19.0)}


@pytest.mark.parametrize(
    ("style", "marks"),
    [
        ("padding-left: 2.5em", ""),
        ("padding-left: 0; margin-left: -27em", "9.  10. "),
        ("padding-left: 0; overflow: clip", "9.  10. "),
        ("padding-left: 0; overflow: clip; list-style-position: inside", ""),
        ("padding-left: 0; overflow: clip; list-style: none", ""),
        ("padding-left: 0; overflow: clip; list-style: upper-roman", "IX.  X. "),
    ],
)
async def test_list_marks_that_are_cut_off_are_a_loss(
    profile: BookProfile, tmp_path: Path, style: str, marks: str
) -> None:
    body = "<ol start='9'><li><span>a</span></li><li><span>b</span></li></ol><p>c</p>"
    css = f"ol {{ margin: 0; {style} }} span {{ margin-left: 28em }}"
    chapter = await walked_body(profile, tmp_path, body, css=css)
    assert chapter.reached == chapter.characters == 3
    assert [loss.sample for loss in chapter.lost] == ([marks] if marks else [])


async def test_lines_that_run_into_one_another_are_told(
    profile: BookProfile, tmp_path: Path
) -> None:
    words = "gypsy dogs " * 3
    body = f"<p class='a'>{words}<br/>{words}<br/>{words}</p><p>{words}<br/>{words}</p>"
    chapter = await walked_body(
        profile,
        tmp_path,
        body,
        css="@keyframes a { to { line-height: 0.6 } } .a { animation: a 1s -2s forwards }",
    )
    assert chapter.overlaps == 2


async def test_words_broken_without_a_hyphen_are_told(profile: BookProfile, tmp_path: Path) -> None:
    body = (
        "<p class='narrow'>incomprehensibly</p><p class='narrow'>incompre\u00adhensibly</p>"
        "<p class='narrow'>one two three</p><p class='narrow'>漢字漢字漢字漢字漢字</p>"
    )
    css = ".narrow { width: 6em; overflow-wrap: anywhere }"
    chapter = await walked_body(profile, tmp_path, body, css=css)
    assert chapter.broken_words == 1
    [sample] = chapter.broken_samples
    assert sample.replace("|", "") == "incomprehensibly"


async def test_low_contrast_is_told_in_each_page_theme(
    profile: BookProfile, tmp_path: Path
) -> None:
    # Keyframes are what the reader does not mend.
    body = "<p class='pale'>pale</p><p class='box'>dark on dark</p><p>black on paper</p>"
    css = (
        "@keyframes pale { to { color: #ddd } }"
        "@keyframes box { to { background: #111; color: #222 } }"
        ".pale { animation: pale 1s -2s forwards } .box { animation: box 1s -2s forwards }"
    )
    chapter = await walked_body(profile, tmp_path, body, css=css)
    paper = next(one for one in chapter.contrast if one.theme == "paper")
    assert paper.elements == 2
    assert paper.lowest < 1.5


async def test_chapters_that_are_not_shown_by_rule_are_no_loss(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>one</p>", "<p>two</p>"])
    draft.manifest = (
        "<item id='b' href='data.bin' media-type='application/x-own'/>"
        "<item id='gone' href='gone.xhtml' media-type='application/xhtml+xml'/>"
    )
    draft.spine = "<itemref idref='b'/><itemref idref='gone'/>"
    draft.files = {"EPUB/data.bin": b"\0\1"}
    report = await walked(profile, draft.write(tmp_path / "book.epub"))
    assert report.refused == {2: "unsupported", 3: "missing"}
    assert not any(chapter.lost for chapter in report.chapters.values())
    assert not report.is_whole  # one is missing from the file
    assert report.total("characters") == report.total("reached") == 6


async def test_chapter_that_can_not_be_read_is_lost(profile: BookProfile, tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    start = data.index(b"chapter0002.xhtml") + len("chapter0002.xhtml")
    data[start : start + 40] = b"\xff" * 40  # the second chapter's own bytes
    path.write_bytes(data)
    report = await walked(profile, path)
    assert not report.is_whole
    [loss] = report.chapters[1].lost
    assert loss.reason.startswith("a sentence in its place")


async def test_chapters_out_of_line_are_walked_too(profile: BookProfile, tmp_path: Path) -> None:
    draft = BookDraft(chapters=["<p>one</p>", "<p>two</p>"])
    draft.manifest = "<item id='n' href='note.xhtml' media-type='application/xhtml+xml'/>"
    draft.spine = "<itemref idref='n' linear='no'/>"
    draft.files = {"EPUB/note.xhtml": page(f"<p>note</p>{MORE * 8}")}
    report = await walked(profile, draft.write(tmp_path / "book.epub"))
    assert report.is_whole
    assert report.chapters[2].pages > 1
    assert report.chapters[2].reached == report.chapters[2].total


async def test_walk_goes_on_after_the_web_engine_ended(
    profile: BookProfile, tmp_path: Path
) -> None:
    """The chapter at which it ended is left out, and counts as lost."""
    draft = BookDraft(chapters=[MORE * 400, "<p>two</p>", "<p>three</p>"])
    path = draft.write(tmp_path / "book.epub")
    before = set(profile._pages)
    walking = asyncio.create_task(walked(profile, path))
    while not (ours := profile._pages - before) or not next(iter(ours)).is_ready:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    next(iter(ours)).end_web_engine()
    report = await walking
    lost = [spine for spine, chapter in report.chapters.items() if chapter.lost]
    assert len(lost) == 1
    assert report.chapters[lost[0]].lost[0].reason == "the web engine stopped at it"
    others = [chapter for spine, chapter in report.chapters.items() if spine not in lost]
    assert [chapter.reached == chapter.characters > 0 for chapter in others] == [True, True]
