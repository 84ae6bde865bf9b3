"""Files on the disk: whole or not at all, and errors as sentences."""

import os
import sys
from pathlib import Path

import pytest

from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.exchange.files import read_file, write_file
from kios_desktop.exchange.readers import MOST_BYTES

needs_posix = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")


def fault_of(path: Path, text: str | None = None) -> MarksFault:
    with pytest.raises(MarksFileError) as raised:
        read_file(path) if text is None else write_file(path, text)
    return raised.value.fault


def test_a_file_is_written_as_it_is_and_read(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    write_file(path, "“a”\r\nb\n")
    assert path.read_bytes() == "“a”\r\nb\n".encode()
    assert read_file(path) == path.read_bytes()
    write_file(path, "c")
    assert read_file(path) == b"c"
    assert list(tmp_path.iterdir()) == [path]


@needs_posix
def test_a_link_and_a_mode_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_file(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


@needs_posix
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    write_file(Path(os.devnull), "a")
    assert not Path(os.devnull).is_file()


def test_what_can_not_be_read(tmp_path: Path) -> None:
    assert fault_of(tmp_path / "gone") is MarksFault.MISSING
    assert fault_of(tmp_path / "a\0b") is MarksFault.MISSING
    if os.name != "nt":
        assert fault_of(tmp_path) is MarksFault.FOLDER
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert fault_of(large) is MarksFault.TOO_LARGE


def test_what_can_not_be_written(tmp_path: Path) -> None:
    assert fault_of(tmp_path, "a") is MarksFault.ONTO_FOLDER
    assert fault_of(tmp_path / "gone" / "a", "a") is MarksFault.NO_FOLDER
    assert fault_of(tmp_path / "a\0b", "a") is MarksFault.NO_FOLDER
    assert list(tmp_path.iterdir()) == []


@needs_full
def test_a_full_disk_is_said() -> None:
    assert fault_of(Path("/dev/full"), "a") is MarksFault.FULL


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a limit for files, as on Linux")
def test_a_disk_that_fills_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    """A limit for the size of files is met in the middle of writing, as a full disk is."""
    import resource
    import signal

    path = tmp_path / "marks"
    write_file(path, "old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        fault = fault_of(path, "a" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert fault is MarksFault.FULL
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
