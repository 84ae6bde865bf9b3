"""Formulas are drawn with a font made for them, also where the system has none."""

import asyncio
from pathlib import Path
from typing import Any

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, open_engine

MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'
ROW = "<mtr><mtd><mn>1</mn></mtd></mtr>"
BODY = (
    f"<p><math {MATHML} id='root'><msqrt id='sqrt'><mi>x</mi></msqrt></math></p>"
    f"<p><math {MATHML}><mrow><mo id='open'>(</mo><mtable id='table'>{ROW * 6}</mtable>"
    "<mo>)</mo></mrow></math></p>"
)
FACES = """[...kios.current.doc.fonts].map((f) => [f.family.replaceAll('"', ''), f.status])
  .filter(([family]) => family !== "Literata")"""
HEIGHT = "kios.current.doc.getElementById('%s').getBoundingClientRect().height"
# the width of the root sign in a font, which tells fonts apart
SIGN = """(() => { const root = kios.current.doc.getElementById('sqrt');
  kios.current.doc.getElementById('root').style.fontFamily = '%s';
  const left = (e) => e.getBoundingClientRect().left;
  return left(root.firstElementChild) - left(root); })()"""


async def faces(engine: Engine, *expected: str) -> list[Any]:
    """The fonts of the chapter on screen, as soon as they are what is expected."""
    async with asyncio.timeout(8):
        while (found := await engine.ask(FACES)) != [list(expected)] * bool(expected):
            await asyncio.sleep(0.02)
    return list(found)


async def test_a_chapter_with_formulas_loads_the_font_and_draws_signs_with_it(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = BookDraft(chapters=["<p>no formula</p>", BODY]).write(tmp_path / "b.epub")
    engine = await open_engine(profile, path)
    assert await engine.ask(FACES) == []
    await engine.go(1)
    await faces(engine, "Kios Math", "loaded")
    assert await engine.ask(HEIGHT % "open") >= 0.9 * await engine.ask(HEIGHT % "table")
    own = await engine.ask(SIGN % '"Kios Math"')
    assert own > 5
    assert await engine.ask(SIGN % "no such font") != own
    assert await engine.ask(SIGN % "") == own  # what a chapter has without being told
    await engine.close()


async def test_no_book_can_serve_another_font_in_its_place(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=[BODY], files={".kios/math.woff2": b"not a font"})
    engine = await open_engine(profile, draft.write(tmp_path / "b.epub"))
    await faces(engine, "Kios Math", "loaded")
    await engine.close()
