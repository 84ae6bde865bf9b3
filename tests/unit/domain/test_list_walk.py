"""From page to page, however a server links them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.catalog import Entry, Feed, Group, Navigation
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse
from tests.transcripts import recorded


def url(number: int) -> ServerUrl:
    return ServerUrl(f"http://h/list?page={number}")


def page(number: int, *keys: int, following: int | None = -1, total: int | None = None) -> Feed:
    """`following` is the next page unless it says otherwise."""
    after = number + 1 if following == -1 else following
    return Feed(
        url(number),
        entries=tuple(Entry(key=str(key), title="") for key in keys),
        next=url(after) if after is not None else None,
        total=total,
    )


def test_a_list_is_followed_to_its_end() -> None:
    walk = ListWalk(url(1))
    assert walk.add(page(1, 1, 2)) == 2
    assert walk.next == url(2)
    assert walk.add(page(2, 3, following=None)) == 1
    assert walk.next is None


def test_next_on_an_empty_page_is_no_page() -> None:
    walk = ListWalk(url(1))
    walk.add(page(1, 1))
    walk.add(page(2))
    assert walk.next is None


def test_next_that_leads_to_itself_or_back_is_tried_once_by_its_number() -> None:
    for back in (2, 1):
        walk = ListWalk(url(1))
        walk.add(page(1, 1))
        assert walk.next is not None
        walk.add(page(2, 2, following=back))
        assert walk.next in (None, url(3))
        if walk.next is not None:
            assert walk.guessed
            walk.add(page(3, 2, following=back))
        assert walk.next is None
        assert walk.misled


def test_a_page_that_repeats_what_was_there_is_passed_once() -> None:
    walk = ListWalk(url(1))
    walk.add(page(1, 1, 2))
    assert walk.add(page(2, 2, 1)) == 0
    assert walk.next == url(3)
    assert walk.guessed
    assert walk.add(page(3, 1)) == 0
    assert walk.next is None


def test_a_redirected_page_is_known_by_both_its_addresses() -> None:
    walk = ListWalk(url(1))
    walk.add(replace(page(9, 1), next=url(1)))
    assert walk.next is None


def test_the_end_by_number_ends_it() -> None:
    walk = ListWalk(url(1))
    walk.add(page(1, 1, 2, total=3))
    walk.add(page(2, 3, total=3))
    assert walk.next is None


def test_a_total_of_the_page_alone_says_nothing() -> None:
    walk = ListWalk(url(1))
    walk.add(page(1, 1, 2, total=2))
    assert walk.next == url(2)


def test_a_page_that_is_not_there_ends_it() -> None:
    walk = ListWalk(url(1))
    walk.end()
    assert walk.next is None


def test_lists_of_links_have_pages_too() -> None:
    walk = ListWalk(url(1))
    link = Navigation("A", ServerUrl("http://h/a"))
    assert walk.add(replace(page(1), navigation=(link,))) == 1
    assert walk.next == url(2)
    assert walk.add(replace(page(2), navigation=(link,))) == 0
    assert walk.guessed


def test_an_endless_list_is_followed_in_the_same_memory() -> None:
    walk = ListWalk(url(0), window=100)
    for number in range(5_000):
        walk.add(page(number, number))
        assert walk.next == url(number + 1)
    assert len(walk._seen) <= 100


@given(
    st.lists(st.tuples(st.integers(0, 6), st.lists(st.integers(0, 20), max_size=4)), max_size=60)
)
def test_a_list_of_finitely_many_books_always_ends(pages: list[tuple[int, list[int]]]) -> None:
    walk = ListWalk(url(0))
    asked = 0
    for following, keys in pages:
        if walk.next is None:
            break
        asked += 1
        walk.add(replace(page(0, *keys), url=walk.next, next=url(following)))
    assert asked <= 2 * 8


def test_komgas_series_are_a_list_in_a_group_below_the_same_links() -> None:
    """As recorded: links above each page that were there before are no sign of the end."""
    answer = recorded("komga", "All series: the list is in a group")
    at = ServerUrl("http://127.0.0.1:25600/opds/v2/libraries/browse?page=1")
    second = parse(answer.body, at, "application/opds+json")
    assert second.navigation and second.groups and not second.entries
    first = replace(second, url=at, groups=(Group("Series"),), next=at, previous=None, first=1)
    walk = ListWalk()
    walk.add(first)
    fresh = walk.add(second)
    assert fresh == len(second.groups[0].navigation) > 5
    assert walk.next is not None and walk.next.reveal().endswith("browse?page=2")


def test_stumps_next_is_the_page_it_stands_on_and_the_number_after_it_is_right() -> None:
    """As recorded: 29 books, 20 a page, `next` of the first is `?page=1`."""
    at = "http://127.0.0.1:10801/opds/v2.0/books/browse"

    def answered(number: int, count: int) -> Feed:
        return Feed(
            ServerUrl(f"{at}?page={number}" if number else at),
            entries=tuple(Entry(f"book {(max(1, number) - 1) * 20 + n}", "") for n in range(count)),
            next=ServerUrl(f"{at}?page={max(1, number)}"),
            total=29,
            per_page=20,
        )

    walk = ListWalk()
    walk.add(answered(0, 20))
    assert walk.next == ServerUrl(f"{at}?page=1")
    assert walk.add(answered(1, 20)) == 0
    assert walk.next == ServerUrl(f"{at}?page=2")
    assert walk.has_more
    assert walk.add(answered(2, 9)) == 9
    assert walk.next is None
    assert (walk.missing, walk.misled) == (0, False)


def test_what_is_missing_is_only_told_of_a_list_that_was_seen_from_its_beginning() -> None:
    for first, whole in ((page(1, 1, 2), True), (replace(page(2, 3, 4), previous=url(1)), False)):
        walk = ListWalk()
        walk.add(replace(first, total=9))
        walk.add(page(3, 5, 6, following=None, total=9))
        assert (walk.missing > 0) is whole


def test_cops_page_is_no_number_of_a_page() -> None:
    at = ServerUrl("http://h/feed.php?page=5&id=B")
    walk = ListWalk()
    walk.add(Feed(at, entries=(Entry("1", ""),), next=at))
    assert walk.next is None
    walk = ListWalk()
    walk.add(Feed(at, entries=(Entry("1", ""),), next=ServerUrl(at.reveal() + "&n=2")))
    assert walk.add(Feed(at, entries=(Entry("1", ""),), next=ServerUrl(at.reveal() + "&n=2"))) == 0
    assert walk.next is None


def test_a_total_that_was_passed_is_no_total() -> None:
    """Four pages of fifty, each with its `next`, of a server that counts 60 of something."""
    walk, pages = ListWalk(url(1)), 0
    while walk.next is not None:
        pages += 1
        keys = range(pages * 50, pages * 50 + 50)
        walk.add(page(pages, *keys, following=pages + 1 if pages < 4 else None, total=60))
    assert walk.listed == 200
    assert not walk.missing and not walk.misled
