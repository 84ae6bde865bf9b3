"""Texts reach Qt Linguist, and a translation made with it reaches the screen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QLocale

from kios_desktop.ui.kit.translation import counted, marked, tr
from tests.texts import collector

ROOT = Path(__file__).parents[4]
SOURCES = [
    path
    for package in ("ui", "startup")
    for path in sorted((ROOT / "kios_desktop" / package).rglob("*.py"))
]
TEXT_FUNCTIONS = {"tr", "counted", "marked"}
# what shows its first argument, or the one with that index
SHOWS = {
    "setText": 0, "setToolTip": 0, "setPlaceholderText": 0, "setAccessibleName": 0,
    "setAccessibleDescription": 0, "setWindowTitle": 0, "QLabel": 0, "label": 0, "button": 0,
    "QAction": 0, "QPushButton": 0, "QCheckBox": 0, "toast": 0, "say": 0, "tell": 0,
    "announce": 0, "addMenu": 0, "addTab": 1, "setTabText": 1, "Message": 0, "AskDialog": 0,
    "Dialog": 0, "Badge": 0, "IconButton": 1,
}  # fmt: skip
NAMES = {"Kios"}  # proper names, the same in every language


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The texts as Qt Linguist gets them."""
    catalog = tmp_path_factory.mktemp("i18n") / "kios_de.ts"
    collector().collect(catalog, "de")
    return catalog


def messages(catalog: Path) -> Iterator[ElementTree.Element]:
    root = ElementTree.parse(catalog).getroot()
    yield from root.iter("message")


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            yield node, name or getattr(node.func, "attr", "")


def test_qt_linguist_gets_every_text(collected: Path) -> None:
    sources = {message.findtext("source", "") for message in messages(collected)}
    used = {
        str(node.args[0].value)
        for path in SOURCES
        for node, name in calls(path)
        if name in TEXT_FUNCTIONS and node.args and isinstance(node.args[0], ast.Constant)
    }
    assert len(used) > 500
    assert used - sources == set()


def test_counts_have_plural_forms(collected: Path) -> None:
    numerus = {m.findtext("source") for m in messages(collected) if m.get("numerus") == "yes"}
    used = {
        str(node.args[0].value)
        for path in SOURCES
        for node, name in calls(path)
        if name == "counted" and isinstance(node.args[0], ast.Constant)
    }
    assert used
    assert used <= numerus


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "kios_desktop")))
def test_what_is_shown_is_translated(path: Path) -> None:
    """No literal is shown as it is, and none is glued from parts."""
    for node, name in calls(path):
        at = SHOWS.get(name)
        if at is None or len(node.args) <= at:
            continue
        assert not shown_words(node.args[at]), f"line {node.lineno}: {ast.unparse(node)}"


def shown_words(node: ast.expr) -> bool:
    """Whether an expression has words of its own, besides names and markup."""
    match node:
        case ast.Constant(value=str(text)):
            plain = re.sub(r"<[^>]*>?|[^<]*>", "", text)
            return plain not in NAMES and re.search(r"[A-Za-z]{2}", plain) is not None
        case ast.JoinedStr(values=parts):
            whole = "".join(str(p.value) for p in parts if isinstance(p, ast.Constant))
            return shown_words(ast.Constant(whole))
        case ast.IfExp(body=body, orelse=orelse):
            return shown_words(body) or shown_words(orelse)
        case ast.BinOp(left=left, right=right):
            return shown_words(left) or shown_words(right)
    return False


def test_english_needs_no_translation() -> None:
    assert tr("Adding {title}…", title="Emma") == "Adding Emma…"
    assert counted("%Ln books", "", 1, one="%Ln book") == "1 book"
    assert counted("%Ln books in {place}", "", 1200, one="%Ln book in {place}", place="x") == (
        f"{QLocale().toString(1200)} books in x"
    )
    assert marked("Downloads") == "Downloads"


@pytest.mark.parametrize("n", [2**31 - 1, 2**31, 10**15])
def test_a_server_may_count_further_than_qt(n: int) -> None:
    assert counted("%Ln entries", "", n, one="%Ln entry") == f"{QLocale().toString(n)} entries"
