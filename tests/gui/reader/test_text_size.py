"""Running text has the size that the user chose; other text keeps its ratio to it."""

from pathlib import Path

import pytest

from kios_desktop.domain.preferences import ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, open_engine

SENTENCE = "The fog came in while they were still talking of the harbour. "
TEXT = f"<p id='text'>{SENTENCE * 12}</p>"
TITLE = "<h1 id='title'>A title</h1>"
ASKED = 28

# What a book says of sizes, the rest of its chapter, and how large its title is beside its text.
WAYS: dict[str, tuple[str, str, float]] = {
    "nothing": ("", TITLE + TEXT, 2),
    "a keyword for all": ("body { font-size: medium }", TITLE + TEXT, 2),
    "a keyword for paragraphs": ("p { font-size: small }", TITLE + TEXT, 32 / 13),
    "a part of ours": ("p { font-size: 0.8em }", TITLE + TEXT, 2 / 0.8),
    "larger than ours": ("body { font-size: 130% }", TITLE + TEXT, 2),
    "px in the style attribute": (
        "", TITLE + TEXT.replace("<p", "<p style='font-size: 12px'"), 32 / 12,
    ),
    "pt for all": ("body { font-size: 9pt } h1 { font-size: 18pt }", TITLE + TEXT, 2),
    "pt in a shorthand": (
        "p { font: 9pt/1.3 serif } h1 { font: bold 18pt serif }", TITLE + TEXT, 2,
    ),
    "a sum": ("p { font-size: calc(6px + 0.5em) }", TITLE + TEXT, 32 / 14),
    "a part of the window": ("p { font-size: 3vw }", TITLE + TEXT, 32 / 19.2),
    "rem of a small root": (
        "html { font-size: 62.5% } body { font-size: 1.6rem } h1 { font-size: 2.4rem }",
        TITLE + TEXT, 1.5,
    ),
    "rem and px": ("html { font-size: 10px } p { font-size: 1.2rem } h1 { font-size: 24px }",
                   TITLE + TEXT, 2),
    "old font elements": (
        "", TITLE + f"<p><font size='2' id='text'>{SENTENCE * 12}</font></p>", 32 / 13,
    ),
    "a span for every paragraph": (
        ".s { font-size: 0.75em }",
        TITLE + f"<p><span class='s' id='text'>{SENTENCE * 12}</span></p>", 2 / 0.75,
    ),
    "a letter that is longer than the rest": (
        "blockquote { font-size: 0.8em }",
        TITLE + TEXT + f"<blockquote><p>{SENTENCE * 40}</p></blockquote>", 2,
    ),
    "nothing but lists": ("ol { font-size: 0.8em }", TITLE
                          + f"<ol><li id='text'>{SENTENCE * 40}</li></ol>", 2 / 0.8),
    "a variable": (":root { --b: 14px } body { font-size: var(--b) }", TITLE + TEXT, 2),
    "a variable in a shorthand": (
        ":root { --f: serif } body { font: 14px/1.5 var(--f) }", TITLE + TEXT, 2,
    ),
    "other sizes for narrow windows": (
        "body { font-size: 16px } @media (max-width: 300px) { body { font-size: 9px } }",
        TITLE + TEXT, 2,
    ),
    "nested rules": ("body { p { color: #111 } font-size: 12px }", TITLE + TEXT, 2),
}  # fmt: skip


async def size_of(engine: Engine, name: str) -> float:
    """The text size of the element with an id, px."""
    found = await engine.ask(
        "parseFloat(kios.current.window.getComputedStyle("
        f"kios.current.doc.getElementById('{name}')).fontSize)"
    )
    return float(found)


@pytest.mark.parametrize("way", WAYS)
async def test_running_text_has_the_size_asked_for(
    profile: BookProfile, tmp_path: Path, way: str
) -> None:
    css, body, ratio = WAYS[way]
    path = BookDraft(chapters=[body], css=css).write(tmp_path / "book.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(size_px=ASKED))
    assert await size_of(engine, "text") == pytest.approx(ASKED, abs=0.1)
    assert await size_of(engine, "title") == pytest.approx(ratio * ASKED, rel=0.01)
    await engine.relaid(ReadingSettings(size_px=ASKED // 2))
    assert await size_of(engine, "text") == pytest.approx(ASKED / 2, abs=0.1)
    await engine.close()


async def test_a_short_chapter_has_the_size_of_the_book_s_paragraphs(
    profile: BookProfile, tmp_path: Path
) -> None:
    chapter = "<p id='text'>For nobody.</p><p style='font-size: 3em'>The title</p>"
    draft = BookDraft(chapters=[chapter], css="p { font-size: small }")
    engine = await open_engine(profile, draft.write(tmp_path / "short.epub"))
    assert await size_of(engine, "text") == pytest.approx(19, abs=0.1)
    await engine.close()


async def test_other_chapters_keep_their_ratio_to_the_book_s_text(
    profile: BookProfile, tmp_path: Path
) -> None:
    long = f"<p class='c' id='text'>{SENTENCE * 80}</p>"
    notes = f"<h1 id='title'>Notes</h1><ol><li id='text'>{SENTENCE * 90}</li></ol>"
    draft = BookDraft(
        chapters=[
            TITLE + long,
            "<p class='c' id='text'>For my mother.</p>" + TITLE,
            f"<p class='small' id='text'>{SENTENCE * 20}</p>" + TITLE,
            notes,
            f"<p class='small' id='text'>{SENTENCE * 70}</p><p class='c'>{SENTENCE * 20}</p>",
        ],
        css=".c { font-size: 0.75em } .small, ol { font-size: 0.6em }",
    )
    engine = await open_engine(profile, draft.write(tmp_path / "ratios.epub"))
    sizes = []
    for spine in range(5):
        await engine.go(spine)
        sizes.append(await size_of(engine, "text"))
    assert sizes == pytest.approx([19, 19, 15.2, 15.2, 15.2], abs=0.1)
    assert await engine.go(2)
    assert await size_of(engine, "title") == pytest.approx(2 / 0.75 * 19, rel=0.01)
    await engine.close()


async def test_sizes_hold_without_the_book_s_styles(profile: BookProfile, tmp_path: Path) -> None:
    draft = BookDraft(chapters=[TITLE + TEXT], css="html { font-size: 50% } p { font-size: 7px }")
    path = draft.write(tmp_path / "plain.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(size_px=ASKED))
    assert await size_of(engine, "text") == pytest.approx(ASKED, abs=0.1)
    await engine.relaid(ReadingSettings(size_px=ASKED, publisher_styles=False))
    assert await size_of(engine, "text") == pytest.approx(ASKED, abs=0.1)
    assert await size_of(engine, "title") == pytest.approx(2 * ASKED, rel=0.3)
    await engine.close()


async def test_imported_and_conditional_rules_follow(profile: BookProfile, tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=[TITLE + TEXT],
        css="@import 'more.css'; @media all { h1 { font-size: 32px } }",
    )
    draft.files = {"EPUB/more.css": "p { font-size: 10px }"}
    draft.manifest = '<item id="more" href="more.css" media-type="text/css"/>'
    path = draft.write(tmp_path / "imports.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(size_px=ASKED))
    assert await size_of(engine, "text") == pytest.approx(ASKED, abs=0.1)
    assert await size_of(engine, "title") == pytest.approx(3.2 * ASKED, rel=0.01)
    await engine.close()
