"""One id per installation, and a new one when the installation was copied."""

import re
from pathlib import Path

from kios_desktop.storage.device import default_device_name, device_id, host_fingerprint, wire_name


def test_the_id_stays_and_has_koreaders_shape(tmp_path: Path) -> None:
    path = tmp_path / "local" / "device.json"
    first = device_id(path, "host a")
    assert re.fullmatch(r"[0-9A-F]{32}", first)
    assert device_id(path, "host a") == first


def test_a_copied_profile_gets_its_own_id(tmp_path: Path) -> None:
    path = tmp_path / "device.json"
    first = device_id(path, "host a")
    second = device_id(path, "host b")
    assert first != second
    assert device_id(path, "host b") == second


def test_a_damaged_file_or_a_closed_folder_still_gives_an_id(tmp_path: Path) -> None:
    path = tmp_path / "device.json"
    path.write_text("{", encoding="utf-8")
    assert device_id(path, "h")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert device_id(blocked / "device.json", "h")


def test_the_fingerprint_is_stable_and_says_nothing() -> None:
    assert host_fingerprint() == host_fingerprint()
    assert re.fullmatch(r"[0-9a-f]{16}", host_fingerprint())


def test_computers_of_one_name_are_told_apart_on_the_wire() -> None:
    first, second = (wire_name("Kios Desktop (desk)", one * 8) for one in ("3F9A", "77C9"))
    assert first == "Kios Desktop (desk) · 3f9a"
    assert first != second
    long = wire_name("x" * 300, "3F9A" * 8)
    assert len(long) == 100
    assert long.endswith(" · 3f9a")


def test_the_default_name_fits_every_server() -> None:
    assert default_device_name().startswith("Kios Desktop (")
    assert len(default_device_name()) <= 100


def test_a_name_on_the_wire_is_one_line_that_can_be_written() -> None:
    assert wire_name("a\nb\u202ec\ud83d", "3F9A" * 8) == "a bc\ufffd · 3f9a"


def missing() -> str:
    """As Windows says that a value is not in the registry."""
    raise FileNotFoundError(2, "The system cannot find the file specified")


def unreadable() -> str:
    raise UnicodeDecodeError("ascii", b"\xff", 0, 1, "ordinal not in range(128)")


def test_a_computer_without_an_id_is_known_by_its_name() -> None:
    by_name = host_fingerprint([lambda: "desk"])
    for source in (missing, unreadable, lambda: "", lambda: " \n", lambda: "uninitialized\n"):
        assert host_fingerprint([source, lambda: "desk"]) == by_name
    assert host_fingerprint([lambda: "an id\n", lambda: "desk"]) == host_fingerprint(
        [lambda: "an id", lambda: "table"]
    )
    assert host_fingerprint([lambda: "an id"]) != by_name


def test_a_computer_without_anything_still_has_a_fingerprint_that_lasts() -> None:
    assert host_fingerprint([missing]) == host_fingerprint([missing])
    assert re.fullmatch(r"[0-9a-f]{16}", host_fingerprint([missing]))


def test_the_id_of_a_computer_without_a_machine_id_lasts(tmp_path: Path) -> None:
    path = tmp_path / "device.json"
    sources = [missing, lambda: "desk"]
    first = device_id(path, host_fingerprint(sources))
    assert device_id(path, host_fingerprint(sources)) == first
