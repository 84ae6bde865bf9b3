"""Which server keeps the place of a book."""

from dataclasses import replace
from typing import Any, cast

import pytest

from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.ports import Account, BookTies
from kios_desktop.sync.route import Reason, choices, route

REMOTE = cast("Any", None)  # never called here
KOREADER = Account("koreader", "Home", SourceKind.KOSYNC, REMOTE)
KOMGA = Account("komga", "Komga", SourceKind.OPDS, REMOTE, takes_every_book=False)
SHELF = Account(
    "shelf", "Shelf", SourceKind.OPDS, REMOTE, takes_every_book=False, keeps_places=False
)
STUMP = replace(KOMGA, source_id="stump", name="Stump")


@pytest.mark.parametrize(
    ("accounts", "ties", "source_id", "reason"),
    [
        ([], BookTies(), None, Reason.NOWHERE),
        ([KOREADER, KOMGA], BookTies(), "koreader", Reason.FALLBACK),
        ([KOREADER, KOMGA], BookTies(("komga",)), "komga", Reason.ORIGIN),
        ([KOMGA], BookTies(), None, Reason.NOWHERE),
        ([KOMGA, STUMP], BookTies(("stump", "komga")), "stump", Reason.ORIGIN),
        ([KOREADER, KOMGA], BookTies(("komga",), "koreader"), "koreader", Reason.CHOSEN),
        ([KOREADER, KOMGA], BookTies(("komga",), ""), None, Reason.SWITCHED_OFF),
        ([KOREADER], BookTies(("komga",), "komga"), "koreader", Reason.FALLBACK),
        ([KOREADER, KOMGA], BookTies((), "komga"), "koreader", Reason.FALLBACK),
        ([KOREADER, SHELF], BookTies(("shelf",)), "koreader", Reason.FALLBACK),
        ([KOREADER, SHELF], BookTies(("shelf",), "shelf"), "koreader", Reason.FALLBACK),
        ([SHELF, KOMGA], BookTies(("shelf", "komga")), "komga", Reason.ORIGIN),
        ([SHELF, KOMGA], BookTies(("shelf",)), None, Reason.KEEPS_NONE),
        ([SHELF, KOMGA], BookTies(), None, Reason.NOWHERE),
    ],
)
def test_a_book_syncs_where_the_reader_chose_else_where_it_came_from_else_by_koreader(
    accounts: list[Account], ties: BookTies, source_id: str | None, reason: Reason
) -> None:
    found = route(accounts, ties)
    assert (found.account.source_id if found.account else None, found.reason) == (source_id, reason)


def test_only_servers_that_delivered_the_book_are_offered_beside_koreader_sync() -> None:
    offered = choices([KOREADER, KOMGA, STUMP, SHELF], BookTies(("stump", "shelf")))
    assert [account.source_id for account in offered] == ["stump", "koreader"]
