"""What a book does on purpose stays as it is: only text that can't be read is mended."""

from pathlib import Path

import pytest

from kios_desktop.domain.preferences import Columns, ReadingSettings
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import write_book
from tests.gui.reader.engine import Engine, open_engine
from tests.gui.reader.hard_boxes import PARAGRAPH, SENTENCE, box

ONE_COLUMN = ReadingSettings(columns=Columns.ONE)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="9" height="9"/></svg>'
)
LEADER = "<style>.t li { list-style: none } .t li::before { float: left; width: 0; "
LEADER += f"white-space: nowrap; content: '{'. ' * 200}' }}</style>"
LETTERS = "\n".join(
    [
        "I",
        "go",
        "on",
        "and",
        "so",
        "we",
        "do",
        "to",
        "it",
        "is",
        "as",
        "a",
        "my",
        "oh",
        "no",
        "up",
        "at",
        "an",
    ]
)
LABEL = (
    "<rect x='{0}' y='20' width='120' height='60' fill='none' stroke='black'/>"
    "<foreignObject x='{0}' y='38' width='120' height='24'>"
    "<div xmlns='http://www.w3.org/1999/xhtml' style='line-height:1.5;white-space:nowrap'>"
    "{1}</div></foreignObject>"
)
DIAGRAM = (
    "<div><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 460 100' width='460' height='100'>"
    f"{LABEL.format(5, 'Start')}{LABEL.format(165, 'Middle')}"
    f"{LABEL.format(325, 'Finish')}</svg></div>"
)

DESIGNS = {
    "short rules": PARAGRAPH
    + "<hr style='width:5%;margin:1em 47.5%'/>"
    + PARAGRAPH
    + "<hr style='width:45%;margin-left:27.5%;margin-right:27.5%'/>"
    + PARAGRAPH,
    "a logo in the middle": box("width:25%;margin:5em auto 0", DRAWING) + PARAGRAPH,
    "a signature": PARAGRAPH + box("margin-left:75%", "Yours, J. B.", name="p"),
    "dots to page numbers": LEADER
    + "<ul class='t' style='overflow:hidden;padding:0'>"
    + "".join(f"<li>Chapter {n}</li>" for n in range(9))
    + "</ul>",
    "a verse that breaks its lines": box("white-space:pre-line;width:12em", LETTERS) + PARAGRAPH,
    "a title from top to bottom": box("width:1em;line-height:1.2", "吾輩は猫である名前はまだない"),
    "a shadow under a heading": "<h1 style='position:relative'>One<span style='position:absolute;"
    "left:2px;top:2px;opacity:.4'>One</span></h1>" + PARAGRAPH,
    "an accent made by hand": "<p>c<span style='position:relative'>o<span style='position:absolute;"
    f"left:.1em;top:-.3em'>˘</span></span>me. {SENTENCE}</p>",
    "labels of a diagram": PARAGRAPH + DIAGRAM,
    "a list without numbers": "<ol style='padding:0'><li style='display:block'>One</li></ol>",
    "numbers of verses": "".join(
        f"<p style='position:relative'>A line of verse {n}<span style='position:absolute;right:0;"
        f"top:0;font-size:.7em'>{n}</span></p>"
        for n in range(30)
    ),
    "a first letter": "<p><span style='float:left;font-size:4em;line-height:.7;"
    f"margin:0 .05em -.2em 0'>T</span>{SENTENCE * 4}</p>{PARAGRAPH}",
    "hanging lines": box("text-indent:-2em;padding-left:2em", f"<p>{SENTENCE * 2}</p>" * 4),
    "a plate between two pages": PARAGRAPH
    + box("break-before:page;height:90vh;background:linear-gradient(teal, navy)", "")
    + f"<p style='break-before:page'>{SENTENCE}</p>",
    "a title that only the style says": "<style>.part::before { content: 'PART TWO' } "
    ".part { break-before: page; height: 9em }</style>"
    f"{PARAGRAPH}<div class='part'></div><p style='break-before:page'>{SENTENCE}</p>",
    "answers to be opened": "<ol>"
    + f"<li>Question?<details><summary>Hint</summary>{PARAGRAPH}</details></li>" * 6
    + f"</ol><blockquote>{PARAGRAPH}</blockquote>",
    "a stroke through a letter": "<section style='margin:0 3em'><p style='text-indent:2em'>o<span "
    f"style='margin-left:-.55em'>/</span>re. {SENTENCE}</p></section>",
    "an arrow over letters": "<p>The way <span style='position:relative'>AB<i style='position:"
    f"absolute;top:-.7em;left:0'>→</i></span> is short. {SENTENCE}</p>",
    "a first letter in a tight line": "<style>p.f::first-letter { float: left; font-size: 5em; "
    f"line-height: .5 }}</style><section style='margin:0 3em'><p class='f'>{SENTENCE * 4}</p>"
    "</section>",
    "a hidden text over another": f"<p>{SENTENCE * 3}</p><div style='position:absolute;top:0;"
    f"left:0;visibility:hidden'><p>{SENTENCE * 3}</p></div>",
    "a mark in the margin": "<p><svg xmlns='http://www.w3.org/2000/svg' width='18' height='18' "
    f"style='float:left;margin-left:-22px'><rect width='18' height='18'/></svg>{SENTENCE * 3}</p>",
    "a frame for the reader's notes": PARAGRAPH
    + box("break-before:page;height:80vh;border:1px solid", "")
    + f"<p style='break-before:page'>{SENTENCE}</p>",
    "a player on a page of its own": PARAGRAPH
    + box("break-before:page", "<audio controls='controls' src='x.mp3'></audio>"),
}


