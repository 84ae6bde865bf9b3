"""Which server keeps the place of a book."""

from typing import Any, cast

import pytest
from msgspec.structs import replace

from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.ports import Account, BookSourceLinks
from kios_desktop.sync.route import RouteReason, choices, route

REMOTE = cast("Any", None)  # never called here
KOREADER = Account("koreader", "Home", SourceKind.KOSYNC, REMOTE)
KOMGA = Account("komga", "Komga", SourceKind.OPDS, REMOTE, takes_every_book=False)
SHELF = Account(
    "shelf", "Shelf", SourceKind.OPDS, REMOTE, takes_every_book=False, keeps_places=False
)
STUMP = replace(KOMGA, source_id="stump", name="Stump")


@pytest.mark.parametrize(
    ("accounts", "source_links", "source_id", "reason"),
    [
        ([], BookSourceLinks(), None, RouteReason.NOWHERE),
        ([KOREADER, KOMGA], BookSourceLinks(), "koreader", RouteReason.FALLBACK),
        ([KOREADER, KOMGA], BookSourceLinks(("komga",)), "komga", RouteReason.ORIGIN),
        ([KOMGA], BookSourceLinks(), None, RouteReason.NOWHERE),
        ([KOMGA, STUMP], BookSourceLinks(("stump", "komga")), "stump", RouteReason.ORIGIN),
        (
            [KOREADER, KOMGA],
            BookSourceLinks(("komga",), "koreader"),
            "koreader",
            RouteReason.CHOSEN,
        ),
        ([KOREADER, KOMGA], BookSourceLinks(("komga",), ""), None, RouteReason.SWITCHED_OFF),
        ([KOREADER], BookSourceLinks(("komga",), "komga"), "koreader", RouteReason.FALLBACK),
        ([KOREADER, KOMGA], BookSourceLinks((), "komga"), "koreader", RouteReason.FALLBACK),
        ([KOREADER, SHELF], BookSourceLinks(("shelf",)), "koreader", RouteReason.FALLBACK),
        ([KOREADER, SHELF], BookSourceLinks(("shelf",), "shelf"), "koreader", RouteReason.FALLBACK),
        ([SHELF, KOMGA], BookSourceLinks(("shelf", "komga")), "komga", RouteReason.ORIGIN),
        ([SHELF, KOMGA], BookSourceLinks(("shelf",)), None, RouteReason.KEEPS_NONE),
        ([SHELF, KOMGA], BookSourceLinks(), None, RouteReason.NOWHERE),
    ],
)
def test_a_book_syncs_where_the_reader_chose_else_where_it_came_from_else_by_koreader(
    accounts: list[Account],
    source_links: BookSourceLinks,
    source_id: str | None,
    reason: RouteReason,
) -> None:
    found = route(accounts, source_links)
    assert (found.account.source_id if found.account else None, found.reason) == (source_id, reason)


def test_only_servers_that_delivered_the_book_are_offered_beside_koreader_sync() -> None:
    offered = choices([KOREADER, KOMGA, STUMP, SHELF], BookSourceLinks(("stump", "shelf")))
    assert [account.source_id for account in offered] == ["stump", "koreader"]
