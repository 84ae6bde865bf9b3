"""Contents of every shape: which of two is taken, and what its entries lead to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.books import BookDraft, page
from tests.unit.epub.test_package import NCX_ITEM, read


@pytest.mark.parametrize(
    "nav",
    [
        "<ul><li><a href='chapter0001.xhtml'>1. One</a></li>"
        "<li><a href='chapter0002.xhtml'>2. Two</a></li></ul>",
        "<p><a href='chapter0001.xhtml'>1. One</a></p>"
        "<p><a href='chapter0002.xhtml'>2. Two</a></p>",
        "<ol><li><span>1.</span> <a href='chapter0001.xhtml'>One</a></li>"
        "<li>2. <a href='chapter0002.xhtml'>Two</a></li></ol>",
        "<ol><li><span>1. <a href='chapter0001.xhtml'>One</a></span></li>"
        "<li><p><span>2.</span> <a href='chapter0002.xhtml'>Two</a></p></li></ol>",
    ],
    ids=["unordered list", "no list", "number beside the link", "number around the link"],
)
def test_navigation_document_of_another_shape_is_read(nav: str, tmp_path: Path) -> None:
    files = {"EPUB/nav.xhtml": page(f'<nav epub:type="toc"><h1>Contents</h1>{nav}</nav>')}
    toc = read(BookDraft(files=files), tmp_path).toc
    assert [entry.href for entry in toc] == [f"EPUB/chapter000{n}.xhtml" for n in (1, 2)]
    if "<li>2. <a" not in nav:
        assert [entry.title for entry in toc] == ["1. One", "2. Two"]


def _ncx(*targets: str) -> str:
    points = "".join(
        f"<navPoint><navLabel><text>{target}</text></navLabel><content src='{target}'/></navPoint>"
        for target in targets
    )
    return f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'


FOUR = [f"chapter000{n}.xhtml" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("nav", "ncx", "taken"),
    [
        ("<li>One</li><li>Two</li>", FOUR[:1], "ncx"),  # titles without links
        (f"<li><a href='{FOUR[0]}'>Start</a></li>", FOUR, "ncx"),
        (f"<li><a href='{FOUR[0]}'>x</a></li>", [FOUR[0] + "#a", FOUR[0] + "#b"], "ncx"),
        ("<li><a href='gone.xhtml'>x</a></li>", FOUR[:1], "ncx"),
        (f"<li><a href='{FOUR[0]}'>x</a></li><li><a href='{FOUR[1]}'>x</a></li>", FOUR, "ncx"),
        (f"<li><a href='{FOUR[0]}'>x</a></li><li><a href='{FOUR[1]}'>x</a></li>", FOUR[1:], "nav"),
        (
            f"<li><a href='{FOUR[0]}'>x</a></li><li><a href='{FOUR[1]}'>x</a></li>",
            [FOUR[0], FOUR[0] + "#a", FOUR[0] + "#b", FOUR[1], FOUR[1] + "#a"],
            "nav",  # a deeper one is no reason
        ),
        (f"<li><a href='{FOUR[0]}'>x</a></li>", ["gone1.xhtml", "gone2.xhtml"], "nav"),
        ("<li>One</li>", [], "nav"),
        ("", ["gone1.xhtml"], "ncx"),
    ],
)
def test_contents_that_lead_to_clearly_more_are_taken(
    nav: str, ncx: list[str], taken: str, tmp_path: Path
) -> None:
    draft = BookDraft(
        chapters=[f"<p>{n}</p>" for n in range(4)],
        manifest=NCX_ITEM,
        files={
            "EPUB/nav.xhtml": page(f'<nav epub:type="toc"><ol>{nav}</ol></nav>'),
            "EPUB/toc.ncx": _ncx(*ncx),
        },
    )
    toc = read(draft, tmp_path).toc
    assert {"ncx": len(ncx), "nav": nav.count("<li>")}[taken] == len(toc)
    assert (toc[0].title in ncx) is (taken == "ncx")


@pytest.mark.parametrize(
    "target",
    [
        "EPUB/text/One%20day.xhtml",  # from the root of the container
        "/EPUB/text/One%20day.xhtml",
        "../text/One%20day.xhtml",  # one folder too high
        "../../../text/One%20day.xhtml",
        "One%20day.xhtml",  # only the name
        "text/One day.xhtml",
        "TEXT/one%20DAY.xhtml",
        "text\\One%20day.xhtml",
        "other/One%20day.xhtml",
        "./text/../text/One%20day.xhtml",
    ],
)
@pytest.mark.parametrize("fragment", ["", "#a", "%23a"])
def test_contents_with_wrong_paths_lead_to_their_file(
    target: str, fragment: str, tmp_path: Path
) -> None:
    item = '<item id="x" href="text/One%20day.xhtml" media-type="application/xhtml+xml"/>'
    for nav in (True, False):
        files = {
            "EPUB/text/One day.xhtml": page("<p id='a'>x</p>"),
            "EPUB/toc.ncx": _ncx(target + fragment),
            "EPUB/nav.xhtml": page(
                f'<nav epub:type="toc"><ol><li><a href="{target}{fragment}">x</a></li></ol></nav>'
            ),
        }
        if not nav:
            del files["EPUB/nav.xhtml"]
        draft = BookDraft(with_toc=nav, manifest=item + NCX_ITEM, spine='<itemref idref="x"/>')
        draft.files = files
        [entry] = read(draft, tmp_path).toc
        assert (entry.href, entry.fragment) == ("EPUB/text/One day.xhtml", fragment and "a")


def test_a_name_that_several_files_have_leads_nowhere(tmp_path: Path) -> None:
    items = "".join(
        f'<item id="x{n}" href="{n}/index.xhtml" media-type="application/xhtml+xml"/>' for n in "ab"
    )
    files = {f"EPUB/{n}/index.xhtml": page("<p>x</p>") for n in "ab"}
    files["EPUB/nav.xhtml"] = page(
        '<nav epub:type="toc"><ol><li><a href="index.xhtml">x</a></li>'
        '<li><a href="c/b/index.xhtml">x</a></li></ol></nav>'
    )
    first, second = read(BookDraft(manifest=items, files=files), tmp_path).toc
    assert (first.href, second.href) == ("EPUB/index.xhtml", "EPUB/b/index.xhtml")


@pytest.mark.parametrize(
    "change",
    [
        lambda ncx: ncx.replace("navPoint", "navpoint").replace("navLabel", "navlabel"),
        lambda ncx: ncx.upper().replace("CHAPTER", "chapter").replace(".XHTML", ".xhtml"),
        lambda ncx: ncx.replace("</", "</ncx:").replace("<n", "<ncx:n").replace("<t", "<ncx:t"),
    ],
    ids=["small letters", "capitals", "a prefix"],
)
def test_an_ncx_with_odd_names_is_read(change: Callable[[str], str], tmp_path: Path) -> None:
    ncx = change(_ncx(*FOUR[:2]).replace(' xmlns="http://www.daisy.org/z3986/2005/ncx/"', ""))
    ncx = ncx.replace("SRC=", "src=")
    files = {"EPUB/toc.ncx": ncx}
    toc = read(BookDraft(files=files, with_toc=False, manifest=NCX_ITEM), tmp_path).toc
    assert [entry.href for entry in toc] == [f"EPUB/{name}" for name in FOUR[:2]]
    assert [entry.title.lower() for entry in toc] == FOUR[:2]


def test_a_navigation_document_in_capitals_is_read(tmp_path: Path) -> None:
    nav = "<NAV epub:type='toc'><OL><LI><A href='chapter0001.xhtml'>One</A></LI></OL></NAV>"
    toc = read(BookDraft(files={"EPUB/nav.xhtml": page(nav)}), tmp_path).toc
    assert [(entry.title, entry.href) for entry in toc] == [("One", "EPUB/chapter0001.xhtml")]


ONE, TWO = (f"<li><a href='{name}'>{name[7:11]}</a></li>" for name in FOUR[:2])


@pytest.mark.parametrize(
    "nav",
    [
        f"<nav epub:type='toc'><ol>{ONE}</ol><ol>{TWO}</ol></nav>",
        f"<nav epub:type='toc'><ol/></nav><nav epub:type='toc'><ol>{ONE}{TWO}</ol></nav>",
        f"<nav epub:type='toc'><ol><ol>{ONE}</ol>{TWO}</ol></nav>",
        f"<nav epub:type='toc'><ol>{ONE[:-5]}{TWO[4:]}</ol></nav>",
    ],
    ids=["two lists", "an empty one first", "a list in a list", "two links in an entry"],
)
def test_no_entry_of_an_odd_navigation_document_is_lost(nav: str, tmp_path: Path) -> None:
    toc = read(BookDraft(files={"EPUB/nav.xhtml": page(nav)}), tmp_path).toc
    assert [(entry.title, entry.href) for entry in toc] == [
        ("0001", "EPUB/chapter0001.xhtml"),
        ("0002", "EPUB/chapter0002.xhtml"),
    ]


def test_a_list_behind_an_entry_is_below_it(tmp_path: Path) -> None:
    nav = f"<nav epub:type='toc'><ol>{ONE}<ol>{TWO}</ol></ol></nav>"
    [entry] = read(BookDraft(files={"EPUB/nav.xhtml": page(nav)}), tmp_path).toc
    assert [below.href for below in entry.children] == ["EPUB/chapter0002.xhtml"]


def test_entries_of_the_contents_that_lead_out_of_the_book_lead_nowhere(tmp_path: Path) -> None:
    hrefs = ("  ", f" https://example.com/{FOUR[0]}", f"&#9;{FOUR[1]} ")
    items = "".join(f"<li><a href='{href}'>words</a></li>" for href in hrefs)
    nav = f"<nav epub:type='toc'><ol>{ONE}{items}</ol></nav>"
    toc = read(BookDraft(files={"EPUB/nav.xhtml": page(nav)}), tmp_path).toc
    assert [entry.href for entry in toc[1:]] == ["", "", f"EPUB/{FOUR[1]}"]


def test_contents_that_the_package_does_not_name_are_found(tmp_path: Path) -> None:
    draft = BookDraft()
    package = draft.entries()["EPUB/package.opf"].decode()
    unnamed = package.replace(' properties="nav"', "")
    navs = BookDraft(files={"EPUB/package.opf": unnamed})
    ncxs = BookDraft(with_toc=False, files={"EPUB/toc.ncx": _ncx(*FOUR[:2])})
    for draft in (navs, ncxs):
        publication = read(draft, tmp_path)
        assert [entry.href for entry in publication.toc] == [f"EPUB/{name}" for name in FOUR[:2]]
        assert publication.defects == ()
