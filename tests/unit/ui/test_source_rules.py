"""Rules over the source of the windows: what would break the loop, or hide from a reader."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "kios_desktop" / "ui"
MODULES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_runs_a_loop_of_its_own(path: Path) -> None:
    """`exec` and `processEvents` re-enter the loop; dialogs are opened."""
    if path.name == "event_loop.py":
        return  # the one loop itself
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"exec", "exec_", "processEvents", "asyncSlot"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_graphics_effects(path: Path) -> None:
    """They force software rendering of what is below, and break over a web view."""
    assert "QGraphicsEffect" not in path.read_text(encoding="utf-8")
    assert "QGraphicsDropShadowEffect" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_colors_come_from_tokens(path: Path) -> None:
    """A literal colour would not follow the theme. Generated covers are pictures of their own."""
    if path.name == "generated_cover.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            is_color = (
                len(word) == 7
                and word[0] == "#"
                and all(c in "0123456789abcdefABCDEF" for c in word[1:])
            )
            assert not is_color, word
