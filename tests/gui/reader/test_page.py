"""The engine: pages, places, chapters, layouts."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from kios_desktop.domain.preferences import Columns, Justify, Layout, PageTheme, ReadingSettings
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Destination, Edge, Lines, Relocated
from tests.books import BookDraft, write_book
from tests.gui.reader.engine import Engine, open_engine


def long_chapter(name: str, paragraphs: int = 60) -> str:
    """A chapter in which every word says where it is."""
    lines = []
    for p in range(paragraphs):
        words = " ".join(f"{name}{p:03}w{w:02}" for w in range(40))
        lines.append(f'<p id="p{p}">{words}</p>')
    return f"<h1>{name}</h1>" + "".join(lines)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "b.epub", *(long_chapter(n) for n in ("aa", "bb", "cc")))


async def test_pages_follow_one_another_without_gap_or_overlap(
    profile: BookProfile, book: Path
) -> None:
    engine = await open_engine(profile, book)
    here = await engine.go(0)
    total = here.total
    while not here.chapter_end:
        after = await engine.turn()
        assert after.page == here.page + 1
        assert after.ordinal == here.ordinal + here.screen
        here = after
    assert here.ordinal + here.screen == total
    await engine.close()


async def test_chapters_follow_one_another_in_both_directions(
    profile: BookProfile, book: Path
) -> None:
    engine = await open_engine(profile, book)
    first = await engine.go(0)
    crossing = await engine.turn(first.pages)
    assert (crossing.spine, crossing.page, crossing.ordinal) == (1, 0, 0)
    back = await engine.turn(-1)
    assert (back.spine, back.page) == (0, first.pages - 1)
    await engine.close()


async def test_no_page_turn_is_dropped_while_chapters_load(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "many.epub", *(f"<p>Chapter {n}</p>" for n in range(40)))
    engine = await open_engine(profile, path)
    for _ in range(30):
        engine.page.bridge.turn(1)
    async with asyncio.timeout(10):
        while True:
            last = [m for m in engine.messages if isinstance(m, Relocated)][-1]
            if last.spine == 30:
                break
            seen = len(engine.messages)
            await engine.wait(Relocated, seen)
    await engine.close()


async def test_turn_past_the_end_is_told_and_stays(profile: BookProfile, tmp_path: Path) -> None:
    path = write_book(tmp_path / "short.epub", "<p>Only this.</p>")
    engine = await open_engine(profile, path)
    engine.page.bridge.turn(1)
    assert (await engine.wait(Edge)).end
    engine.page.bridge.turn(-1)
    assert not (await engine.wait(Edge, len(engine.messages))).end
    await engine.close()


@pytest.mark.parametrize(
    "settings",
    [
        ReadingSettings(size_px=34),
        ReadingSettings(size_px=12),
        ReadingSettings(line_height=2.2, margin_px=160),
        ReadingSettings(measure_ch=45),
        ReadingSettings(layout=Layout.SCROLL),
        ReadingSettings(columns=Columns.TWO),
        ReadingSettings(publisher_styles=False, justify=Justify.ON),
    ],
    ids=lambda s: f"{s.size_px}px {s.layout} {s.columns} {s.measure_ch}ch",
)
async def test_place_stays_on_screen_in_every_layout(
    profile: BookProfile, book: Path, settings: ReadingSettings
) -> None:
    engine = await open_engine(profile, book)
    await engine.go(1, 9000)
    here = await engine.relaid(settings)
    assert (here.spine, here.ordinal) == (1, 9000)
    first = await engine.ask("kios.current.firstVisible()")
    assert first <= 9000 < first + here.screen
    again = await engine.relaid(ReadingSettings())
    assert (again.spine, again.ordinal) == (1, 9000)
    await engine.close()


async def test_resizing_the_window_keeps_the_place(profile: BookProfile, book: Path) -> None:
    engine = await open_engine(profile, book)
    await engine.go(1, 12345)
    for width, height in ((600, 500), (1400, 900), (1000, 800)):
        seen = len(engine.messages)
        engine.view.resize(width, height)
        here = await engine.wait(Relocated, seen)
        assert (here.cause, here.spine, here.ordinal) == ("layout", 1, 12345)
    await engine.close()


async def test_wide_window_has_two_columns_and_whole_pages(
    profile: BookProfile, book: Path
) -> None:
    engine = await open_engine(profile, book, size=(1600, 800))
    here = await engine.go(0)
    assert await engine.ask("kios.current.geometry.columns") == 2
    pages = here.pages
    last = await engine.turn(pages - 1)
    assert (last.page, last.chapter_end) == (pages - 1, True)
    position = await engine.ask("kios.current.window.scrollX")
    assert position == (pages - 1) * await engine.ask("kios.current.step")
    await engine.close()


async def test_right_to_left_text_runs_from_right_to_left(
    profile: BookProfile, tmp_path: Path
) -> None:
    words = "".join(f"<p>{'שלום עולם ' * 60}</p>" for _ in range(12))
    draft = BookDraft(chapters=[f'<div dir="rtl">{words}</div>', "<p>סוף</p>"], direction="rtl")
    draft.files = {
        "EPUB/chapter0001.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml" dir="rtl"><head>'
        f"<title>t</title></head><body>{words}</body></html>"
    }
    engine = await open_engine(profile, draft.write(tmp_path / "rtl.epub"))
    here = await engine.go(0)
    assert await engine.ask("kios.current.rtl") is True
    ordinals = [here.ordinal]
    while not here.chapter_end:
        here = await engine.turn()
        ordinals.append(here.ordinal)
    assert len(ordinals) > 2
    assert ordinals == sorted(set(ordinals))
    assert await engine.ask("kios.current.window.scrollX") < 0
    await engine.close()


async def test_anchor_leads_to_the_element(profile: BookProfile, book: Path) -> None:
    engine = await open_engine(profile, book)
    here = await engine.go(1, anchor="p30")
    word = await engine.ask(
        "(() => { const p = kios.current.text.pointAt(kios.current.anchor);"
        " return p.node.data.slice(p.offset, p.offset + 8); })()"
    )
    assert word == "bb030w00"
    assert here.page > 0
    await engine.close()


async def test_image_is_never_larger_than_the_page(profile: BookProfile, tmp_path: Path) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="5000"><rect width="4000"'
        ' height="5000"/></svg>'
    )
    draft = BookDraft(chapters=['<p>Before.</p><img src="big.svg" alt=""/><p>After.</p>'])
    draft.manifest = '<item id="big" href="big.svg" media-type="image/svg+xml"/>'
    draft.files = {"EPUB/big.svg": svg}
    engine = await open_engine(profile, draft.write(tmp_path / "big.epub"))
    width, height, page_width, page_height = await engine.ask(
        "(() => { const r = kios.current.doc.querySelector('img').getBoundingClientRect();"
        " const g = kios.current.geometry; return [r.width, r.height, g.width, g.height]; })()"
    )
    assert 0 < width <= page_width
    assert 0 < height <= page_height
    await engine.close()


async def test_a_page_with_only_a_picture_stays_on_the_screen(
    profile: BookProfile, tmp_path: Path
) -> None:
    words = "<p>Some words before and after the plate.</p>"
    plate = (
        "<div style='break-before:page;break-after:page'><svg xmlns='http://www.w3.org/2000/svg' "
        "width='200' height='300'><rect width='9' height='9'/></svg></div>"
    )
    path = write_book(tmp_path / "plate.epub", words * 40 + plate + words * 40)
    engine = await open_engine(profile, path, settings=ReadingSettings(columns=Columns.ONE))
    page = await engine.ask(
        "kios.current.pageOf(kios.current.doc.querySelector('svg').getBoundingClientRect())"
    )
    await engine.turn(page)
    here = await engine.relaid(ReadingSettings(columns=Columns.ONE, size_px=30))
    larger = await engine.ask(
        "kios.current.pageOf(kios.current.doc.querySelector('svg').getBoundingClientRect())"
    )
    assert here.page == larger > page
    assert (await engine.relaid(ReadingSettings(columns=Columns.ONE))).page == page
    assert (await engine.turn(1)).page == page + 1
    await engine.close()


async def test_text_of_a_drawing_in_the_reading_order_keeps_its_size(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>Before.</p>"], spine='<itemref idref="plate"/>')
    draft.manifest = '<item id="plate" href="plate.svg" media-type="image/svg+xml"/>'
    draft.files = {
        "EPUB/plate.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'
        '<text x="10" y="30">in the drawing</text></svg>'
    }
    path = draft.write(tmp_path / "plate.epub")
    engine = await open_engine(profile, path, settings=ReadingSettings(size_px=38))
    await engine.go(1)
    size = "kios.current.window.getComputedStyle(kios.current.doc.querySelector('text')).fontSize"
    assert await engine.ask(size) == "16px"
    await engine.close()


async def test_a_button_has_the_size_of_the_text(profile: BookProfile, tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.epub", "<p>Words.</p><button>More words</button>")
    engine = await open_engine(profile, path, settings=ReadingSettings(size_px=30))
    sizes = await engine.ask(
        "['p', 'button'].map((name) => kios.current.window.getComputedStyle("
        "kios.current.doc.querySelector(name)).fontSize)"
    )
    assert sizes == ["30px", "30px"]
    await engine.close()


async def test_text_size_also_moves_sizes_in_points(profile: BookProfile, tmp_path: Path) -> None:
    draft = BookDraft(chapters=["<p class='x'>Words.</p>"], css=".x { font-size: 12pt }")
    engine = await open_engine(profile, draft.write(tmp_path / "pt.epub"))
    size = (
        "parseFloat(kios.current.window.getComputedStyle("
        "kios.current.doc.querySelector('p')).fontSize)"
    )
    before = await engine.ask(size)
    await engine.relaid(ReadingSettings(size_px=38))
    assert await engine.ask(size) == pytest.approx(before * 2)
    await engine.close()


async def test_scrolling_layout_crosses_chapters(profile: BookProfile, book: Path) -> None:
    engine = await open_engine(profile, book, settings=ReadingSettings(layout=Layout.SCROLL))
    here = await engine.go(0)
    seen = [here.ordinal]
    while here.spine == 0:
        here = await engine.turn()
        seen.append(here.ordinal if here.spine == 0 else 10**9)
    assert seen == sorted(seen)
    assert here.ordinal == 0
    back = await engine.turn(-1)
    assert (back.spine, back.chapter_end) == (0, True)
    await engine.close()


async def test_the_scroll_bar_is_at_the_edge_of_the_window(
    profile: BookProfile, book: Path
) -> None:
    engine = await open_engine(profile, book, settings=ReadingSettings(layout=Layout.SCROLL))
    frame, text, window = await engine.ask(
        "[kios.current.frame, kios.current.doc.body].map((e) => e.getBoundingClientRect())"
        ".map((r) => [r.left, r.right]).concat([[0, window.innerWidth]])"
    )
    assert frame == window
    left, right = text
    assert left > 0 and right < window[1]
    assert abs(left - (window[1] - right)) < 24  # in the middle, but for the scroll bar
    await engine.close()


async def test_neighbours_are_loaded_ahead_and_the_rest_is_dropped(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "many.epub", *(f"<p>Chapter {n}</p>" for n in range(6)))
    engine = await open_engine(profile, path)
    for spine in range(5):
        await until_page(
            engine,
            "[...kios.chapters.values()].filter((c) => c.geometry).map((c) => c.spine).sort()",
            [n for n in (spine - 1, spine, spine + 1) if n >= 0],
        )
        await engine.turn()
    await engine.close()


async def test_a_destination_on_its_way_is_not_dropped(
    profile: BookProfile, tmp_path: Path
) -> None:
    long = "".join(f"<p>{'word ' * 200}</p>" for _ in range(400))
    path = write_book(tmp_path / "far.epub", *(f"<h1>{n}</h1>{long}" for n in range(9)))
    engine = await open_engine(profile, path)
    for spine in (6, 2, 8, 4):
        seen = len(engine.messages)
        engine.page.bridge.go_to(Destination(spine, "go"))
        async with asyncio.timeout(8):
            assert (await engine.wait(Relocated, seen)).spine == spine
    await engine.close()


async def test_the_running_lines_are_written(profile: BookProfile, book: Path) -> None:
    engine = await open_engine(profile, book)
    engine.page.bridge.lines(Lines("The book", "Chapter 1", "5 min left", "3%"))
    text = "['head', 'foot-start', 'foot-centre', 'foot-end'].map((id) => "
    text += "document.getElementById(id).textContent)"
    await until_page(engine, text, ["The book", "Chapter 1", "5 min left", "3%"])
    await engine.close()


async def test_what_is_scrolled_by_hand_is_the_place(profile: BookProfile, book: Path) -> None:
    engine = await open_engine(profile, book, settings=ReadingSettings(layout=Layout.SCROLL))
    seen = len(engine.messages)
    await engine.ask("kios.current.window.scrollTo(0, 900)")
    scrolled = await engine.wait(Relocated, seen)
    assert scrolled.cause == "turn" and scrolled.ordinal > 0
    again = await engine.relaid(ReadingSettings(layout=Layout.SCROLL, size_px=24))
    assert again.ordinal == scrolled.ordinal
    await engine.close()


async def test_the_end_stays_the_place_in_the_scrolling_layout(
    profile: BookProfile, book: Path
) -> None:
    engine = await open_engine(profile, book, settings=ReadingSettings(layout=Layout.SCROLL))
    end = (await engine.go(0)).total
    assert (await engine.go(0, end)).ordinal == end
    seen = len(engine.messages)
    await asyncio.sleep(0.6)  # by then what was scrolled by hand would have been reported
    assert not any(isinstance(one, Relocated) for one in engine.messages[seen:])
    assert (await engine.relaid(ReadingSettings(layout=Layout.SCROLL, size_px=24))).ordinal == end
    await engine.close()


async def until_page(engine: Engine, expression: str, wanted: object) -> None:
    """Wait until an expression in the page's isolated world has a value."""
    async with asyncio.timeout(8):
        while await engine.ask(expression) != wanted:
            await asyncio.sleep(0.02)


async def test_a_link_under_the_keyboard_has_a_ring_in_the_pages_colours(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "links.epub", '<p>See <a href="#p1" id="to">there</a>.</p>')
    engine = await open_engine(profile, path)
    ring = await engine.ask(
        "(() => { const to = kios.current.doc.getElementById('to');"
        "to.focus({ focusVisible: true });"
        "const drawn = kios.current.window.getComputedStyle(to);"
        "return [drawn.outlineStyle, drawn.outlineWidth, drawn.outlineColor]; })()"
    )
    wanted = QColor(theme.current().page(PageTheme.PAPER).link)
    color = f"rgb({wanted.red()}, {wanted.green()}, {wanted.blue()})"
    assert ring == ["solid", "2px", color]
    await engine.close()
