"""The search in the whole app: the tab, its list and keys, the page, the scrubber, the footer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.epub.search import Match
from kios_desktop.epub.search_slices import Found
from kios_desktop.ui.reader.search_model import MATCH_ROLE
from kios_desktop.ui.reader.search_results import BookResults
from kios_desktop.ui.reader.search_tab import SearchTab
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import WORLD
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

FILLING = "<p>The fog came in while they were talking of the harbour.</p>" * 60
CHAPTERS = (
    f"<h1>One</h1><p>A white whale.</p>{FILLING}",
    f"<h1>Two</h1>{FILLING}",
    f"<h1>Three</h1>{FILLING}<p>Wha<i>le</i>s, and wh\u00adales’ “bones”.</p>{FILLING}",
)
RESULTS = 3


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path) -> AsyncIterator[tuple[Kios, OpenedBook]]:
    path = write_book(folder / "b.epub", *CHAPTERS)
    async with Kios(qapp, folder) as kios:
        book = await kios.open(await kios.add(path))
        book.window.resize(1100, 800)
        book.window.activateWindow()
        await settled(0.1)
        yield kios, book


def tab(book: OpenedBook) -> SearchTab:
    return book.window.search.widget()


def do(book: OpenedBook, name: str) -> None:
    book.window.actions_by_name[name].trigger()


def shown(book: OpenedBook) -> str:
    """The line that says how many results there are, or why there are none."""
    return tab(book)._summary.text()


async def search(book: OpenedBook, words: str) -> None:
    """Type the words, and wait for the end of the search."""
    do(book, "search")
    field = tab(book).field
    field.clear()
    QTest.keyClicks(field, words)
    await until(lambda: bool(shown(book)) and tab(book).bar.isHidden())


def step_shown(book: OpenedBook) -> str:
    """Which result the footer says is looked at."""
    return book.window.footer._step.text()


async def painted(book: OpenedBook, layer: str) -> list[str]:
    """What is painted in the chapter on the screen."""
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    script = (
        f'JSON.stringify([...(kios.current.window.CSS.highlights.get("kios-{layer}") ?? [])]'
        '.map((r) => r.toString().replaceAll("\\u00ad", "")).join("|"))'
    )
    book.window._page.runJavaScript(script, WORLD, done.set_result)
    text = str(await asyncio.wait_for(done, 10)).strip('"')
    return text.split("|") if text else []


async def test_words_are_found_while_they_are_typed(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        do(book, "search")
        assert book.window.focusWidget() is tab(book).field
        assert book.window.header.search.isChecked()
        assert not book.window.header.contents.isChecked()
        await search(book, "WHALE")
        assert shown(book) == "3 results in 2 chapters"
        rows = [tab(book).model.index(n).data() for n in range(tab(book).model.rowCount())]
        assert rows == [
            "Chapter 1",
            "A white whale.",
            "Chapter 3",
            "Whales, and whales’ “bones”.",
            "Whales, and whales’ “bones”.",
        ]


async def test_options_change_what_is_found(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        for box, sentence in (
            (tab(book).case, "2 results in 2 chapters"),
            (tab(book).whole, "1 result in 1 chapter"),
        ):
            box.click()
            await until(lambda sentence=sentence: shown(book) == sentence)  # type: ignore[misc]
        tab(book).case.click()
        tab(book).whole.click()
        tab(book).pattern.click()
        tab(book).field.setText(r"\bw\w+es\b")
        tab(book).field.entered.emit()
        await until(lambda: shown(book) == "2 results in 1 chapter")
        tab(book).field.setText("(whale")
        tab(book).field.entered.emit()
        await until(lambda: shown(book).startswith("This is not a regular expression."))
        assert tab(book)._summary.property("tone") == "danger"


async def test_nothing_is_said_with_the_words(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "squid")
        assert shown(book) == "‘squid’ isn’t in this book."
        do(book, "next_result")
        assert book.window.panel.shows(book.window.search), "F3 without results asks for words"


async def test_a_result_is_looked_at_painted_and_marked(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await search(book, "whale")
        assert await painted(book, "search") == ["whale"]
        assert len(book.window.footer.scrubber._hits) == RESULTS
        tab(book).list.clicked.emit(tab(book).model.index_of(2))
        await until(lambda: book.place.spine_index == 2)
        assert not book.window.panel.is_open, "it was not pinned"
        assert step_shown(book) == "3 of 3"
        await until(lambda: book.window.pill.isVisible())
        for layer, texts in (("search", ["Whale", "whale"]), ("found", ["whale"])):
            async with asyncio.timeout(5):
                while await painted(book, layer) != texts:
                    await asyncio.sleep(0.05)
        kios.app.parts.sync.backgrounded()
        await settled(0.3)
        assert kios.server.fake.writes() == [], "a look is no move"


async def test_keys_step_from_result_to_result_and_the_footer_says_which(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        book.window._close_panel()
        for name, place, words in (
            ("next_result", 0, "1 of 3"),
            ("next_result", 2, "2 of 3"),
            ("next_result", 2, "3 of 3"),
            ("next_result", 0, "1 of 3"),
            ("previous_result", 2, "3 of 3"),
        ):
            before = book.screens
            do(book, name)
            await until(lambda before=before: book.screens > before)  # type: ignore[misc]
            assert (book.place.spine_index, step_shown(book)) == (place, words)
        assert book.window.footer._step.isVisible()


async def test_enter_in_the_field_goes_to_results(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        book.window.panel.frame.pin.click()
        await search(book, "whale")
        QTest.keyClick(tab(book).field, Qt.Key.Key_Return)
        assert step_shown(book) == "1 of 3"
        QTest.keyClick(tab(book).field, Qt.Key.Key_Return)
        assert step_shown(book) == "2 of 3"
        assert book.window.panel.shows(book.window.search), "a pinned panel stays"


async def test_the_list_is_walked_by_keyboard_past_its_headings(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        results = tab(book).list
        results.setFocus()
        for expected in (0, 1, 2, 2):
            assert tab(book).model.result(results.currentIndex()) == expected
            QTest.keyClick(results, Qt.Key.Key_Down)
        QTest.keyClick(results, Qt.Key.Key_Up)
        QTest.keyClick(results, Qt.Key.Key_Return)
        assert step_shown(book) == "2 of 3"


async def test_escape_takes_back_one_thing_after_another(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        do(book, "next_result")
        await until(lambda: step_shown(book) != "")
        QTest.keyClick(tab(book).field, Qt.Key.Key_Escape)
        assert (tab(book).field.text(), shown(book), step_shown(book)) == ("", "", "")
        assert book.window.footer.scrubber._hits == ()
        assert book.window.panel.is_open
        QTest.keyClick(tab(book).field, Qt.Key.Key_Escape)
        assert not book.window.panel.is_open


async def test_escape_on_the_page_clears_the_search(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        book.window._close_panel()
        assert await painted(book, "search") == ["whale"]
        bars = book.window.bars.shown
        book.window._escape()
        assert await painted(book, "search") == []
        assert tab(book).field.text() == ""
        assert book.window.bars.shown == bars, "one thing at a time"


async def test_results_stay_until_they_are_cleared(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await search(book, "whale")
        book.window._close_panel()
        do(book, "contents")
        do(book, "search")
        assert shown(book) == "3 results in 2 chapters"
        assert tab(book).field.selectedText() == "whale"
        tab(book)._clear.trigger()
        assert tab(book).model.rowCount() == 0
        assert await painted(book, "search") == []


async def test_the_key_leads_to_the_field_and_the_button_closes(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        book.window.header.search.click()
        assert book.window.panel.shows(book.window.search)
        tab(book).list.setFocus()
        do(book, "search")
        assert book.window.focusWidget() is tab(book).field
        book.window.header.search.click()
        assert not book.window.panel.is_open


async def test_what_is_selected_is_searched_for(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        do(book, "search")
        tab(book).pattern.click()
        book.window._close_panel()
        book.window.marking.search_wanted.emit("whales’ “bones”.\nThe fog")
        assert book.window.panel.shows(book.window.search)
        assert tab(book).field.text() == "whales’ “bones”."
        await until(lambda: shown(book) == "1 result in 1 chapter")


async def test_a_window_that_closes_ends_its_search(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        do(book, "search")
        tab(book).pattern.click()
        tab(book).field.setText(r"(\w|\s|.)+;;")  # takes longer than the test
        tab(book).field.entered.emit()
        await settled(0.4)
        book.window.close()
        since = time.monotonic()
        async with asyncio.timeout(3):
            await book.window.closed_event.wait()
        assert time.monotonic() - since < 2
        reopened = await kios.open(book.id)
        await search(reopened, "whale")
        assert shown(reopened) == "3 results in 2 chapters"


def many(count: int) -> BookResults:
    results = BookResults()
    for spine in range(50):
        matches = [
            Match(
                spine,
                n,
                n + 5,
                "the long and winding tale of a ",
                "whale",
                ", and more of it",
                True,
            )
            for n in range(count // 50)
        ]
        results.add([Found(Chapter(spine, f"Chapter {spine}"), matches)], count)
    return results


@pytest.fixture
def long_list(qapp: QApplication) -> SearchTab:
    made = SearchTab()
    made.resize(320, 700)
    made.show()
    made.show_results(many(5000), lambda _place, index: f"Chapter {index}")
    qapp.processEvents()
    return made


def test_five_thousand_results_scroll_within_a_frame(
    qapp: QApplication, long_list: SearchTab
) -> None:
    view = long_list.list.viewport()
    took = []
    for _ in range(60):
        at = QPoint(100, 300)
        wheel = QWheelEvent(
            at.toPointF(), view.mapToGlobal(at).toPointF(), QPoint(0, -300), QPoint(0, -360),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        since = time.thread_time()  # not the clock: others use the processor too
        qapp.sendEvent(view, wheel)
        qapp.processEvents()
        took.append(1000 * (time.thread_time() - since))
    assert long_list.list.verticalScrollBar().value() > 3000
    assert sorted(took)[len(took) * 95 // 100] < 16, sorted(took)[-5:]
    long_list.close()


def test_more_results_are_added_below_the_same_heading(qapp: QApplication) -> None:
    made = SearchTab()
    results = BookResults()
    made.show_results(results, lambda _place, index: f"Chapter {index}")
    one = Match(0, 0, 5, "", "whale", "", False)
    for _ in range(2):
        results.add([Found(Chapter(0, ""), [one])], 9)
        made.show_results(results, lambda _place, index: f"Chapter {index}")
    results.add([Found(Chapter(1, ""), [one, one])], 9)
    made.show_results(results, lambda _place, index: f"Chapter {index}")
    rows = [made.model.index(n) for n in range(made.model.rowCount())]
    said = [row.data(Qt.ItemDataRole.AccessibleTextRole) for row in rows]
    assert said == [
        "Chapter 0, 2 results", "whale", "whale", "Chapter 1, 2 results", "whale", "whale",
    ]  # fmt: skip
    assert [row.data(MATCH_ROLE) is not None for row in rows] == [False, True, True] * 2


def test_the_result_that_is_looked_at_says_so(long_list: SearchTab) -> None:
    long_list.mark_result(4321)
    index = long_list.model.index_of(4321)
    assert str(index.data(Qt.ItemDataRole.AccessibleTextRole)).endswith(", you are here")
    assert long_list.list.viewport().rect().contains(long_list.list.visualRect(index))
    long_list.close()


def test_places_of_results_are_found_by_number() -> None:
    assert many(5000).place(250) == Place(2, 50)
