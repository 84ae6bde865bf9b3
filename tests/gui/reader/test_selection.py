"""Text is selected with the pointer, with keys and by handles, and reported as ordinals."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.preferences import Layout, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import (
    Clicked,
    Deselected,
    Hovered,
    Paint,
    Relocated,
    Selected,
    Selection,
    SelectionMove,
)
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, open_engine

pytestmark = pytest.mark.gui

LINE = "Alpha beta gamma delta epsilon zeta eta theta. "
CHAPTER = "".join(f"<p>{LINE * 6}</p>" for _ in range(12))
WORD = len("Alpha")
LEFT = Qt.MouseButton.LeftButton


def inner(engine: Engine) -> QWidget:
    """What takes the events of the pointer."""
    proxy = engine.view.focusProxy()
    assert isinstance(proxy, QWidget)
    return proxy


async def point(engine: Engine, ordinal: int, dx: float = 0.5) -> QPoint:
    """A point within the box of a character on screen."""
    box = f"kios.current.text.rectAt({ordinal})"
    x, y, w, h, left, top = await engine.ask(
        f"[{box}.left, {box}.top, {box}.width, {box}.height, "
        "kios.current.frame.offsetLeft, kios.current.frame.offsetTop]"
    )
    return QPoint(round(x + left + w * dx), round(y + top + h / 2))


async def opened(profile: BookProfile, folder: Path) -> Engine:
    engine = await open_engine(profile, BookDraft(chapters=[CHAPTER]).write(folder / "book.epub"))
    engine.view.activateWindow()
    QTest.qWait(100)
    return engine


async def test_a_drag_selects_what_it_goes_over(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    start, end = await point(engine, 5, 0.1), await point(engine, 14, 0.9)
    QTest.mousePress(inner(engine), LEFT, pos=start)
    QTest.mouseMove(inner(engine), (start + end) / 2)
    QTest.mouseMove(inner(engine), end)
    QTest.mouseRelease(inner(engine), LEFT, pos=end)
    told = await engine.wait(Selected)
    assert (told.spine, told.start, told.end) == (0, 5, 15)
    left, top, width, height = told.box
    assert left < start.x() <= end.x() < left + width
    assert top < start.y() < top + height
    seen = len(engine.messages)
    QTest.mouseClick(inner(engine), LEFT, pos=QPoint(500, 700))
    await engine.wait(Deselected, seen)
    QTest.qWait(400)
    assert not [one for one in engine.messages[seen:] if isinstance(one, Clicked)]
    await engine.close()


async def test_a_double_click_selects_a_word_and_turns_no_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    word = await point(engine, 6)
    seen = len(engine.messages)
    for _ in range(2):  # two of `mouseClick` would be too far apart
        QTest.mouseDClick(inner(engine), LEFT, pos=word)
    QTest.mouseRelease(inner(engine), LEFT, pos=word)
    told = await engine.wait(Selected)
    assert (told.start, told.end) == (5, 9)
    QTest.qWait(400)
    assert not [one for one in engine.messages[seen:] if isinstance(one, Clicked)]
    await engine.close()


async def test_a_click_on_text_says_which(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    QTest.mouseClick(inner(engine), LEFT, pos=await point(engine, 7))
    told = await engine.wait(Clicked)
    assert (told.spine, told.ordinal) == (0, 7)
    seen = len(engine.messages)
    QTest.mouseClick(inner(engine), LEFT, pos=QPoint(3, 400))
    assert (await engine.wait(Clicked, seen)).ordinal is None
    await engine.close()


async def test_keys_alone_select_and_the_page_follows(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.set_caret(True)
    engine.page.bridge.move_selection(SelectionMove("word", "forward", extend=True))
    assert await engine.ask("document.getElementById('caret').hidden")
    told = await engine.wait(Selected)
    assert (told.start, told.end) == (0, WORD)
    pages = (await engine.ask("kios.current.pages")) - 1
    assert pages
    for _ in range(40):
        engine.page.bridge.move_selection(SelectionMove("paragraph", "forward", extend=True))
    assert await engine.ask("kios.current.page") == pages
    assert engine.messages[-1] == [m for m in engine.messages if isinstance(m, Selected)][-1]
    last = engine.messages[-1]
    assert isinstance(last, Selected) and last.start == 0 and last.end > 12 * 200
    assert any(isinstance(one, Relocated) and one.page == pages for one in engine.messages)
    engine.page.bridge.set_caret(False)
    await engine.wait(Deselected, len(engine.messages) - 1)
    await engine.close()


async def test_the_caret_is_seen_until_something_is_selected(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.set_caret(True)
    assert not await engine.ask("document.getElementById('caret').hidden")
    before = await engine.ask("document.getElementById('caret').style.left")
    engine.page.bridge.move_selection(SelectionMove("word", "forward", extend=False))
    assert await engine.ask("document.getElementById('caret').style.left") != before
    engine.page.bridge.set_caret(False)
    assert await engine.ask("document.getElementById('caret').hidden")
    await engine.close()


async def test_handles_make_a_selection_longer(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.select(Selection(0, 5, 9))
    assert (await engine.wait(Selected)).end == 9
    box = "document.querySelector('.handle.end').getBoundingClientRect()"
    x, y = await engine.ask(f"[{box}.left + {box}.width / 2, {box}.top]")
    goal = await point(engine, 20, 0.9)
    grip = QPoint(round(x + 7), round(y + 8))
    seen = len(engine.messages)
    QTest.mousePress(inner(engine), LEFT, pos=grip)
    QTest.mouseMove(inner(engine), QPoint(goal.x(), goal.y() + 10))
    QTest.qWait(50)
    QTest.mouseRelease(inner(engine), LEFT, pos=QPoint(goal.x(), goal.y() + 10))
    told = await engine.wait(Selected, seen)
    assert (told.start, told.end) == (5, 21)
    await engine.close()


async def test_the_pointer_over_marked_text_is_told_and_its_leaving(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.paint(Paint(0, "yellow", [(5, 9)]))
    QTest.mouseMove(inner(engine), await point(engine, 6))
    told = await engine.wait(Hovered)
    assert (told.spine, told.ordinal) == (0, 6)
    QTest.mouseMove(inner(engine), await point(engine, 20))
    QTest.qWait(300)
    assert isinstance(engine.messages[-1], Hovered) and engine.messages[-1].ordinal is None
    await engine.close()


async def test_a_handle_dragged_beyond_the_other_keeps_the_other_end(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.select(Selection(0, 5, 9))
    await engine.wait(Selected)
    box = "document.querySelector('.handle.start').getBoundingClientRect()"
    x, y = await engine.ask(f"[{box}.left + {box}.width / 2, {box}.top]")
    grip = QPoint(round(x - 7), round(y + 8))
    seen = len(engine.messages)
    QTest.mousePress(inner(engine), LEFT, pos=grip)
    for ordinal in (12, 14, 16, 20):
        goal = await point(engine, ordinal, 0.9)
        QTest.mouseMove(inner(engine), QPoint(goal.x(), goal.y() + 10))
        QTest.qWait(50)
    QTest.mouseRelease(inner(engine), LEFT, pos=QPoint(goal.x(), goal.y() + 10))
    told = await engine.wait(Selected, seen)
    assert (told.start, told.end) == (9, 21)
    await engine.close()


async def test_another_selection_by_the_pointer_ends_the_one_before(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.select(Selection(0, 5, 9))
    await engine.wait(Selected)
    seen = len(engine.messages)
    start, end = await point(engine, 20, 0.1), await point(engine, 24, 0.9)
    QTest.mousePress(inner(engine), LEFT, pos=start)
    QTest.mouseMove(inner(engine), (start + end) / 2)
    QTest.mouseMove(inner(engine), end)
    QTest.mouseRelease(inner(engine), LEFT, pos=end)
    told = await engine.wait(Selected, seen)
    assert (told.start, told.end) == (20, 25)
    assert any(isinstance(one, Deselected) for one in engine.messages[seen:-1])
    await engine.close()


async def test_a_click_in_the_margin_ends_a_selection(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.select(Selection(0, 5, 9))
    await engine.wait(Selected)
    seen = len(engine.messages)
    QTest.mouseClick(inner(engine), LEFT, pos=QPoint(985, 400))
    await engine.wait(Deselected, seen)
    QTest.qWait(500)
    assert not [one for one in engine.messages[seen:] if isinstance(one, Clicked)]
    QTest.mouseClick(inner(engine), LEFT, pos=QPoint(985, 400))
    await engine.wait(Clicked, seen)
    await engine.close()


async def test_a_drag_that_ends_in_the_margin_selects(profile: BookProfile, tmp_path: Path) -> None:
    engine = await opened(profile, tmp_path)
    start = await point(engine, 5, 0.1)
    QTest.mousePress(inner(engine), LEFT, pos=start)
    QTest.mouseMove(inner(engine), start + QPoint(60, 0))
    QTest.mouseMove(inner(engine), QPoint(985, start.y()))
    QTest.mouseRelease(inner(engine), LEFT, pos=QPoint(985, start.y()))
    told = await engine.wait(Selected)
    assert told.start == 5 and told.end > 20
    await engine.close()


async def test_the_end_of_the_last_line_is_selected_without_turning_the_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    last = await engine.ask("kios.current.startOf(1)") - 1
    engine.page.bridge.select(Selection(0, last - 3, last))
    await engine.wait(Selected)
    seen = len(engine.messages)
    engine.page.bridge.move_selection(SelectionMove("lineboundary", "forward", extend=True))
    assert (await engine.wait(Selected, seen)).end == last + 1
    assert await engine.ask("kios.current.page") == 0
    await engine.close()


async def test_the_caret_moves_with_every_key_and_comes_along_to_the_next_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.set_caret(True)
    lefts = []
    for _ in range(WORD + 2):  # behind the word, then behind the space
        left = await engine.ask("parseFloat(document.getElementById('caret').style.left)")
        lefts.append(left)
        engine.page.bridge.move_selection(SelectionMove("character", "right", extend=False))
    assert lefts == sorted(set(lefts))
    await engine.turn()
    assert not await engine.ask("document.getElementById('caret').hidden")
    engine.page.bridge.move_selection(SelectionMove("character", "right", extend=False))
    assert await engine.ask("kios.current.page") == 1
    await engine.close()


async def test_what_lies_over_scrolled_text_moves_along(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    await engine.relaid(ReadingSettings(layout=Layout.SCROLL))
    engine.page.bridge.select(Selection(0, 400, 409))
    first = await engine.wait(Selected)
    seen = len(engine.messages)
    await engine.ask("(kios.current.window.scrollBy(0, 60), 1)")
    told = await engine.wait(Selected, seen)
    assert told.box[1] == pytest.approx(first.box[1] - 60, abs=1)
    engine.page.bridge.clear_selection()
    engine.page.bridge.set_caret(True)
    for _ in range(60):
        engine.page.bridge.move_selection(SelectionMove("line", "forward", extend=False))
    QTest.qWait(400)
    caret = "document.getElementById('caret').getBoundingClientRect()"
    top, bottom, height = await engine.ask(f"[{caret}.top, {caret}.bottom, window.innerHeight]")
    assert 0 < top < bottom <= height
    assert await engine.ask("kios.current.window.scrollY") > 200
    await engine.close()


async def test_a_note_goes_when_the_pointer_leaves_the_text(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    engine.page.bridge.paint(Paint(0, "yellow", [(5, 9)]))
    QTest.mouseMove(inner(engine), await point(engine, 6))
    await engine.wait(Hovered)
    QTest.mouseMove(inner(engine), QPoint(990, 10))
    QTest.qWait(300)
    assert isinstance(engine.messages[-1], Hovered) and engine.messages[-1].ordinal is None
    await engine.close()


async def test_words_that_are_not_the_books_are_not_selected(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    await engine.ask(
        """((note) => {
        note.setAttribute("data-kios-inserted", ""); note.textContent = "Part is damaged.";
        kios.current.doc.body.prepend(note);
        kios.current.doc.getSelection().setBaseAndExtent(note.firstChild, 0, note.firstChild, 9);
        })(kios.current.doc.createElement("p"))"""
    )
    QTest.qWait(300)
    assert not [one for one in engine.messages if isinstance(one, Selected)]
    await engine.close()
