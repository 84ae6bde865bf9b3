"""What chapters embed, in Chromium itself: it is drawn, runs nothing and leads where links lead."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import LinkActivated
from tests.books import PIXEL_PNG, BookDraft, page
from tests.gui.reader.engine import open_engine
from tests.gui.reader.test_hostile_book import MARK, listening, ran

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">'
    '<rect width="100" height="50" fill="green"/></svg>'
)
PICTURES = """[...kios.current.doc.images].map((i) =>
  [i.complete && i.naturalWidth > 0, i.getBoundingClientRect().width > 0])"""
HIDDEN_AT = """kios.current.text.nodes.filter((n) => n.data.trim() === "%s").map((n) => {
  const r = kios.current.doc.createRange(); r.selectNode(n); return r.getClientRects().length; })"""


def rects(words: str) -> str:
    return HIDDEN_AT % words


async def test_embedded_pictures_are_drawn_in_place_of_their_fallback(
    profile: BookProfile, tmp_path: Path
) -> None:
    body = (
        "<object data='d.svg' width='300' height='150'>instead</object><embed src='p.png'/>"
        "<iframe src='d.svg'/><object data='gone.swf'><p>shown</p></object>"
        "<canvas>plain</canvas><noscript>quiet</noscript>"
    )
    files: dict[str, bytes | str | None] = {"EPUB/d.svg": SQUARE, "EPUB/p.png": PIXEL_PNG}
    engine = await open_engine(
        profile, BookDraft(chapters=[body], files=files).write(tmp_path / "b.epub")
    )
    assert await engine.ask(PICTURES) == [[True, True]] * 3
    assert await engine.ask(rects("instead")) == [0]
    for words in ("shown", "plain", "quiet"):
        assert await engine.ask(rects(words)) == [1], words
    await engine.close()


async def test_a_long_fallback_is_read_page_by_page(profile: BookProfile, tmp_path: Path) -> None:
    words = "".join(f"<p>{'word ' * 60}{n}</p>" for n in range(30))
    body = f"<object data='x.xyz' type='application/x-unknown'>{words}<p>LAST</p></object>"
    engine = await open_engine(profile, BookDraft(chapters=[body]).write(tmp_path / "b.epub"))
    here = await engine.go(0)
    assert here.pages > 2
    while not here.chapter_end:
        here = await engine.turn()
    assert here.book_end
    await engine.close()


@pytest.mark.parametrize("scripts_on", [False, True], ids=["as shipped", "JavaScript on"])
async def test_what_is_embedded_runs_nothing_and_calls_nobody(
    profile: BookProfile, tmp_path: Path, scripts_on: bool
) -> None:
    async with listening() as listener:
        url = f"http://127.0.0.1:{listener.port}"
        run = f"parent.document.documentElement.setAttribute('{MARK}', '1')"
        handler = f"document.documentElement.setAttribute('{MARK}', '1')"
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" onload="{run}"><script>{run}</script>'
            f'<image href="{url}/in.png" width="9" height="9"/><rect width="9" height="9"/></svg>'
        )
        inner = page(
            f"<script>{handler}</script><script src='{url}/x.js'/><p onclick=\"{handler}\">in</p>"
            f"<img src='{url}/i.png' onerror=\"{handler}\" alt=''/><object data='{url}/o.svg'/>"
            f"<iframe src='{url}/f.html'/><link rel='preconnect' href='{url}/'/>"
            f"<meta http-equiv='refresh' content='0;url={url}/'/><base href='{url}/'/>"
            f"<video src='{url}/v.webm' poster='{url}/p.png' autoplay=''>no film</video>"
            f"<style>@import url({url}/i.css);</style><form action='{url}/form'/>"
        )
        body = (
            "<object data='d.svg'/><iframe src='in.xhtml'/><embed src='in.xhtml'/>"
            f"<iframe srcdoc='&lt;img src={url}/d.png onerror={handler}>x'/>"
            f"<video src='{url}/v.mp4' poster='{url}/p.png' autoplay=''>film</video>"
            f"<object data='{url}/o.png'>o</object><embed src='{url}/e.svg'/>"
        )
        draft = BookDraft(chapters=[body], files={"EPUB/d.svg": svg, "EPUB/in.xhtml": inner})
        engine = await open_engine(profile, draft.write(tmp_path / "h.epub"), scripts_on=scripts_on)
        await engine.ask(
            "(kios.current.doc.querySelectorAll('p, img, a').forEach((e) => e.click()), 1)"
        )
        await asyncio.sleep(0.5)
        assert not await ran(engine)
        assert listener.requests == []
        assert "in" in await engine.ask("kios.current.doc.body.textContent")
        await engine.close()


@pytest.mark.parametrize("attribute", ["xlink:href", "href"])
@pytest.mark.parametrize("target", ["chapter0002.xhtml", "#here", "javascript:x()"])
async def test_a_link_in_a_drawing_is_a_link(
    profile: BookProfile, tmp_path: Path, attribute: str, target: str
) -> None:
    body = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<a {attribute}="{target}"><text id="t" y="30">go</text></a></svg><p id="here">x</p>'
    )
    engine = await open_engine(
        profile, BookDraft(chapters=[body, "<p>two</p>"]).write(tmp_path / "b.epub")
    )
    before = await engine.ask("kios.current.window.location.href")
    await engine.ask(
        "(kios.current.doc.getElementById('t').dispatchEvent("
        "new MouseEvent('click', {bubbles: true, cancelable: true})), 1)"
    )
    assert (await engine.wait(LinkActivated)).href == target
    await asyncio.sleep(0.2)
    assert await engine.ask("kios.current.window.location.href") == before
    await engine.close()
