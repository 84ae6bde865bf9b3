"""Sync answers in all the shapes servers send them."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import Changes, FileKind, KoboStatus, ReadingState, Spot
from kios_desktop.protocols.kobo.records import read_book, read_changes, states_in
from kios_desktop.protocols.kobo.state_body import StateOutcome, decode_answer, encode
from kios_desktop.protocols.kobo.timestamps import parsed

BASE = ServerUrl("https://books.example.org/kobo/0f1e2d3c4b5a69788796a5b4c3d2e1f0")
METADATA: dict[str, Any] = {
    "EntitlementId": "b1",
    "Title": "A book",
    "ContributorRoles": [{"Name": "Ann Author"}],
    "Contributors": ["Ann Author"],
    "Series": {"Name": "Tales", "Number": "2", "NumberFloat": 2.0},
    "PublicationDate": "2001-05-01T00:00:00Z",
    "DownloadUrls": [
        {"Format": "KEPUB", "Size": 10, "Url": f"{BASE.reveal()}/download/1/kepub"},
        {"Format": "EPUB3", "Size": "12", "Url": f"{BASE.reveal()}/download/1/epub"},
        {"Format": "EPUB", "Url": "https://cdn.kobo.com/x"},
        {"Format": "EPUB", "Url": f"{BASE.reveal()}/download/1/x", "DrmType": "KDRM"},
        {"Format": "PDF", "Url": f"{BASE.reveal()}/download/1/pdf"},
    ],
}
ENTITLEMENT = {"Id": "b1", "IsRemoved": False, "Accessibility": "Full"}


def changes(*items: dict[str, Any]) -> Changes:
    return read_changes(list(items), BASE)


def test_an_offered_book_comes_with_its_files_and_state() -> None:
    state = {"EntitlementId": "b1", "CurrentBookmark": {"ProgressPercent": 12}}
    found = changes(
        {
            "NewEntitlement": {
                "BookEntitlement": ENTITLEMENT,
                "BookMetadata": METADATA,
                "ReadingState": state,
            }
        }
    )
    [book] = found.offered
    assert (book.id, book.title, book.authors) == ("b1", "A book", ("Ann Author",))
    assert (book.series, book.series_index, book.published) == ("Tales", 2.0, "2001")
    assert [(file.kind, file.size_bytes) for file in book.files] == [
        (FileKind.KEPUB, 10),
        (FileKind.EPUB, 12),
    ]
    assert [s.percent for s in found.states] == [12]
    assert (found.entitlements, found.unread) == (1, 0)


@pytest.mark.parametrize(
    ("bookmark", "unknown"),
    [
        ({}, False),
        ({"LastModified": "2026-11-21T20:00:00Z"}, False),
        ({"ProgressPercent": None, "Location": None}, False),
        ({"Location": {"Value": None, "Type": "KoboSpan", "Source": None}}, False),
        ({"ProgressPercent": 0}, False),
        ({"ProgressPercent": 100.04}, False),
        ({"ProgressPercent": 62098}, True),
        ({"ProgressPercent": -1}, True),
        ({"ProgressPercent": "x"}, True),
        ({"ProgressPercent": 62098, "Location": {"Source": "a.xhtml"}}, False),
        ({"Location": {"Value": "kobo.1.1"}}, True),
        ({"Location": {"Source": 1.5}}, True),
        ({"Location": "kobo.1.1"}, True),
    ],
)
def test_what_makes_no_sense_is_told_from_nothing(bookmark: dict[str, Any], unknown: bool) -> None:
    [state] = states_in([{"EntitlementId": "b", "CurrentBookmark": bookmark}])
    assert state.unknown is unknown
    assert state.percent is None or 0 <= state.percent <= 100
    if unknown:
        assert not state.is_empty


@pytest.mark.parametrize("key", ["NewEntitlement", "ChangedEntitlement", "newentitlement"])
def test_a_removed_book_is_marked_whatever_announces_it(key: str) -> None:
    content = {"BookEntitlement": {**ENTITLEMENT, "IsRemoved": True}, "BookMetadata": METADATA}
    found = changes({key: content})
    assert (found.removed, found.offered) == (["b1"], [])


@pytest.mark.parametrize(
    "content",
    [METADATA, {"BookEntitlement": ENTITLEMENT, "BookMetadata": METADATA}],
    ids=["Komga, Stump", "BookLore, Grimmory"],
)
def test_changed_metadata_comes_bare_or_wrapped(content: dict[str, Any]) -> None:
    assert [book.title for book in changes({"ChangedProductMetadata": content}).offered] == [
        "A book"
    ]


def test_states_tags_and_what_a_newer_server_adds() -> None:
    found = changes(
        {"ChangedReadingState": {"ReadingState": {"EntitlementId": "b2"}}},
        {"NewTag": {"Tag": {"Id": "t", "Name": "Shelf", "Items": [{"RevisionId": "b1"}]}}},
        {"DeletedTag": {"Tag": {"Id": "old"}}},
        {"DeletedEntitlement": {"Id": "b9"}},
        {"SomethingNew": {"x": 1}},
        {"NewEntitlement": None},
        {"ChangedReadingState": {}},
    )
    assert [state.book_id for state in found.states] == ["b2"]
    assert [(c.name, c.book_ids) for c in found.collections] == [("Shelf", ("b1",))]
    assert (found.dropped_collections, found.removed) == (["old"], ["b9"])
    assert found.unread == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"Contributors": None, "ContributorRoles": []},
        {"Series": {"Name": "", "Number": ""}},
        {"Series": None, "Publisher": {"Name": None}},
        {"PublicationDate": "101-01-01T00:00:00Z"},
        {"DownloadUrls": None},
        {"EntitlementId": 17},
    ],
)
def test_odd_metadata_is_still_a_book(changed: dict[str, Any]) -> None:
    book = read_book({**METADATA, **changed}, BASE)
    assert book is not None
    if "PublicationDate" in changed:
        assert book.published == ""
    if "Series" in changed:
        assert book.series == ""
    if "EntitlementId" in changed:
        assert book.id == "17"


STATE = {
    "EntitlementId": "b1",
    "LastModified": "2026-11-21T21:40:01Z",
    "StatusInfo": {"Status": "Finished", "TimesStartedReading": 3},
    "Statistics": {"SpentReadingMinutes": 15, "RemainingTimeMinutes": 286},
    "CurrentBookmark": {
        "LastModified": "2026-11-21T21:40:01.1234567Z",
        "ProgressPercent": 69.5,
        "ContentSourceProgressPercent": 80,
        "Location": {"Value": "kobo.157.8", "Type": "KoboSpan", "Source": "OEBPS/part.html"},
    },
}


@pytest.mark.parametrize(
    "answer", [[STATE], {"ReadingStates": [STATE]}, {"readingStates": [STATE]}, STATE]
)
def test_a_state_is_found_in_every_shape(answer: object) -> None:
    [state] = states_in(answer)
    assert state == ReadingState(
        "b1",
        KoboStatus.FINISHED,
        datetime(2026, 11, 21, 21, 40, 1, 123456, tzinfo=UTC),
        datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC),
        69.5,
        80,
        Spot("kobo.157.8", "OEBPS/part.html"),
        3,
        15,
        286,
    )


@pytest.mark.parametrize("answer", [[], {}, None, "", [{}], {"ReadingStates": []}])
def test_no_state_is_no_state(answer: object) -> None:
    assert states_in(answer) == []


def test_a_state_without_percent_and_place_is_no_position() -> None:
    [state] = states_in([{"EntitlementId": "b1", "LastModified": "2026-11-21T21:40:01Z"}])
    assert state.is_empty
    assert not ReadingState("b1", percent=0.0).is_empty


@pytest.mark.parametrize("value", [-1, 101, "x", True, float("nan"), 1e400, None, [1]])
def test_a_percent_that_is_none_is_left_out(value: object) -> None:
    [state] = states_in([{"EntitlementId": "b", "CurrentBookmark": {"ProgressPercent": value}}])
    assert state.percent is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T21:40:01Z", datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC)),
        ("2026-11-21T21:40:01.123456789Z", datetime(2026, 11, 21, 21, 40, 1, 123456, tzinfo=UTC)),
        ("2026-11-21T22:40:01+01:00", datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC)),
        ("2026-11-21 21:40:01", datetime(2026, 11, 21, 21, 40, 1, tzinfo=UTC)),
        ("101-01-01T00:00:00Z", datetime(101, 1, 1, tzinfo=UTC)),
        ("2026-13-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (7, None),
    ],
)
def test_times_are_read_leniently(text: object, expected: datetime | None) -> None:
    assert parsed(text) == expected


def test_a_state_goes_out_in_the_shape_every_server_accepts() -> None:
    [state] = states_in([STATE])
    document = msgspec.json.decode(encode(state, datetime(2026, 11, 21, 20, 0, tzinfo=UTC)))
    [sent] = document["ReadingStates"]
    bookmark = sent["CurrentBookmark"]
    assert (bookmark["ProgressPercent"], bookmark["ContentSourceProgressPercent"]) == (69, 80)
    assert bookmark["Location"] == {
        "Value": "kobo.157.8",
        "Type": "KoboSpan",
        "Source": "OEBPS/part.html",
    }
    for section in (sent, sent["StatusInfo"], sent["Statistics"], bookmark):
        assert section["LastModified"] == "2026-11-21T20:00:00Z"
    assert sent["Statistics"]["SpentReadingMinutes"] == 15
    assert sent["StatusInfo"]["Status"] == "Finished"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"RequestResult": "Success", "UpdateResults": []}, StateOutcome.TAKEN),
        ({"requestResult": "Success"}, StateOutcome.TAKEN),
        ({"RequestResult": "Failure"}, StateOutcome.REFUSED),
        ({}, StateOutcome.UNKNOWN),
        (None, StateOutcome.UNKNOWN),
        ([], StateOutcome.UNKNOWN),
    ],
)
def test_only_success_is_success(answer: object, outcome: StateOutcome) -> None:
    assert decode_answer(answer).outcome is outcome


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["NewEntitlement", "BookMetadata", "BookEntitlement", "Id", "Series", "ReadingState",
             "CurrentBookmark", "Location", "DownloadUrls", "Url", "Tag", "Items", "EntitlementId",
             "ChangedTag", "ChangedProductMetadata", "Contributors", "PublicationDate"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_nothing_a_server_says_is_an_error_of_ours(document: object) -> None:
    read_changes(document, BASE)
    read_changes([document], BASE)
    states_in(document)
    with contextlib.suppress(Malformed):
        decode_answer(document)
