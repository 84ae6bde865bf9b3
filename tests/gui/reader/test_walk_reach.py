"""What a walk says of characters: each book here loses a number of them that is known."""

from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.gui.reader.walking import walked_body

# body, style sheet, characters that count, characters that are lost, the reason's start
LOSSES = {
    "cut off at a fixed height": (
        "<div class='box'>aaaa<br/>bbbb<br/>cccc</div>",
        ".box { height: 4em; line-height: 2em; overflow: clip }",
        (12, 4, "clipped by overflow of body > div.box"),
    ),
    "under a box": (
        "<div class='outer'><p>abcd</p><div class='lid'></div></div><p>seen</p>",
        ".outer { position: relative } .lid { position: absolute; inset: 0; background: silver }",
        (8, 4, "covered by body > div.outer > div.lid"),
    ),
    "under a box drawn with ::before": (
        "<div class='outer'><p>abcd</p></div><p>seen</p>",
        ".outer { position: relative } .outer::before { content: ''; position: absolute; inset: 0;"
        " background: silver }",
        (8, 4, "covered by body > div.outer"),
    ),
    "under a box that takes no clicks": (
        "<div class='outer'><p>abcd</p><div class='lid'></div></div><p>seen</p>",
        ".outer { position: relative } .lid { position: absolute; inset: 0; background: silver;"
        " pointer-events: none }",
        (8, 4, "covered by body > div.outer > div.lid"),
    ),
    "without a size": (
        "<p>seen</p><p class='no'>gone</p>",
        ".no { font-size: 0 }",
        (8, 4, ""),
    ),
    "left of the page": (
        "<h1 class='logo'>gone</h1><p>seen</p>",
        ".logo { text-indent: -9999px }",
        (8, 4, "left of the page: text-indent -9999px of body > h1.logo"),
    ),
    "printed over": (
        "<p class='a'>nmhnmh</p><p class='b'>hnmhnm</p><p>seen</p>",
        "p { margin: 0; line-height: 2em } .b { margin-top: -2em }",
        (16, 12, "overprinted by body > p."),
    ),
    "printed over by its own lines": (
        "<p class='a'>nmhnmh<br/>hnmhnm</p><p>seen</p>",
        ".a { line-height: 0; margin: 2em 0 }",
        (16, 12, "overprinted by body > p.a"),
    ),
    "fixed to the window": (
        "<p>aaaa seen</p><div class='fixed'>aaaa</div>",
        "p, .fixed { margin: 0; line-height: 2em } .fixed { position: fixed; margin-top: -2em }",
        (12, 8, "overprinted by body > "),
    ),
    "transparent": (
        "<p>seen</p><p class='a'>gone</p><p class='b'>gone</p>",
        ".a { opacity: 0 } .b { opacity: 0.01 }",
        (12, 8, "transparent: body > p."),
    ),
    "cut off by a shape": (
        "<p>seen</p><div class='a'><p>gone</p></div>",
        ".a { clip-path: inset(100%) }",
        (8, 4, "clipped by clip-path of body > div.a"),
    ),
    "for screen readers only": (
        "<p>seen</p><span class='sr'>gone</span>",
        ".sr { position: absolute; clip: rect(0, 0, 0, 0); width: 1px; height: 1px;"
        " overflow: hidden }",
        (8, 4, "clipped by overflow of body > span.sr"),
    ),
    "a column that is cut off to the side": (
        "<div class='box'><span>aaaa</span><span class='far'>bbbb</span></div>",
        ".box { overflow-x: clip; width: 20em; white-space: nowrap } .far { margin-left: 19em }",
        (8, 4, "clipped by overflow of body > div.box"),
    ),
}
# Read with ease, or not meant to be: nothing is lost.
WHOLE = {
    "plain": ("<p>abcd</p>", "", 4),
    "under a thin veil": (
        "<div class='outer'><p>abcd</p><div class='lid'></div></div>",
        ".outer { position: relative } .lid { position: absolute; inset: 0;"
        " background: rgba(255, 255, 255, 0.2) }",
        4,
    ),
    "under an empty box": (
        "<div class='outer'><p>abcd</p><div class='lid'></div></div>",
        ".outer { position: relative } .lid { position: absolute; inset: 0 }",
        4,
    ),
    "hidden by the book": (
        "<p>seen</p><p style='display: none'>no</p><p style='visibility: hidden'>no</p>"
        "<p hidden='hidden'>no</p><p><ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby></p>"
        "<style>no</style><template>no</template>",
        "",
        7,
    ),
    "details are opened": ("<details><summary>sum</summary><p>inside</p></details>", "", 9),
    "a drop cap": ("<p class='drop'>Once upon a time</p>", ".drop::first-letter { float: left;"
        " font-size: 3em; line-height: 0.8 }", 13),
    "marks and accents": ("<p>e\u0301 n\u0303 \U0001d11e 👩\u200d👧 ffl x\u00adyz</p>", "", None),
    "an accent alone": ("<table><tr><td>\u0300</td><td>x</td></tr></table>", "", 2),
    "right to left": ("<p dir='rtl'>שלום abc 123 עולם</p>", "", 14),
    "letters that join": ("<p dir='rtl'>الخلايا تندمج وتتكاثر " + "ن " * 200 + "</p>", "", None),
    "raised and lowered": ("<p>x<sup>2</sup> y<sub>1</sub> <small>z</small></p>", "", 5),
    "tight lines": (
        "<p style='line-height: 1'>" + "word gypsy " * 60 + "</p>", "", 540),
    "italics, bold and letter spacing": (
        "<p><i>f</i><b>f</b> <span style='letter-spacing: -0.08em'>tight words</span></p>", "", 12),
    "an overhanging indent": ("<p style='margin-left: 2em; text-indent: -2em'>abcd</p>", "", 4),
    "text in a drawing": (
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='80'>"
        "<rect width='200' height='80' fill='white'/><text x='10' y='40'>abcd</text></svg>", "", 4),
    "text in a formula": (
        "<p><math xmlns='http://www.w3.org/1998/Math/MathML'><msqrt><mi>x</mi><mo>+</mo>"
        "<mfrac><mn>1</mn><mn>2</mn></mfrac></msqrt></math></p>", "", 4),
    "the fallback of a canvas": ("<p>seen</p><canvas>fallback</canvas>", "", 12),
    "a form": ("<p><button>ok</button> <textarea>in it</textarea></p>", "", 6),
    "turned upside down": ("<p style='transform: rotate(180deg)'>abcd</p>", "", 4),
    "a box that contains its layout": ("<div style='contain: layout'><p>abcd</p></div>", "", 4),
    "no box of its own": ("<p style='display: contents'>abcd</p>", "", 4),
    "two columns of its own": ("<div style='columns: 2'>" + "<p>abcd</p>" * 8 + "</div>", "", 32),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
async def test_lost_characters_are_counted(profile: BookProfile, tmp_path: Path, name: str) -> None:
    body, css, (characters, lost, reason) = LOSSES[name]
    chapter = await walked_body(profile, tmp_path, body, css=css)
    found = (chapter.characters, chapter.characters - chapter.reached)
    assert (found, chapter.lost) and found == (characters, lost)
    assert sum(loss.characters for loss in chapter.lost) == lost
    assert all(loss.reason.startswith(reason) for loss in chapter.lost), chapter.lost


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("layout", ["pages", "scroll"])
async def test_what_can_be_read_is_not_lost(
    profile: BookProfile, tmp_path: Path, name: str, layout: str
) -> None:
    body, css, characters = WHOLE[name]
    chapter = await walked_body(profile, tmp_path, body, layout, css=css)
    assert chapter.lost == ()
    if characters is not None:
        assert chapter.characters == characters
    assert chapter.reached == chapter.characters
