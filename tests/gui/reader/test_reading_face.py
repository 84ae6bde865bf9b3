"""Pages are set in Literata, which comes with Kios."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Lines
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, open_engine

pytestmark = pytest.mark.gui

LOAD_S = 10  # of a font

TEXT = "The fog came in, iiii WWWW. Ξένος, Ђорђе, Tiếng Việt, Žluťoučký."
PAGE = f"<h1>One</h1><p><span id='plain'>{TEXT}</span></p><p><i id='slanted'>{TEXT}</i></p>"
_FACES = """(() => {
  const doc = kios.current.doc;
  return [...doc.fonts].map((face) => [face.family, face.style, face.status]);
})()"""
# How wide an element is in the page's face, and in others
_WIDTHS = """((id) => {
  const element = kios.current.doc.getElementById(id);
  const width = (family) => {
    element.style.fontFamily = family;
    return Math.round(element.getBoundingClientRect().width * 100) / 100;
  };
  element.style.whiteSpace = "nowrap";
  element.style.display = "inline-block";
  return [width(""), width("Literata, monospace"), width("serif"), width("monospace")];
})(%r)"""


async def opened(profile: BookProfile, folder: Path) -> Engine:
    draft = BookDraft(chapters=(PAGE, PAGE, PAGE))
    return await open_engine(profile, draft.write(folder / "book.epub"))


async def test_the_page_is_set_in_literata_before_it_is_shown(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    try:
        faces = await engine.ask(_FACES)
        assert sorted(faces) == [
            ["Literata", "italic", "loaded"],
            ["Literata", "normal", "loaded"],
        ]
        for element in ("plain", "slanted"):
            own, literata, serif, monospace = await engine.ask(_WIDTHS % element)
            assert own == literata
            assert own not in (serif, monospace)
    finally:
        await engine.close()


async def test_each_chapter_has_the_face_when_it_is_shown(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    try:
        await engine.go(2)
        assert {state for _, _, state in await engine.ask(_FACES)} == {"loaded"}
        own, literata, serif, _ = await engine.ask(_WIDTHS % "plain")
        assert own == literata != serif
    finally:
        await engine.close()


async def test_running_lines_are_in_the_face_of_the_window(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await opened(profile, tmp_path)
    try:
        engine.page.bridge.lines(Lines(head="The fog came in, iiii WWWW"))
        loaded = "[...document.fonts].filter((one) => one.status === 'loaded').map((f) => f.family)"
        async with asyncio.timeout(LOAD_S):  # a face is loaded when a line wants it
            while "Inter" not in await engine.ask(loaded):
                await asyncio.sleep(0.02)
        assert "Inter" in await engine.ask(
            "getComputedStyle(document.getElementById('head')).fontFamily"
        )
    finally:
        await engine.close()


def test_windows_have_it_too(qapp: QApplication) -> None:
    assert theme.reading_serif() == "Literata"
    assert QFontInfo(QFont(theme.reading_serif())).family() == "Literata"
