"""What an exported file is called."""

from pathlib import Path

import pytest

from kios_desktop.exchange.files import write_file
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_texts import file_name


def named(title: str) -> str:
    return file_name([MarkedBook(title, (), "", "", ())], ExportFormat.HTML)


def test_a_file_is_called_like_its_book_without_what_no_file_may_have() -> None:
    assert named("Emma") == "Emma – highlights.html"
    assert named('A/B: "C"?') == "A B C – highlights.html"
    assert named("...") == "Highlights and notes.html"


@pytest.mark.parametrize("title", ["山路を登りながら、" * 30, "Преступление " * 30, "👩🏽‍🚀" * 200])
def test_a_long_title_in_any_script_makes_a_name_that_can_be_written(
    title: str, tmp_path: Path
) -> None:
    name = named(title)
    write_file(tmp_path / name, "")
    assert (tmp_path / name).exists()
    assert len(name) > 30
    assert "\ufffd" not in name
