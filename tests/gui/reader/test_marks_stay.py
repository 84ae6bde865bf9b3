"""Marks stay on their words, whatever the page looks like, and from one start to the next."""

import asyncio
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, MarkStyle, Passage
from kios_desktop.domain.preferences import Columns, Hyphenate, Justify, Layout, PageTheme
from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until

pytestmark = [pytest.mark.gui, pytest.mark.slow]

CHANGES, MARKS = 5, 12
UNSEEN = re.compile(r"[\s\u00ad]")  # soft hyphens come and go with hyphenation
LOOKS: dict[str, Sequence[object]] = {
    "theme": [PageTheme.PAPER, PageTheme.SEPIA, PageTheme.BLACK],
    "font": ["Literata", "serif", "sans-serif"],
    "size_px": [13, 20, 34],
    "line_height": [1.2, 1.9],
    "margin_px": [16, 90],
    "layout": [Layout.PAGES, Layout.SCROLL],
    "columns": list(Columns),
    "justify": list(Justify),
    "hyphenate": list(Hyphenate),
    "publisher_styles": [True, False],
}


def words_of(chance: random.Random) -> str:
    syllables = ("har", "bour", "fog", "men", "tal", "king", "co\u00adming", "ﬁ", "é", "𝒳", "水")
    return "".join(chance.choice(syllables) for _ in range(chance.randint(1, 4)))


def chapter_of(chance: random.Random) -> str:
    """Paragraphs with words in other elements, and spaces at odd places."""
    shapes = ("{} ", "<i>{}</i> ", "<b>{}</b>", " {}\n", "<span lang='de'>{}</span> ")
    paragraphs = (
        "".join(chance.choice(shapes).format(words_of(chance)) for _ in range(60))
        for _ in range(20)
    )
    return "".join(f"<p lang='en'>{one}</p>" for one in paragraphs)


def passages_of(chance: random.Random, total: int) -> list[Passage]:
    ends = sorted(chance.sample(range(total), 2 * MARKS))
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return [Passage(Place(0, start), Place(0, end)) for start, end in pairs]


def layer_of(mark: Mark) -> str:
    return mark.colour.value + ("-line" if mark.style is MarkStyle.UNDERLINE else "")


async def painted(book: OpenedBook) -> dict[str, list[str]]:
    """The words that are painted, by layer."""
    layers = await evaluate(
        book.window._page,
        "Object.fromEntries([...kios.current.window.CSS.highlights].map("
        "([name, ranges]) => [name, [...ranges].map((range) => range.toString())]))",
    )
    return {
        name.removeprefix("kios-"): [UNSEEN.sub("", one) for one in ranges]
        for name, ranges in layers.items()
        if ranges
    }


async def presenter_of(book: OpenedBook) -> MarksPresenter:
    await until(lambda: book.window.marking._presenter is not None)
    presenter = book.window.marking._presenter
    assert presenter is not None
    return presenter


def expected(marks: list[Mark]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mark in marks:
        found.setdefault(layer_of(mark), []).append(UNSEEN.sub("", mark.text))
    return found


def what_is_kept(mark: Mark) -> tuple[object, ...]:
    """All but its times, which are kept to the millisecond."""
    return mark.id, mark.anchor, mark.colour, mark.style, mark.note


async def until_painted(book: OpenedBook, wanted: dict[str, list[str]], after: str) -> None:
    for _ in range(200):
        seen = await painted(book)
        if seen == wanted:
            return
    assert seen == wanted, after


async def some_marks(presenter: MarksPresenter, chance: random.Random) -> list[Mark]:
    await until(lambda: 0 in presenter._totals)
    for passage in passages_of(chance, presenter._totals[0]):
        looks = chance.choice(list(MarkColour)), chance.choice(list(MarkStyle))
        await presenter.marks.highlight(passage, *looks)
    made = presenter.marks.highlights
    assert len(made) == MARKS
    assert all(mark.text for mark in made)
    return made


async def look_through(book: OpenedBook, kept: list[Mark], chance: random.Random) -> None:
    """Let the page look differently, again and again: the same words are painted."""
    for _ in range(CHANGES):
        name = chance.choice(list(LOOKS))
        value = chance.choice(LOOKS[name])
        if getattr(book.window._choices.in_force, name) == value:
            continue
        laid_out = "kios.current.geometry.before"
        await evaluate(book.window._page, f"{laid_out} = true")
        book.window._choices.set(name, value)
        while await evaluate(book.window._page, laid_out):
            await asyncio.sleep(0.01)
        await until_painted(book, expected(kept), f"{name} is {value}")


@pytest.mark.parametrize("seed", range(4))
async def test_marks_survive_fonts_themes_layouts_and_restarts(
    qapp: QApplication, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    path = write_book(tmp_path / "b.epub", chapter_of(chance), chapter_of(chance))
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book_id = await kios.add(path)
        book = await kios.open(book_id)
        kept = await some_marks(await presenter_of(book), chance)
        await look_through(book, kept, chance)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        book = await kios.open(book_id)
        presenter = await presenter_of(book)
        await until(lambda: len(presenter.marks.highlights) == MARKS)
        await look_through(book, kept, chance)
        assert [what_is_kept(one) for one in presenter.marks.highlights] == [
            what_is_kept(one) for one in kept
        ]
