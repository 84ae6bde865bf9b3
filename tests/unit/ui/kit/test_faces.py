"""Which families a page can be set in."""

from kios_desktop.ui.kit.faces import text_families


def test_faces_for_text_are_offered_by_name() -> None:
    assert text_families(["Literata", "charter", "Bitter"]) == ["Bitter", "charter", "Literata"]


def test_what_no_page_knows_is_not_offered() -> None:
    names = ["Serif", "Sans Serif", "Monospace", ".SF NS", "@SimSun", "Georgia"]
    assert text_families(names) == ["Georgia"]


def test_two_foundries_are_one_family() -> None:
    assert text_families(["Courier [Adobe]", "Courier [urw]", "Courier"]) == ["Courier"]


def test_symbols_are_no_text() -> None:
    names = [
        "Wingdings 3",
        "Segoe UI Emoji",
        "Segoe UI Symbol",
        "DejaVu Math TeX Gyre",
        "Segoe MDL2 Assets",
        "Noto Music",
        "Segoe Fluent Icons",
        "Segoe UI",
        "Symbola",
        "OpenSymbol",
        "Font Awesome 6 Free",
        "D050000L",
    ]
    assert text_families(names) == ["Segoe UI"]


def test_single_cuts_of_a_family_are_not_families() -> None:
    names = [
        "DejaVu Sans",
        "DejaVu Sans Condensed",
        "DejaVu Sans Mono",
        "Segoe UI",
        "Segoe UI Semilight",
        "Inter",
        "Inter SemiBold",
        "Roboto",
        "Roboto Extra-Light Italic",
        "Noto Sans Display",
        "Noto Sans Display Light",
    ]
    assert text_families(names) == [
        "DejaVu Sans",
        "DejaVu Sans Mono",
        "Inter",
        "Noto Sans Display",
        "Roboto",
        "Segoe UI",
    ]


def test_a_cut_without_its_family_is_offered() -> None:
    assert text_families(["Iowan Old Style Black"]) == ["Iowan Old Style Black"]
    assert text_families(["Book Antiqua", "Bookman Old Style"]) == [
        "Book Antiqua",
        "Bookman Old Style",
    ]
