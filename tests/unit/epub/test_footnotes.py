"""Which links lead to a note, and what the note says."""

from contextlib import closing
from pathlib import Path

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.epub.footnotes import Footnotes
from kios_desktop.epub.notes import Note, NoteLink
from tests.books import BookDraft


def notes_of(folder: Path, *chapters: str) -> Footnotes:
    path = BookDraft(chapters=list(chapters)).write(folder / "book.epub")
    with closing(open_publication(path, None)) as opened:
        for spine_index in range(len(chapters)):
            opened.places.footnotes._models.at(spine_index)  # read while it is open
        return opened.places.footnotes


def link(
    href: str, text: str = "1", kinds: str = "", ids: str = "", raised: bool = False
) -> NoteLink:
    return NoteLink(href, text, frozenset(kinds.split()), frozenset(ids.split()), raised)


TYPED = '<p>Words.</p><aside epub:type="footnote" id="n"><p>The <i>note</i>.</p></aside>'
KF8 = '<p><a id="n" href="chapter1.xhtml#r">1.</a> A note, KF8 style.</p><p>Another.</p>'
PANDOC = (
    '<section role="doc-endnotes"><ol><li id="fn1" role="doc-endnote"><p>Pandoc.'
    '<a href="chapter1.xhtml#fnref1" role="doc-backlink">↩</a></p></li></ol></section>'
)


@pytest.mark.parametrize(
    ("asked", "chapter", "markup"),
    [
        (link("#n", kinds="noteref"), TYPED, "<p>The <i>note</i>.</p>"),
        (link("#n", "see the note"), TYPED, "<p>The <i>note</i>.</p>"),
        (link("#n", kinds="doc-noteref"), '<p id="n">1 Of ARIA.</p>', "<p>Of ARIA.</p>"),
        (
            link("#n", raised=True),
            '<p><a id="n"></a>1. Raised &amp; begun.</p>',
            "<p>Raised &amp; begun.</p>",
        ),
        (link("#n", "[1]", ids="r"), '<p id="n">[1] Back <a href="#r">↑</a></p>', "<p>Back</p>"),
        (link("#n", "*", raised=True), '<div id="n">* A star.</div>', "<p>A star.</p>"),
        (link("#n", "a", raised=True), '<ul><li id="n">a) A letter.</li></ul>', "<p>A letter.</p>"),
        (
            link("#n", ids="r"),
            '<dl><dt id="n"><a href="#r">1</a></dt><dd>A definition, <a href="#r">1</a></dd></dl>',
            "<p>A definition,</p>",
        ),
        (
            link("#n", kinds="noteref"),
            '<p id="n"><script>x()</script><img src="a.png" alt="A &quot;b&quot;"/>'
            '<a href="#m">2</a></p>',
            '<p><img src="a.png" alt="A &quot;b&quot;"/><a href="#m">2</a></p>',
        ),
    ],
)
def test_a_link_to_a_note_shows_it(
    asked: NoteLink, chapter: str, markup: str, tmp_path: Path
) -> None:
    note = notes_of(tmp_path, chapter).note(asked, 0)
    assert note is not None
    assert note.markup == markup


@pytest.mark.parametrize(
    ("asked", "chapter"),
    [
        (link("#n", "Chapter 1"), '<p id="n">Chapter 1 begins here.</p>'),
        (link("#n", "1"), '<h2 id="n">1</h2><p>Text.</p>'),
        (link("#n", "1"), '<p id="n">Nothing leads back.</p>'),
        (link("#n", "1", raised=True), '<p id="n">Nothing leads back, nor has it the mark.</p>'),
        (link("#n", "1", kinds="backlink"), TYPED),
        (link("#gone", "1", kinds="noteref"), TYPED),
        (link("nowhere.xhtml#n", "1", kinds="noteref"), TYPED),
        (link("#n", "1", kinds="noteref"), '<aside id="n"></aside>'),
        (link("#n", "1", kinds="noteref"), f'<div id="n">{"A whole chapter. " * 2000}</div>'),
        # the way back of a note: its reference stands within a paragraph
        (
            link("#r", "1", ids="n"),
            '<p>Words with a reference<a id="r" href="#n">1</a> in them.</p>',
        ),
    ],
)
def test_other_links_are_followed(asked: NoteLink, chapter: str, tmp_path: Path) -> None:
    assert notes_of(tmp_path, chapter).note(asked, 0) is None


def test_notes_in_another_chapter(tmp_path: Path) -> None:
    body = '<p>Words<a id="r" href="chapter0002.xhtml#n"><sup>1</sup></a>.</p>'
    notes = notes_of(tmp_path, body, KF8.replace("chapter1", "chapter0001"))
    found = notes.note(link("chapter0002.xhtml#n", ids="r", raised=True), 0)
    assert found == Note("1", "<p>A note, KF8 style.</p>", 1, "n")


def test_of_lists_the_item_and_without_its_way_back(tmp_path: Path) -> None:
    chapter = PANDOC.replace("chapter1", "chapter0001")
    notes = notes_of(
        tmp_path, '<p>Words<a id="fnref1" href="chapter0002.xhtml#fn1">1</a></p>', chapter
    )
    found = notes.note(link("chapter0002.xhtml#fn1", kinds="doc-noteref", ids="fnref1"), 0)
    assert found is not None and found.markup == "<p>Pandoc.</p>"


def test_a_note_nested_without_end_is_read(tmp_path: Path) -> None:
    chapter = f'<div id="n">{"<span>" * 5000}deep{"</span>" * 5000}</div>'
    found = notes_of(tmp_path, chapter).note(link("#n", kinds="noteref"), 0)
    assert found is not None and "deep" in found.markup
