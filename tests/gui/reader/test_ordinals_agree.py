"""The page counts as the program does: every text node of every book, in Chromium itself."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.corpus import book, book_names
from tests.effort import few
from tests.gui.reader.engine import Engine, open_engine
from tests.unit.epub.odd_chapters import ODD_CHAPTERS

ALL_UP_TO = 20  # spine items; of longer books some, evenly spread
SAMPLED = 7
LARGE_BYTES = 400_000
ALWAYS = ("metadata.xhtml",)  # not well-formed in live-manual
AT_ONCE = 8

# Loads chapters as the reader does, but lays none of them out.
LOAD = """(() => {
  const Chapter = kios.current.constructor;
  kios.probes = %s.map((n) => new Chapter(n, kios.urls[n]));
  return true;
})()"""
HYPHENATE = """(() => {
  const { constructor: Hyphens } = kios.current.hyphens;
  return kios.probes.flatMap((c) => new Hyphens(c.doc, kios.language).put(kios.dividers));
})()"""
READ = "%s.map((language) => kios.dividers.read(language)) && true"
LOADED = "kios.probes.every((c) => c.ready)"
# Per chapter: the total, and of each text node its start and its characters without spaces.
NODES = """kios.probes.map((c) => ({
  spine: c.spine, total: c.text.total, starts: c.text.starts,
  texts: c.text.nodes.map((n) =>
    n.data.replace(kiosSoftened.has(n) ? /[ \\t\\r\\n\\u00ad]/g : /[ \\t\\r\\n]/g, "")),
  divided: c.text.nodes.filter((n) => kiosSoftened.has(n)).length,
  points: c.text.starts.map((start, i) => {
    const at = c.text.pointAt(start), node = c.text.nodes[i];
    return at.node === node && c.text.ordinalOf(node, at.offset) === start;
  }).every(Boolean),
}))"""
DROP = "kios.probes.forEach((c) => c.remove())"


def sampled(engine: Engine) -> list[int]:
    """The spine items to compare."""
    count = len(engine.hrefs)
    wanted = set(range(0, count, count // SAMPLED if count > ALL_UP_TO else 1))
    wanted |= {i for i, href in enumerate(engine.hrefs) if href.endswith(ALWAYS)}
    return sorted(i for i in wanted if not is_large(engine, i))


def is_large(engine: Engine, spine: int) -> bool:
    container = engine.container
    name = container.find(engine.hrefs[spine])
    return name is not None and container.size(name) > LARGE_BYTES


async def nodes_of(
    engine: Engine, spine: Sequence[int], hyphenate: bool
) -> list[dict[str, object]]:
    await engine.ask(LOAD % list(spine))
    async with asyncio.timeout(20):
        while not await engine.ask(LOADED):
            await asyncio.sleep(0.005)
        while missing := hyphenate and await engine.ask(HYPHENATE):
            await engine.ask(READ % json.dumps(missing))
            await asyncio.sleep(0.005)
    found: list[dict[str, object]] = await engine.ask(NODES)
    await engine.ask(DROP)
    return found


def differences(model: ContentModel | None, page: dict[str, object]) -> list[str]:
    """What the page says otherwise than the model; empty where they agree."""
    texts, starts = page["texts"], page["starts"]
    assert isinstance(texts, list)
    assert isinstance(starts, list)
    stream = model.stream if model is not None else ""
    found = [] if page["total"] == len(stream) else [f"total {page['total']} is {len(stream)}"]
    if not page["points"]:
        found.append("a start is not the point of its own ordinal")
    for start, text in zip(starts, texts, strict=True):
        if stream[start : start + len(text)] != text:
            found.append(f"at {start}: {text[:40]!r} is {stream[start : start + 40]!r}")
            break
    borders = {text.ordinal for text in model.tree.texts} if model is not None else set()
    if strays := set(starts) - borders:
        found.append(f"begins within a text: {sorted(strays)[:3]}")
    return found


async def disagreements(
    engine: Engine, path: Path, spine: Sequence[int], hyphenate: bool = False
) -> list[str]:
    with Container.open(path) as container:
        models = ContentModels(container, read_publication(container))
        found = []
        for first in range(0, len(spine), AT_ONCE):
            for page in await nodes_of(engine, spine[first : first + AT_ONCE], hyphenate):
                index = page["spine"]
                assert isinstance(index, int)
                found += [f"{index}: {d}" for d in differences(models.at(index), page)]
    return found


@pytest.mark.parametrize("hyphenate", [False, True])
@pytest.mark.parametrize("name", few(book_names(), 6) or ["corpus"])
async def test_page_and_program_agree_on_every_text_node(
    profile: BookProfile, name: str, hyphenate: bool
) -> None:
    path = book(name)
    if name == "w3c-pub-foreign_bad-fallback":
        pytest.skip("has no chapter that can be opened")
    engine = await open_engine(profile, path)
    assert await disagreements(engine, path, sampled(engine), hyphenate) == []
    await engine.close()


async def test_page_and_program_agree_on_every_odd_chapter(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=[""] * len(ODD_CHAPTERS))
    odd = enumerate(ODD_CHAPTERS.values(), 1)
    draft.files = {f"EPUB/chapter{n:04}.xhtml": data for n, data in odd}
    path = draft.write(tmp_path / "odd.epub")
    engine = await open_engine(profile, path)
    names = list(ODD_CHAPTERS)
    found = await disagreements(engine, path, range(len(ODD_CHAPTERS)))
    assert "\n".join(f"{names[int(d.split(':')[0])]}: {d}" for d in found) == ""
    await engine.close()
