"""“Chapter 9 of 61”: which contents entries count, and how far."""

from kios_desktop.ui.reader.chapter_numbers import chapter_counts
from kios_desktop.ui.reader.contents_line import ContentsLine


def contents(*titles: str) -> list[ContentsLine]:
    """Leading dots are the depth."""
    return [
        ContentsLine(index, len(title) - len(title.lstrip(".")), title.lstrip("."), index, "")
        for index, title in enumerate(titles)
    ]


def test_chapters_that_are_numbered_know_how_many_there_are() -> None:
    lines = contents("Preface", "Chapter 1", "Chapter 2", "Chapter 3", "Notes")
    assert chapter_counts(lines) == {1: 3, 2: 3, 3: 3}


def test_numbers_alone_and_roman_ones_count_as_well() -> None:
    assert chapter_counts(contents("1", "2.", "3")) == {0: 3, 1: 3, 2: 3}
    lines = contents("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")
    assert set(chapter_counts(lines).values()) == {11}


def test_each_part_counts_for_itself() -> None:
    lines = contents("Part 1", ".Chapter 1", ".Chapter 2", "Part 2", ".Chapter 1", ".Chapter 2")
    assert chapter_counts(lines) == {0: 2, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2}


def test_a_missing_entry_does_not_change_the_last_number() -> None:
    assert chapter_counts(contents("Chapter 1", "Chapter 2", "Chapter 5")) == {0: 5, 1: 5, 2: 5}


def test_what_only_looks_like_a_count_is_none() -> None:
    assert chapter_counts(contents("C", "I", "L")) == {}  # letters of an index
    assert chapter_counts(contents("Chapter 1")) == {}
    assert chapter_counts(contents("Chapter 9. The Sermon", "Chapter 10. A Bosom Friend")) == {}
    assert chapter_counts(contents("Chapter 1", "Chapter 2", "Chapter 1")) == {}
    assert chapter_counts(contents("1984", "1985")) == {}
