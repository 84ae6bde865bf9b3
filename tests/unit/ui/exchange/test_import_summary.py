"""What is told of an imported file."""

from msgspec.structs import replace

from kios_desktop.application.mark_exchange import MarkImport
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind, MarkStyle
from kios_desktop.ui.exchange.import_summary import ImportSummary, settled_text
from tests.fakes_ui import sample_books
from tests.marks import highlight

HERE = highlight(1, 9, text="The fog came in")


def told(here: Mark, theirs: Mark) -> str:
    result = MarkImport(differing=(Difference(here, theirs, MarkId("c")),))
    text = ImportSummary(results=[(sample_books()[0], result)]).text
    return text.replace("\u2068", "").replace("\u2069", "").splitlines()[-1]


def test_both_looks_of_a_mark_are_told() -> None:
    theirs = replace(HERE, colour=MarkColour.PINK, style=MarkStyle.UNDERLINE, note="Why?")
    assert told(HERE, theirs) == (
        "• “The fog came in” – here: Yellow; in the file: Pink underline, “Why?”"
    )


def test_a_bookmark_has_a_name_and_no_colour() -> None:
    bookmark = replace(HERE, kind=MarkKind.BOOKMARK, note="Begin here")
    assert told(bookmark, replace(bookmark, note="")).endswith(
        "here: “Begin here”; in the file: no name"
    )


def test_of_long_notes_it_is_seen_where_they_differ() -> None:
    long = "All work and no play makes Jack a dull boy, and so on. " * 50
    said = told(replace(HERE, note=f"{long}Mine"), replace(HERE, note=f"{long}Theirs"))
    assert "here: Yellow, “…ull boy, and so on. Mine”" in said
    assert "in the file: Yellow, “…ull boy, and so on. Theirs”" in said


def test_what_became_of_bookmarks_is_not_said_of_highlights() -> None:
    bookmark = replace(HERE, kind=MarkKind.BOOKMARK)
    assert settled_text(Keep.THEIRS, [HERE, HERE]) == "2 highlights changed"
    assert settled_text(Keep.THEIRS, [bookmark]) == "1 mark changed"
    assert settled_text(Keep.BOTH, [HERE, bookmark]) == "2 marks added"
    assert settled_text(Keep.BOTH, []) == "0 highlights added"


def test_what_is_asked_about_comes_before_what_is_told() -> None:
    differing = Difference(HERE, replace(HERE, note="Why?"), MarkId("c"))
    result = MarkImport(not_found=(replace(HERE, note="lost"),), differing=(differing,))
    text = ImportSummary(results=[(sample_books()[0], result)], missing=["Emma"]).text
    heads = [part.splitlines()[0].split(" ")[:3] for part in text.split("\n\n")[1:]]
    assert heads == [["These", "are", "here"], ["These", "are", "kept,"], ["For", "these", "books"]]
