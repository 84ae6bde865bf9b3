"""How windows stood is kept, and never by making the window wait for the disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kios_desktop.ui.kit.window_memory import WindowMemory


def memory(file: Path) -> WindowMemory:
    return WindowMemory(file, lambda save: save())


def test_what_is_kept_is_there_next_time(tmp_path: Path) -> None:
    file = tmp_path / "windows.json"
    first = memory(file)
    first.keep("reader/geometry", b"\x01\xff")
    first.keep("panel", True)
    second = memory(file)
    assert second.geometry("reader/geometry") == b"\x01\xff"
    assert second.is_on("panel")
    second.keep("panel", False)
    assert not memory(file).is_on("panel")
    assert [path.name for path in tmp_path.iterdir()] == ["windows.json"]


def test_nothing_is_written_where_it_is_kept(tmp_path: Path) -> None:
    asked: list[Callable[[], None]] = []
    file = tmp_path / "windows.json"
    WindowMemory(file, asked.append).keep("panel", True)
    assert not file.exists()
    asked[0]()
    assert memory(file).is_on("panel")


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "windows.json"
    one = memory(file)
    one.keep("panel", True)
    file.unlink()
    one.keep("panel", True)
    assert not file.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"reader/geometry": 5}', b"\xff"])
def test_a_damaged_file_is_forgotten(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "windows.json"
    file.write_bytes(damage)
    one = memory(file)
    assert one.geometry("reader/geometry") is None and not one.is_on("panel")
    one.keep("panel", True)
    assert memory(file).is_on("panel")


def test_where_nothing_can_be_written_it_holds_for_this_run(tmp_path: Path) -> None:
    one = memory(tmp_path / "none" / "windows.json")
    one.keep("panel", True)
    assert one.is_on("panel")


def test_values_of_another_kind_are_as_if_not_there(tmp_path: Path) -> None:
    one = memory(tmp_path / "windows.json")
    one.keep("a", True)
    one.keep("b", b"1")
    assert one.geometry("a") is None and not one.is_on("b")
