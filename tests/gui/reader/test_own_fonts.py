"""Font files that the user added are copied, offered, and used by the page."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.paths import resources
from kios_desktop.ui.kit.faces import READING, page_families
from kios_desktop.ui.kit.own_fonts import NotAFont, add_font, own_fonts, remove_family
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.reading_faces import own_faces
from kios_desktop.ui.reader.engine.wire import Face
from kios_desktop.ui.reader.page_style import new_page_style
from kios_desktop.ui.widgets.font_choice import FontChoice
from kios_desktop.ui.widgets.own_fonts_list import OwnFontsList
from tests.books import BookDraft
from tests.gui.kios import Kios, settled
from tests.gui.reader.engine import evaluate, open_engine

pytestmark = pytest.mark.gui

SHIPPED = resources() / "fonts"


def renamed(source: Path, target: Path) -> Path:
    """A copy of Literata that calls itself otherwise; both names are of one length."""
    old, new = "Literata", "Zquerbuk"
    data = source.read_bytes()
    assert old.encode("utf-16-be") in data
    target.write_bytes(data.replace(old.encode("utf-16-be"), new.encode("utf-16-be")))
    return target


FAMILY = "Zquerbuk"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        renamed(SHIPPED / "Literata.ttf", tmp_path / "roman.ttf"),
        renamed(SHIPPED / "Literata-Italic.ttf", tmp_path / "Größe & italic.ttf"),
    ]


@pytest.fixture
def folder(tmp_path: Path, qapp: QApplication) -> Iterator[Path]:
    folder = tmp_path / "data" / "fonts"
    yield folder
    remove_family(folder, FAMILY)


def test_files_of_one_family_join_and_are_offered_after_ours(
    files: list[Path], folder: Path
) -> None:
    for file in files:
        add_font(folder, file)
        file.unlink()
    found = own_fonts(folder)
    assert [(one.family, one.weight, one.italic) for one in found] == [
        (FAMILY, "200 900", False),
        (FAMILY, "200 900", True),
    ]
    assert page_families()[:2] == [READING, FAMILY]
    remove_family(folder, FAMILY)
    assert own_fonts(folder) == []
    assert FAMILY not in page_families()
    assert FAMILY not in QFontDatabase.families()


def test_files_of_one_name_are_kept_side_by_side(tmp_path: Path, folder: Path) -> None:
    for number, name in enumerate(("Literata.ttf", "Literata-Italic.ttf", "Literata.ttf")):
        place = tmp_path / str(number)
        place.mkdir()
        add_font(folder, renamed(SHIPPED / name, place / "Regular.ttf"))
    inter = tmp_path / "Regular.ttf"
    shutil.copyfile(SHIPPED / "Inter-Regular.ttf", inter)
    add_font(folder, inter)
    found = [(one.family, one.italic, one.file.name) for one in own_fonts(folder)]
    remove_family(folder, "Inter")
    assert found == [
        ("Inter", False, "Regular 3.ttf"),
        (FAMILY, False, "Regular.ttf"),
        (FAMILY, True, "Regular 2.ttf"),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's files")
def test_a_font_that_does_not_fit_on_the_disk_leaves_the_old_one(
    files: list[Path], folder: Path
) -> None:
    import resource

    kept = add_font(folder, files[0]).file
    before = kept.read_bytes()
    files[0].write_bytes(before + b"\0")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, usual[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            add_font(folder, files[0])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert kept.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == [kept.name]


def test_a_list_of_fonts_has_those_of_the_moment_it_opens(
    files: list[Path], folder: Path, qtbot: QtBot
) -> None:
    choice = FontChoice()
    qtbot.addWidget(choice)
    choice.set_value(READING)
    chosen: list[str] = []
    choice.chosen.connect(chosen.append)
    for there in (True, False):
        if there:
            add_font(folder, files[0])
        else:
            remove_family(folder, FAMILY)
        choice.showPopup()
        choice.hidePopup()
        assert (choice.findData(FAMILY) >= 0) is there
        assert choice.value() == READING
    assert chosen == []


@pytest.mark.parametrize("name", ["damaged.ttf", "text.txt", "empty.otf", "cut.woff2"])
def test_what_is_no_font_is_not_copied(tmp_path: Path, folder: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"" if name == "empty.otf" else b"\0\1\0\0 not a font at all")
    if name == "text.txt":
        shutil.copyfile(SHIPPED / "Literata.ttf", file)
    with pytest.raises(NotAFont):
        add_font(folder, file)
    assert not folder.exists()


def test_the_list_names_what_it_can_not_use_and_removes_what_it_has(
    files: list[Path], folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "damaged.ttf"
    bad.write_bytes(b"no")
    shown = OwnFontsList(folder)
    qtbot.addWidget(shown)
    with qtbot.waitSignal(shown.changed):
        shown.add([files[0], bad])
    assert "“damaged.ttf”" in shown._problem.text()
    assert [one.family for one in own_fonts(folder)] == [FAMILY]
    with qtbot.waitSignal(shown.changed):
        shown.remove(FAMILY)
    assert shown._problem.isHidden()
    assert own_fonts(folder) == []


_USED = """(() => {
  const doc = kios.current.doc;
  const p = doc.querySelector("p");
  const loaded = [...doc.fonts].filter((face) => face.family === %r && face.status === "loaded");
  return [doc.defaultView.getComputedStyle(p).fontFamily, loaded.length];
})()"""


async def test_the_page_uses_the_file(
    files: list[Path], tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "own"
    for file in files:
        add_font(folder, file)
    profile = BookProfile(resources() / "reader", qapp, folder)
    draft = BookDraft(chapters=("<p>The fog <i>came</i> in.</p>",))
    engine = await open_engine(profile, draft.write(tmp_path / "book.epub"))
    try:
        faces: list[Face] = own_faces(folder)
        asked = ReadingSettings(font=FAMILY)
        colors = {"bg": "#FFFFFF", "text": "#000000", "muted": "#333333", "link": "#0000FF"}
        colors["selection"] = "#CCCCCC"
        style = new_page_style(asked, colors, PageTheme.PAPER, False, own_faces=faces)
        seen = len(engine.messages)
        engine.page.bridge.apply_settings(style)
        while len(engine.messages) == seen:
            await engine.ask("1")
        family, loaded = await engine.ask(_USED % FAMILY)
        assert family.startswith((FAMILY, f'"{FAMILY}"'))
        assert loaded == 2
    finally:
        await engine.close()
        profile.close()
        remove_family(folder, FAMILY)


async def test_a_font_that_is_added_or_replaced_reaches_open_books(
    files: list[Path], tmp_path: Path, qapp: QApplication
) -> None:
    path = BookDraft(chapters=("<p>The fog came in.</p>",)).write(tmp_path / "book.epub")
    async with Kios(qapp, tmp_path / "profile") as kios:
        live = kios.app.parts.live
        reading = replace(live.value.reading, font=FAMILY)
        live.change(replace(live.value, reading=reading))
        opened = await kios.open(await kios.add(path))
        count = f"[...kios.current.doc.fonts].filter((one) => one.family === '{FAMILY}').length"

        async def found(faces: int) -> None:
            async with asyncio.timeout(5):
                while await evaluate(opened.window._page, count) != faces:
                    await settled(0.05)

        await found(0)
        fonts = kios.app.parts.settings.show("appearance").findChild(OwnFontsList)
        assert fonts is not None
        fonts.add([files[0]])
        await found(1)
        files[0].write_bytes(files[0].read_bytes() + b"\0")
        fonts.add([files[0]])
        await found(2)  # the new one is the last, which counts
        fonts.remove(FAMILY)
        kios.app.parts.settings.close()
