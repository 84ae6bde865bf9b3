"""Paths as text, and back."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kios_desktop.domain.path_text import path_to_text, text_to_path

_ANY = st.text(st.characters() | st.characters(categories=["Cs"]))


@given(_ANY)
@example("escaped-path:%ff")
@example("escaped-path:")
@example("/home/caf\udce9.epub")
@example("C:\\half \ud83d.epub")
def test_every_path_comes_back_from_its_text(name: str) -> None:
    path = Path(name)
    text = path_to_text(path)
    text.encode("utf-8")
    assert text.isprintable() or not any(ord(c) < 32 for c in text)
    assert text_to_path(text) == path


@given(_ANY)
@example("escaped-path:%ff")
def test_any_text_is_some_path(text: str) -> None:
    assert isinstance(text_to_path(text), Path)


def test_an_ordinary_path_is_its_own_text() -> None:
    assert path_to_text(Path("/home/ana/Café 100%.epub")) == str(Path("/home/ana/Café 100%.epub"))


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text there")
def test_a_file_whose_name_is_no_text_is_found_again(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.epub")).write_bytes(b"here")
    [found] = tmp_path.iterdir()
    assert text_to_path(path_to_text(found)).read_bytes() == b"here"
