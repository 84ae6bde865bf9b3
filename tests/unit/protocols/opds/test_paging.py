"""From page to page, however a server links them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.catalog import Entry, Feed, Navigation
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import Paging


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
    paging = Paging(url(1))
    assert paging.add(page(1, 1, 2)) == 2
    assert paging.next == url(2)
    assert paging.add(page(2, 3, following=None)) == 1
    assert paging.next is None


def test_next_on_an_empty_page_is_no_page() -> None:
    paging = Paging(url(1))
    paging.add(page(1, 1))
    paging.add(page(2))
    assert paging.next is None


def test_next_that_leads_to_itself_or_back_ends_it() -> None:
    for back in (2, 1):
        paging = Paging(url(1))
        paging.add(page(1, 1))
        assert paging.next is not None
        paging.add(page(2, 2, following=back))
        assert paging.next is None


def test_pages_that_repeat_what_was_there_end_it() -> None:
    paging = Paging(url(1))
    paging.add(page(1, 1, 2))
    assert paging.add(page(2, 2, 1)) == 0
    assert paging.next is None


def test_a_redirected_page_is_known_by_both_its_addresses() -> None:
    paging = Paging(url(1))
    paging.add(replace(page(9, 1), next=url(1)))
    assert paging.next is None


def test_the_end_by_number_ends_it() -> None:
    paging = Paging(url(1))
    paging.add(page(1, 1, 2, total=3))
    paging.add(page(2, 3, total=3))
    assert paging.next is None


def test_a_total_of_the_page_alone_says_nothing() -> None:
    paging = Paging(url(1))
    paging.add(page(1, 1, 2, total=2))
    assert paging.next == url(2)


def test_a_page_that_is_not_there_ends_it() -> None:
    paging = Paging(url(1))
    paging.end()
    assert paging.next is None


def test_lists_of_links_have_pages_too() -> None:
    paging = Paging(url(1))
    link = Navigation("A", ServerUrl("http://h/a"))
    assert paging.add(replace(page(1), navigation=(link,))) == 1
    assert paging.next == url(2)
    assert paging.add(replace(page(2), navigation=(link,))) == 0
    assert paging.next is None


def test_an_endless_list_is_followed_in_the_same_memory() -> None:
    paging = Paging(url(0), window=100)
    for number in range(5_000):
        paging.add(page(number, number))
        assert paging.next == url(number + 1)
    assert len(paging._seen) <= 100


@given(
    st.lists(st.tuples(st.integers(0, 6), st.lists(st.integers(0, 20), max_size=4)), max_size=60)
)
def test_a_list_of_finitely_many_books_always_ends(pages: list[tuple[int, list[int]]]) -> None:
    paging = Paging(url(0))
    asked = 0
    for following, keys in pages:
        if paging.next is None:
            break
        asked += 1
        paging.add(replace(page(0, *keys), url=paging.next, next=url(following)))
    assert asked <= 8
