"""Notes are shown beside their references, with their pictures and links, and nothing moves."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.domain.locator import Place
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import LinkActivated
from kios_desktop.ui.reader.footnotes import FootnotePopover
from tests.books import BookDraft
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

TEXT = """<p>Words<a id="r1" href="chapter0002.xhtml#n1"><sup>1</sup></a> and more words,
<a id="plain" href="chapter0002.xhtml#n2">to a paragraph that is no note at all</a>.</p>"""
NOTES = """<h1>Notes</h1>
<p><a id="n1" href="chapter0001.xhtml#r1">1.</a> The <i>first</i> note, <a href="#n3">see 3</a>.</p>
<p id="n2">Only text.</p>
<aside id="n3" epub:type="endnote"><p>The third.</p></aside>"""


def popover(book: OpenedBook) -> FootnotePopover | None:
    shown = book.window.overlays.shown(OverlayKind.POPOVER)
    content = shown.content if shown is not None else None
    return content if isinstance(content, FootnotePopover) else None


async def follow(book: OpenedBook, selector: str) -> None:
    await evaluate(book.window._page, f"kios.current.doc.querySelector('{selector}').click()")


async def test_a_note_is_read_without_leaving_the_page(qapp: QApplication, tmp_path: Path) -> None:
    path = BookDraft(chapters=[TEXT, NOTES]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        window = book.window
        await follow(book, "#r1")
        await until(lambda: popover(book) is not None)
        shown = popover(book)
        assert shown is not None
        assert shown.accessibleName() == "Note 1"
        assert shown.text.toPlainText().strip() == "The first note, see 3."
        assert window.place_shown == Place(0, 0)
        overlay = window.overlays.shown(OverlayKind.POPOVER)
        assert overlay is not None
        assert window.rect().contains(overlay.geometry().adjusted(24, 24, -24, -24))
        bar = shown.text.verticalScrollBar()
        assert bar.maximum() == bar.minimum(), "all of it is seen"

        shown.text.anchorClicked.emit(QUrl("#n3"))  # a note in a note
        await until(lambda: popover(book) not in (None, shown))
        nested = popover(book)
        assert nested is not None and nested.text.toPlainText().strip() == "The third."
        QTest.keyClick(nested.text, Qt.Key.Key_Escape)
        await until(lambda: popover(book) is None)
        assert window.place_shown == Place(0, 0)


@pytest.mark.parametrize("href", ["#a%20b", "chapter0002.xhtml#%C3%A9", "#é"])
async def test_a_link_in_a_note_is_followed_as_it_is_written(
    qapp: QApplication, tmp_path: Path, href: str
) -> None:
    notes = f"""<p><a id="n1" href="chapter0001.xhtml#r1">1.</a> <a href="{href}">Other</a></p>
    <aside id="a b" epub:type="endnote"><p>A note.</p></aside>
    <aside id="é" epub:type="endnote"><p>A note.</p></aside>"""
    path = BookDraft(chapters=[TEXT, notes]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        await follow(book, "#r1")
        await until(lambda: popover(book) is not None)
        shown = popover(book)
        assert shown is not None and shown.text.anchorAt(QPoint(12, 10))
        QTest.mouseClick(shown.text.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 10))
        await until(lambda: popover(book) not in (None, shown))
        nested = popover(book)
        assert nested is not None and nested.text.toPlainText().strip() == "A note."


async def test_a_note_that_is_looked_up_when_the_window_closes_is_not_shown(
    qapp: QApplication, tmp_path: Path
) -> None:
    bugs: list[Exception] = []
    path = BookDraft(chapters=[TEXT, NOTES]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path) as kios:
        kios.app.tasks.report = bugs.append
        book = await kios.open(await kios.add(path))
        presenter = book.window._presenter
        assert presenter is not None
        presenter.link(LinkActivated("chapter0002.xhtml#n1", 0, "1", ["noteref"]))
        await asyncio.sleep(0)  # it has begun
        book.window._end()
        await settled()
    assert not bugs


async def test_go_to_notes_leads_there_and_back(qapp: QApplication, tmp_path: Path) -> None:
    path = BookDraft(chapters=[TEXT, NOTES]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        await follow(book, "#r1")
        await until(lambda: popover(book) is not None)
        shown = popover(book)
        assert shown is not None
        [go] = [b for b in shown.findChildren(QPushButton) if b.text() == "Go to notes"]
        go.click()
        await until(lambda: book.window.place_shown.spine_index == 1)  # type: ignore[union-attr]
        assert popover(book) is None and book.window.pill.isVisible()
        book.window.actions_by_name["back"].trigger()
        await until(lambda: book.window.place_shown == Place(0, 0))


async def test_a_link_to_other_text_is_followed(qapp: QApplication, tmp_path: Path) -> None:
    path = BookDraft(chapters=[TEXT, NOTES]).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        await follow(book, "#plain")
        await until(lambda: book.window.place_shown.spine_index == 1)  # type: ignore[union-attr]
        await asyncio.sleep(0.1)
        assert popover(book) is None
