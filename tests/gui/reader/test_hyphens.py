"""Words are divided as pyphen divides them, and nothing but the lines of the page shows it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
import pyphen
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebEngineCore import QWebEnginePage

from kios_desktop.ui.reader.engine.hyphenation import dictionary_of, patterns_of
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft, page
from tests.gui.reader.engine import Engine, look, open_engine

LANGUAGES = ("cs", "de", "en-US", "es", "fr", "hu", "nl", "pl", "ru", "sv")
OFF = look()
ON = msgspec.structs.replace(OFF, hyphenate=True)
TEXTS = """kios.current.text.nodes.map((n) => n.data.replaceAll("\\u00ad", "="))"""
CHAPTER = """<h1>Extraordinarily undivided</h1>
<p>Extraordinary conversations, accompanying understanding.</p>
<p>READING ISBN97800international www.publisher.example/extraordinary letter</p>
<p lang="de">Silbentrennung</p><p xml:lang="fr">Particulièrement</p><p lang="ja">Extraordinary</p>
<pre>extraordinary</pre><p>A <code>extraordinary</code> <i>under</i>standing</p>
<p>The book's own soft hy\u00adphens: extraordinary.</p>"""


def words_of(language: str) -> list[str]:
    """Words that try each kind of pattern: the letters of some hundred patterns, joined."""
    lines = patterns_of(language).split("\n")
    proper = [one for one in lines if "/" not in one and not re.search(r"\d\d|^[A-Z%#]|\^", one)]
    changing = [one.partition("/")[0] for one in lines if "=" in one][:200]
    chosen = proper[:: max(1, len(proper) // 300)] + changing
    letters = [re.sub(r"[\d.'’-]", "", one) for one in chosen]
    return [a + b for a, b in pairwise(letters) if a + b and len((a + b).lower()) == len(a + b)]


async def settled(engine: Engine) -> None:
    """Wait until the patterns of all languages were read and put to use."""
    async with asyncio.timeout(8):
        while not await engine.ask("kios.current.hyphens._done"):
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(
    profile: BookProfile, folder: Path, draft: BookDraft | None = None
) -> AsyncIterator[Engine]:
    """A book with its hyphens, by default one chapter of everything."""
    path = (draft or BookDraft(chapters=[CHAPTER])).write(folder / "book.epub")
    engine = await open_engine(profile, path, style=ON)
    await settled(engine)
    yield engine
    await engine.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_words_are_divided_where_pyphen_divides_them(
    profile: BookProfile, tmp_path: Path, language: str
) -> None:
    words = words_of(language)
    assert len(words) > 200
    async with opened(profile, tmp_path, BookDraft(language=language)) as engine:
        points = f"kios.dividers.of({json.dumps(language)})._patterns.points(w)"
        found = await engine.ask(f"{json.dumps(words)}.map((w) => {points})")
    oracle = pyphen.Pyphen(lang=dictionary_of(language), left=1, right=1)
    assert dict(zip(words, found, strict=True)) == {
        word: [int(at) for at in oracle.positions(word) if at.data is None] for word in words
    }


async def test_running_text_is_divided_in_its_language(
    profile: BookProfile, tmp_path: Path
) -> None:
    async with opened(profile, tmp_path) as engine:
        texts = [text.strip() for text in await engine.ask(TEXTS)]
    assert texts[0] == "Extraordinarily undivided"
    assert texts[1] == "Ex=tra=or=di=nary con=ver=sa=tions, ac=com=pa=ny=ing un=der=stand=ing."
    assert texts[2] == "READING ISBN97800international www.publisher.example/extraordinary let=ter"
    assert texts[3:6] == ["Sil=ben=tren=nung", "Par=ti=cu=liè=re=ment", "Extraordinary"]
    assert texts[6] == texts[8] == "extraordinary"  # in <pre> and in <code>
    assert texts[-3:-1] == ["under", "standing"]  # parts of one word
    assert texts[-1] == "The book's own soft hy=phens: extraordinary."


@pytest.mark.parametrize(
    "body",
    [
        "<p style='font-size: 2.6em'>Extraordinary</p>",
        "<p style='text-align: center'>Extraordinary</p>",
        "<p style='font-family: Courier New'>extraordinary</p>",
        "<div class='verse'><p>Extraordinary</p></div>",
        "<p translate='no'>Extraordinary</p>",
        "<p xml:lang=''>Extraordinary</p>",
        "<button>Extraordinary</button>",
    ],
)
async def test_titles_code_and_verse_are_not_divided_whatever_their_tags(
    profile: BookProfile, tmp_path: Path, body: str
) -> None:
    draft = BookDraft(chapters=[f"{body}<p class='universe'>Extraordinary</p>"])
    async with opened(profile, tmp_path, draft) as engine:
        texts = await engine.ask(TEXTS)
    assert (texts[0].lower(), texts[-1]) == ("extraordinary", "Ex=tra=or=di=nary")


async def test_hyphens_are_taken_out_again(profile: BookProfile, tmp_path: Path) -> None:
    async with opened(profile, tmp_path) as engine:
        await engine.restyled(OFF)
        texts = await engine.ask(TEXTS)
    assert [text for text in texts if "=" in text] == [
        "The book's own soft hy=phens: extraordinary."
    ]


async def test_a_language_without_patterns_has_no_hyphens(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>Extraordinarily</p>"], language="la")
    async with opened(profile, tmp_path, draft) as engine:
        assert await engine.ask(TEXTS) == ["Extraordinarily"]


async def test_a_chapter_names_its_own_language(profile: BookProfile, tmp_path: Path) -> None:
    body = page("<p>Silbentrennung</p>").replace("<html", '<html xml:lang="de"', 1)
    draft = BookDraft(chapters=[""], files={"EPUB/chapter0001.xhtml": body})
    async with opened(profile, tmp_path, draft) as engine:
        assert await engine.ask(TEXTS) == ["Sil=ben=tren=nung"]


LONG = "<p>" + "Extraordinary conversations accompanied understanding neighbours. " * 400 + "</p>"
RECT = "kios.current.text.rectAt(kios.current.anchor).toJSON()"
POINTS = """[0, 1, 57, 4000].map((o) => {
  const text = kios.current.text, point = text.pointAt(o);
  const found = text.rangeOf(o, o + 9).toString();
  return [text.ordinalOf(point.node, point.offset), point.node.data[point.offset],
    found.replaceAll("\u00ad", "").replaceAll(" ", "")];
})"""


async def test_the_place_stays_as_hyphens_come_and_go(profile: BookProfile, tmp_path: Path) -> None:
    async with opened(profile, tmp_path, BookDraft(chapters=[LONG])) as engine:
        divided = await engine.turn(3)
        with_hyphens = await engine.ask(POINTS)
        whole = await engine.restyled(OFF)
        assert await engine.ask(POINTS) == with_hyphens
        again = await engine.restyled(ON)
        box = await engine.ask(RECT)
    assert divided.ordinal > 0
    assert divided.ordinal == whole.ordinal == again.ordinal
    assert divided.total == whole.total == again.total
    assert 0 <= box["left"] < 1000 and 0 <= box["top"] < 800


async def copied(engine: Engine, script: str) -> tuple[str, str]:
    """What a selection gives on the clipboard, as text and as markup."""
    await engine.ask("kios.current.window.focus()")
    select = f"(() => {{ const d = kios.current.doc, s = d.getSelection(); {script} }})()"
    await engine.ask(select)
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("nothing")
    engine.page.triggerAction(QWebEnginePage.WebAction.Copy)
    async with asyncio.timeout(4):
        while clipboard.text() == "nothing":
            await asyncio.sleep(0.01)
    return clipboard.text(), clipboard.mimeData().html()


async def test_copied_text_is_the_books(profile: BookProfile, tmp_path: Path) -> None:
    async with opened(profile, tmp_path) as engine:
        text, markup = await copied(engine, "s.selectAllChildren(d.body);")
        texts = await engine.ask(TEXTS)
    for form in (text, markup):
        assert "Extraordinary conversations, accompanying understanding." in form
        assert "soft hy\u00adphens: extraordinary" in form
        assert form.count("\u00ad") == 1
    assert "con=ver=sa=tions" in texts[1]  # they are still on the page


async def test_a_copied_part_is_without_our_hyphens(profile: BookProfile, tmp_path: Path) -> None:
    select = "const r = kios.current.text.rangeOf(13, 26); s.removeAllRanges(); s.addRange(r);"
    async with opened(profile, tmp_path, BookDraft(chapters=[LONG])) as engine:
        text, _ = await copied(engine, select)
    assert text == "conversations"


FETCHES = {
    "our shell": ("fetch('hyphens/en')", "came"),
    "our shell, from elsewhere": ("fetch('http://127.0.0.1:9/')", "refused"),
    "a chapter": ("kios.current.window.fetch('/.kios/hyphens/en')", "refused"),
}


@pytest.mark.parametrize("who", FETCHES)
async def test_only_the_shell_may_fetch_and_only_from_its_book(
    profile: BookProfile, tmp_path: Path, who: str
) -> None:
    fetch, expected = FETCHES[who]
    async with opened(profile, tmp_path) as engine:
        outcome = "() => { kios.fetched = 'came'; }, () => { kios.fetched = 'refused'; }"
        await engine.ask(f"(({fetch}).then({outcome}), true)")
        async with asyncio.timeout(4):
            while not (found := await engine.ask("kios.fetched ?? null")):
                await asyncio.sleep(0.01)
    assert found == expected


async def test_the_first_page_of_a_book_is_laid_out_with_its_hyphens(
    profile: BookProfile, tmp_path: Path
) -> None:
    path = BookDraft(chapters=[LONG]).write(tmp_path / "long.epub")
    engine = await open_engine(profile, path, style=ON)
    assert await engine.ask("kios.current.hyphens.texts.length") > 0
    await engine.close()


async def test_a_copy_for_the_viewer_has_only_soft_hyphens_of_the_book(
    profile: BookProfile, tmp_path: Path
) -> None:
    async with opened(profile, tmp_path) as engine:
        copy = "kios.current.mends.original(kios.current.doc.body, document).textContent"
        text = await engine.ask(copy)
    assert "Extraordinary conversations, accompanying understanding." in text
    assert text.count("\u00ad") == 1
