"""Pages: rows that never move, entries that come and go, and lists without an end."""

from kios_desktop.domain.catalog import Feed, Group, Navigation
from kios_desktop.ui.catalog.pages import MAX_LOADED_PAGES, Pages
from tests.fakes_catalog import make_entry, url

PAGE = 50


def page(number: int, *, last: bool = False, count: int = PAGE, follows: str = "") -> Feed:
    first = (number - 1) * PAGE
    return Feed(
        url(f"list?page={number}"),
        entries=tuple(make_entry(first + n + 1) for n in range(count)),
        next=None if last else url(follows or f"list?page={number + 1}"),
    )


def pages(count: int) -> Pages:
    result = Pages(page(1))
    for number in range(2, count + 1):
        result.add(page(number))
    return result


def test_rows_go_on_through_the_pages() -> None:
    listed = pages(3)
    assert listed.rows == 150
    entry = listed.entry(120)
    assert entry is not None
    assert entry.title == "Book 121"
    assert listed.entry(150) is None
    assert listed.entry(-1) is None


def test_only_twenty_pages_keep_their_entries() -> None:
    listed = pages(60)
    listed.keep_around(1500, 1520)
    held = {listed.number_of(row) for row, _entry in listed.entries()}
    assert len(held) == MAX_LOADED_PAGES
    assert held == set(range(20, 40))
    assert listed.rows == 3000


def test_what_was_let_go_of_is_missed_and_comes_back_in_its_place() -> None:
    listed = pages(60)
    listed.keep_around(2990, 2999)
    assert listed.entry(10) is None
    assert listed.missing(10, 60) == [0, 1]
    listed.refill(0, page(1).entries)
    entry = listed.entry(10)
    assert entry is not None
    assert entry.title == "Book 11"
    assert listed.missing(10, 60) == [1]


def test_a_page_that_grew_meanwhile_moves_no_row() -> None:
    listed = pages(3)
    listed.keep_around(0, 0, most=1)
    listed.refill(1, [make_entry(900 + n) for n in range(80)])
    assert listed.rows == 150
    assert listed.rows_of(2) == range(100, 150)


def test_a_page_that_shrank_meanwhile_leaves_places_empty() -> None:
    listed = pages(2)
    listed.refill(1, page(2).entries[:10])
    assert listed.entry(59) is not None
    assert listed.entry(60) is None
    assert listed.missing(50, 99) == []


def test_a_list_that_leads_back_to_itself_ends() -> None:
    listed = Pages(page(1))
    listed.add(page(2, follows="list?page=1"))
    assert listed.next is None
    assert listed.looped


def test_pages_that_bring_nothing_new_end_the_list() -> None:
    listed = Pages(page(1))
    for number in (2, 3):
        again = page(1, follows=f"list?page={number + 1}")
        listed.add(Feed(url(f"list?page={number}"), entries=again.entries, next=again.next))
    assert listed.next is None
    assert listed.looped


def test_an_empty_page_ends_the_list_quietly() -> None:
    listed = Pages(page(1))
    listed.add(page(2, count=0))
    assert listed.next is None
    assert not listed.looped
    assert listed.rows == 50


def test_the_last_page_ends_the_list_quietly() -> None:
    listed = Pages(page(1))
    listed.add(page(2, last=True))
    assert listed.next is None
    assert not listed.looped


def test_an_empty_list_has_no_rows() -> None:
    listed = Pages(Feed(url("")))
    assert listed.rows == 0
    assert listed.missing(0, 10) == []
    listed.keep_around(0, 10)
    assert listed.entry(0) is None


def test_a_fuller_entry_takes_the_place_of_the_partial_one() -> None:
    listed = pages(2)
    fuller = make_entry(60, "Middlemarch")
    assert listed.replace(fuller) == 59
    entry = listed.entry(59)
    assert entry is not None
    assert entry.title == "Middlemarch"
    assert listed.replace(make_entry(5000)) is None


def test_an_entry_that_was_on_an_earlier_page_is_not_listed_again() -> None:
    """BookLore's pages overlap where books came in the same second."""
    listed = Pages(page(1))
    overlapping = (*page(1).entries[-3:], *page(2).entries[3:])
    listed.add(Feed(url("list?page=2"), entries=overlapping, total=100))
    assert listed.rows == 97
    assert (listed.walk.missing, listed.walk.repeated) == (3, 3)
    listed.keep_around(0, 0, most=1)
    listed.refill(1, overlapping)
    entry = listed.entry(50)
    assert entry is not None and entry.title == "Book 54"


def test_links_of_all_pages_are_one_list_and_those_above_each_page_come_once() -> None:
    """Komga: the same navigation over each page, the series in a group."""
    above = tuple(Navigation(name, url(name)) for name in ("Recommended", "Browse"))

    def komga(number: int) -> Feed:
        series = tuple(Navigation(f"Series {n}", url(f"s/{n}")) for n in range(number, number + 20))
        following = url(f"browse?page={number // 20 + 1}") if number < 40 else None
        groups = (Group("Series", navigation=series),)
        at = url(f"browse?page={number // 20}")
        return Feed(at, navigation=above, groups=groups, next=following, total=60)

    listed = Pages(komga(0))
    assert listed.next is not None
    listed.add(komga(20))
    listed.add(komga(40))
    assert listed.next is None
    assert listed.navigation == above
    [group] = listed.groups
    assert len(group.navigation) == 60
    assert (listed.listed, listed.walk.missing, listed.looped) == (60, 0, False)
