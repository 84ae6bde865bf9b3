"""Whatever the boxes of a book are, all of its text can be read by turning pages."""

from collections.abc import Collection
from pathlib import Path

import pytest

from kios_desktop.domain.preferences import Columns, Layout, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Relocated
from kios_desktop.ui.walk.layouts import LAYOUTS
from kios_desktop.ui.walk.probe import probe_script
from kios_desktop.ui.walk.report import LayoutReport
from kios_desktop.ui.walk.walked_book import WalkedBook
from kios_desktop.ui.walk.walker import walk
from tests.books import write_book
from tests.gui.reader.conftest import READER
from tests.gui.reader.engine import Engine, open_engine
from tests.gui.reader.hard_boxes import GROUPS, LONG, PARAGRAPH, ROW, SENTENCE, box

ONE_COLUMN = ReadingSettings(columns=Columns.ONE)


async def walked(
    profile: BookProfile, path: Path, layout: str, *, fitted: bool = True
) -> LayoutReport:
    script = probe_script(READER.parent)
    with WalkedBook(path) as book:
        return await walk(profile, book, LAYOUTS[layout], script, contrast=False, fitted=fitted)


def lost(report: LayoutReport, kinds: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Name of the kind → what is lost of it."""
    names = list(kinds)
    return {
        names[chapter.spine]: tuple(f"{loss.reason}: {loss.sample}" for loss in chapter.lost)
        for chapter in report.chapters.values()
        if chapter.lost
    }


@pytest.mark.parametrize(
    "layout",
    ["pages", "scroll", *(pytest.param(name, marks=pytest.mark.long) for name in ("two", "large"))],
)
@pytest.mark.parametrize("kinds", GROUPS, ids=lambda kinds: next(iter(kinds)))
async def test_every_kind_of_box_can_be_read(
    profile: BookProfile, tmp_path: Path, kinds: dict[str, str], layout: str
) -> None:
    report = await walked(profile, write_book(tmp_path / "hard.epub", *kinds.values()), layout)
    assert lost(report, kinds) == {}
    assert [chapter.spine for chapter in report.chapters.values() if chapter.blank] == []


@pytest.mark.long
@pytest.mark.parametrize("kinds", GROUPS[:4], ids=lambda kinds: next(iter(kinds)))
async def test_without_fitting_most_kinds_lose_text(
    profile: BookProfile, tmp_path: Path, kinds: dict[str, str]
) -> None:
    path = write_book(tmp_path / "hard.epub", *kinds.values())
    assert len(lost(await walked(profile, path, "pages", fitted=False), kinds)) > len(kinds) / 2


async def test_a_box_that_fits_is_left_as_it_is(profile: BookProfile, tmp_path: Path) -> None:
    small = (
        f'<div id="a" style="overflow:hidden">{PARAGRAPH}</div>'
        f'<p>In a line <span id="b" style="display:inline-block">stands a box</span>.</p>'
        f'<p id="c" style="position:relative;top:2px;text-indent:-20px">{SENTENCE}</p>'
    )
    engine = await open_engine(profile, write_book(tmp_path / "small.epub", small))
    assert await engine.ask("kios.current.mends.count") == 0
    await engine.close()


@pytest.mark.parametrize(
    ("style", "levels"),
    [("columns:2", 24), ("display:flex", 100), ("display:grid", 60), ("", 6000)],
    ids=["columns", "flex", "grid", "plain"],
)
async def test_boxes_in_boxes_are_laid_out_in_time(
    profile: BookProfile, tmp_path: Path, style: str, levels: int
) -> None:
    nested = f"<div style='{style}'>" * levels + PARAGRAPH + "</div>" * levels
    path = write_book(tmp_path / "nested.epub", f"<p>{SENTENCE}</p>", nested)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    await engine.go(1)
    assert not await engine.ask("kios.current.lost")
    assert await engine.ask("kios.current.text.rectAt(30).top") < 100
    await engine.close()


async def test_what_was_mended_for_one_size_is_whole_again_at_another(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = f'<div style="display:inline-block">{PARAGRAPH}</div>'
    path = write_book(tmp_path / "inline.epub", body)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    display = "kios.current.window.getComputedStyle(kios.current.doc.querySelector('div')).display"
    assert await engine.ask(display) == "inline-block"
    await engine.relaid(ReadingSettings(columns=Columns.ONE, size_px=36))
    assert await engine.ask(display) == "block"
    await engine.relaid(ONE_COLUMN)
    assert await engine.ask(display) == "inline-block"
    await engine.close()


async def test_a_number_in_a_box_too_narrow_for_it_stays_whole(
    profile: BookProfile, tmp_path: Path
) -> None:
    label = box("float:right;width:2%;text-align:right", "<a>12345</a>", name="span")
    path = write_book(tmp_path / "n.epub", f"<div>{label}{PARAGRAPH}</div>")
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    assert await engine.ask("kios.current.doc.querySelector('a').getClientRects().length") == 1
    await engine.close()


# -- tables


async def table_style(engine: Engine) -> tuple[float, str]:
    """Zoom and display of the first table."""
    zoom, display = await engine.ask(
        "(() => { const s = kios.current.window.getComputedStyle("
        "kios.current.doc.querySelector('table')); return [s.zoom, s.display]; })()"
    )
    return float(zoom), display


async def test_a_table_of_many_pages_keeps_its_text_size(
    profile: BookProfile, tmp_path: Path
) -> None:
    rows = f"<tr><td>HAMLET</td><td>{SENTENCE}</td></tr>" * 80
    path = write_book(tmp_path / "play.epub", f"<table>{rows}</table>")
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    assert await table_style(engine) == (1, "table")
    await engine.close()


@pytest.mark.parametrize(
    ("cells", "least", "display"), [(8, 0.7, "table"), (30, 1, "block")], ids=["wide", "too wide"]
)
async def test_a_wide_table_shrinks_a_little_or_scrolls(
    profile: BookProfile, tmp_path: Path, cells: int, least: float, display: str
) -> None:
    row = "".join(f"<td>{n}Numbers</td>" for n in range(cells))
    path = write_book(tmp_path / "wide.epub", f"<table><tr>{row}</tr></table>")
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    zoom, shown = await table_style(engine)
    assert (least <= zoom <= 1, shown) == (True, display)
    heights = (
        "[...kios.current.doc.querySelectorAll('td')].map((c) => c.getClientRects()[0].height)"
    )
    assert max(await engine.ask(heights)) < 40, "no word is broken"
    await engine.close()


async def test_a_wide_table_with_the_focus_is_read_to_its_end_before_the_page_turns(
    profile: BookProfile, tmp_path: Path
) -> None:
    row = "".join(f"<td>{n}Numbers</td>" for n in range(30))
    path = write_book(tmp_path / "wide.epub", f"<table><tr>{row}</tr></table>{LONG}")
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    table = "kios.current.doc.querySelector('table')"
    assert (await engine.turn(1)).page == 1, "without the focus the page turns"
    await engine.turn(-1)
    await engine.ask(f"void {table}.focus()")
    seen = [(await engine.turn(1)).page, await engine.ask(f"{table}.scrollLeft")]
    for _ in range(9):
        page = (await engine.turn(1)).page
        if page:
            break
    end = await engine.ask(f"{table}.scrollWidth - {table}.clientWidth")
    assert seen[0] == 0
    assert 0 < seen[1] <= end
    assert page == 1
    assert await engine.ask(f"{table}.scrollLeft") == pytest.approx(end, abs=1)
    await engine.close()


async def test_a_table_wider_and_longer_than_the_page_is_read_row_by_row(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "big.epub", f"<table>{f'<tr>{ROW}</tr>' * 40}</table>")
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    rights = (
        "[...kios.current.doc.querySelectorAll('td')].map((c) => (kios.current.across("
        "c.getClientRects()[0]) % kios.current.step) + c.getClientRects()[0].width)"
    )
    page = await engine.ask("kios.current.step")
    assert max(await engine.ask(rights)) <= page
    assert (await table_style(engine))[0] == 1
    await engine.close()


# -- formulas

CELLS = "".join(f"<mtd><mi>cell{n}</mi><mo>+</mo></mtd>" for n in range(10, 30))
LONG_CELL = f"<mtd><mtext>{'a_word_in_a_formula_' * 8}</mtext></mtd>"


@pytest.mark.parametrize("cells", [CELLS, LONG_CELL], ids=["many cells", "a long cell"])
@pytest.mark.parametrize("layout", ["pages", "scroll"])
async def test_a_formula_wider_and_higher_than_a_page_is_read_row_by_row(
    profile: BookProfile, tmp_path: Path, cells: str, layout: str
) -> None:
    rows = f"<mtr>{cells}</mtr>" * 60
    math = f"<math xmlns='http://www.w3.org/1998/Math/MathML'><mtable>{rows}</mtable></math>"
    path = write_book(tmp_path / "m.epub", f"{PARAGRAPH}<p>{math}</p>{PARAGRAPH}")
    report = await walked(profile, path, layout)
    assert lost(report, ["formula"]) == {}


# -- pages and pictures


BLANK = {
    "an empty paragraph before a break": "<p><a id='x'></a></p>"
    f"<h2 style='page-break-before:always'>One</h2>{LONG}",
    "a mark of a page before a break": "<span id='p2'></span>"
    f"<section style='break-before:page'>{LONG}</section>",
    "a heading that stays with its text": "<span id='p3'></span>"
    f"<section><h1 style='margin:90px 0 0;line-height:14.5'>One</h1>{LONG}</section>",
    "a break after the last block": f"<div style='page-break-after:always'>{PARAGRAPH}</div><p/>",
    "two breaks in a row": f"{PARAGRAPH}<div style='break-after:page'/>"
    f"<div style='break-before:page;break-after:page'/>{PARAGRAPH}",
    "an empty box as high as pages": f"<h1>T</h1><div style='height:3000px'/>{PARAGRAPH}",
}


async def test_no_page_is_blank(profile: BookProfile, tmp_path: Path) -> None:
    report = await walked(profile, write_book(tmp_path / "b.epub", *BLANK.values()), "pages")
    names = list(BLANK)
    assert {
        names[chapter.spine]: chapter.blank for chapter in report.chapters.values() if chapter.blank
    } == {}


async def test_a_break_between_pages_stays(profile: BookProfile, tmp_path: Path) -> None:
    body = f"{PARAGRAPH}<h2 style='page-break-before:always'>Two</h2>{PARAGRAPH}"
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", body), settings=ONE_COLUMN)
    assert (await engine.go(0)).pages == 2
    await engine.close()


async def test_a_heading_is_not_cut_by_the_end_of_a_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    fillers = "<p style='margin:0'>x</p>"
    bodies = [fillers * lines + f"<h2>{SENTENCE * 2}</h2>{PARAGRAPH}" for lines in range(16, 26)]
    path = write_book(tmp_path / "h.epub", *bodies)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    parts = []
    for spine in range(len(bodies)):
        await engine.go(spine)
        parts.append(
            await engine.ask("kios.current.doc.querySelector('h2').getClientRects().length")
        )
    assert parts == [1] * len(bodies)
    await engine.close()


async def test_a_list_that_starts_at_the_edge_shows_its_numbers(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = "<ol start='99990' style='margin:0;padding:0'><li>a</li><li>b</li></ol>"
    path = write_book(tmp_path / "l.epub", body)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    start = await engine.ask("kios.current.doc.querySelector('li').getBoundingClientRect().left")
    assert start > 19 * 0.6 * 6, "there is room for five digits and a dot"
    await engine.close()


# -- what the reader does


async def test_opened_details_are_counted_again(profile: BookProfile, tmp_path: Path) -> None:
    body = f"<details><summary>More</summary>{LONG}</details>{PARAGRAPH}"
    path = write_book(tmp_path / "d.epub", body)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    closed = await engine.go(0)
    seen = len(engine.messages)
    await engine.ask("void (kios.current.doc.querySelector('details').open = true)")
    opened = await engine.wait(Relocated, seen)
    assert closed.pages == 1
    assert opened.pages > 2
    await engine.close()


async def test_focus_turns_to_its_page_and_stands_on_it(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = f"{LONG}<p><a id='far' href='#x'>a link</a></p>{LONG}"
    path = write_book(tmp_path / "f.epub", body)
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    seen = len(engine.messages)
    await engine.ask("void kios.current.doc.getElementById('far').focus()")
    told = await engine.wait(Relocated, seen)
    assert told.cause == "turn"
    at = await engine.ask("[kios.current.window.scrollX, kios.current.page, kios.current.step]")
    assert at[1] > 0
    assert at[0] == at[1] * at[2]
    after = await engine.turn(1)
    assert after.page == at[1] + 1, "the focus does not pull the page back"
    await engine.close()


async def test_a_frame_scrolled_between_pages_stands_on_one_again(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await open_engine(profile, write_book(tmp_path / "s.epub", LONG), settings=ONE_COLUMN)
    seen = len(engine.messages)
    await engine.ask("void kios.current.window.scrollTo(kios.current.step * 1.4, 0)")
    told = await engine.wait(Relocated, seen)
    assert (told.cause, told.page) == ("turn", 1)
    assert await engine.ask("kios.current.window.scrollX / kios.current.step") == 1
    await engine.close()


async def test_a_screen_ends_above_a_picture_that_it_would_cut(
    profile: BookProfile, tmp_path: Path
) -> None:
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="500" style="display:block">'
        '<rect width="400" height="500"/></svg>'
    )
    path = write_book(tmp_path / "p.epub", PARAGRAPH + picture + PARAGRAPH * 4)
    report = await walked(profile, path, "scroll")
    assert [one.state for one in report.pictures] == ["whole"]


@pytest.mark.parametrize("layout", [Layout.PAGES, Layout.SCROLL])
async def test_a_picture_keeps_its_caption_on_its_page(
    profile: BookProfile, tmp_path: Path, layout: Layout
) -> None:
    picture = (
        '<figure><svg xmlns="http://www.w3.org/2000/svg" width="300" height="3000" '
        'viewBox="0 0 300 3000"><rect width="300" height="3000"/></svg>'
        "<figcaption>Its caption</figcaption></figure>"
    )
    path = write_book(tmp_path / "p.epub", picture)
    engine = await open_engine(
        profile, path, settings=ReadingSettings(columns=Columns.ONE, layout=layout)
    )
    here = await engine.go(0)
    bottom = await engine.ask(
        "kios.current.doc.querySelector('figcaption').getBoundingClientRect().bottom"
    )
    assert here.pages == 1
    assert bottom <= await engine.ask("kios.current.window.innerHeight") or layout is Layout.SCROLL
    await engine.close()


async def test_the_only_picture_of_a_chapter_stands_in_the_middle_of_both_columns(
    profile: BookProfile, tmp_path: Path
) -> None:
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="300">'
        '<rect width="9" height="9"/></svg>'
    )
    path = write_book(tmp_path / "p.epub", f"<p>{picture}</p>", LONG)
    engine = await open_engine(
        profile, path, settings=ReadingSettings(columns=Columns.TWO), size=(1600, 900)
    )
    left, right, width = await engine.ask(
        "(() => { const r = kios.current.doc.querySelector('svg').getBoundingClientRect();"
        " return [r.left, r.right, kios.current.window.innerWidth]; })()"
    )
    assert abs((left + right) / 2 - width / 2) < 1
    await engine.go(1)
    assert await engine.ask("kios.current.geometry.columns") == 2
    await engine.close()