async def mends(engine: Engine) -> dict[str, str]:
    """Property → value, of what was changed."""
    changed: dict[str, str] = await engine.ask(
        "Object.fromEntries(kios.current.mends._done.map("
        "({style, property}) => [property, style.getPropertyValue(property)]))"
    )
    return changed


async def test_a_design_gets_no_change(profile: BookProfile, tmp_path: Path) -> None:
    path = write_book(tmp_path / "designs.epub", *DESIGNS.values())
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    found = {}
    for spine, name in enumerate(DESIGNS):
        await engine.go(spine)
        found[name] = await mends(engine)
    assert {name: changed for name, changed in found.items() if changed} == {}
    await engine.close()


async def test_the_style_of_the_book_is_whole_again_after_another_layout(
    profile: BookProfile, tmp_path: Path
) -> None:
    styles = [
        "position:relative;left:14em;width:18em",
        "overflow-x:auto;height:60px",
        "position:relative;left:16em",
    ]
    body = "".join(box(style, PARAGRAPH) for style in styles)
    engine = await open_engine(profile, write_book(tmp_path / "u.epub", body), settings=ONE_COLUMN)
    await engine.relaid(ReadingSettings(columns=Columns.ONE, size_px=40))
    assert await mends(engine)
    await engine.ask("void kios.current.mends.undo()")
    found = await engine.ask(
        "[...kios.current.doc.querySelectorAll('div')].map((box) => box.getAttribute('style'))"
    )
    assert found[: len(styles)] == styles
    await engine.close()


async def test_a_poem_in_the_middle_stays_there_when_it_is_longer_than_a_page(
    profile: BookProfile, tmp_path: Path
) -> None:
    lines = "A short line of it.<br/>" * 70
    poem = box("text-align:center", box("display:inline-block;text-align:left", lines))
    engine = await open_engine(profile, write_book(tmp_path / "p.epub", poem), settings=ONE_COLUMN)
    left, right = await engine.ask(
        "(() => { const r = kios.current.doc.querySelector('div div').getClientRects()[0];"
        " const c = kios.current.columnOf(r);"
        " return [kios.current.across(r) - c.start, c.end - kios.current.across(r) - r.width]; })()"
    )
    assert left == pytest.approx(right, abs=1)
    assert left > 100
    await engine.close()


async def test_pages_without_text_stay_if_they_show_something(
    profile: BookProfile, tmp_path: Path
) -> None:
    bodies = {
        name: body
        for name, body in DESIGNS.items()
        if "page:" in body or "break-before:page" in body
    }
    path = write_book(tmp_path / "plates.epub", *bodies.values())
    engine = await open_engine(profile, path, settings=ONE_COLUMN)
    pages = {name: (await engine.go(spine)).pages for spine, name in enumerate(bodies)}
    assert pages == {name: body.count("break-before") + 1 for name, body in bodies.items()}
    await engine.close()


async def test_only_the_box_around_lost_text_is_changed(
    profile: BookProfile, tmp_path: Path
) -> None:
    code = f"<p>see <span style='white-space:nowrap'>{'_' * 140}</span> here</p>"
    chapter = box("padding:0 14%;text-indent:-1em", PARAGRAPH * 2 + code + PARAGRAPH)
    engine = await open_engine(
        profile, write_book(tmp_path / "n.epub", chapter), settings=ONE_COLUMN
    )
    assert await mends(engine) == {"white-space": "normal"}
    await engine.close()


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            "overflow:hidden;display:inline-block;width:8em;text-overflow:ellipsis;white-space:nowrap",
            "inline-block",
        ),
        (
            "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)",
            "inline",
        ),
        ("position:absolute;left:-999px", "inline"),
    ],
    ids=["shortened", "for screen readers", "off the page"],
)
async def test_a_part_of_a_sentence_stays_in_its_line(
    profile: BookProfile, tmp_path: Path, style: str, expected: str
) -> None:
    body = f"<p>See {box(style, 'a long label that is cut off', name='span')} here. {SENTENCE}</p>"
    engine = await open_engine(profile, write_book(tmp_path / "s.epub", body), settings=ONE_COLUMN)
    span = "kios.current.doc.querySelector('span')"
    display, tops = await engine.ask(
        f"[kios.current.window.getComputedStyle({span}).display, "
        f"[{span}, {span}.parentElement].map((one) => one.getClientRects()[0].top)]"
    )
    assert display == expected
    assert tops[0] - tops[1] < 8
    await engine.close()
