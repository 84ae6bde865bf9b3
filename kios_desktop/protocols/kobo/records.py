"""Reads the records of sync answers, leniently: every server omits, renames or retypes something.

Field names are compared without case.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kios_desktop.domain.loose import finite_number, line_of, passage_of, percent_of, text_of
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import (
    Changes,
    Collection,
    FileKind,
    KoboBook,
    KoboFile,
    KoboStatus,
    ReadingState,
    Spot,
)
from kios_desktop.protocols.kobo.address import rebased
from kios_desktop.protocols.kobo.timestamps import moment, parsed, year_of

_MOST_ITEMS: Final = 100_000


def read_changes(document: object, base: ServerUrl) -> Changes:
    """The items of one page. `base` is the sync address; addresses elsewhere are left out."""
    found = Changes()
    items = document if isinstance(document, list) else []
    for item in items[:_MOST_ITEMS]:
        names = list(item) if isinstance(item, Mapping) else []
        if len(names) != 1 or not _read_item(found, names[0].lower(), item[names[0]], base):
            found.unread += 1
    return found


def _read_item(found: Changes, kind: str, value: object, base: ServerUrl) -> bool:
    content = lowered(value)
    match kind:
        case "newentitlement" | "changedentitlement":
            found.entitlements += 1
            state = content.get("readingstate")
            if isinstance(state, Mapping):
                _add_state(found, state)
            return _read_entitlement(found, content, base)
        case "changedproductmetadata":
            inner = content if "bookmetadata" in content else {"bookmetadata": value}
            return _read_entitlement(found, inner, base)
        case "changedreadingstate":
            return _add_state(found, content.get("readingstate", value))
        case "newtag" | "changedtag":
            collection = read_collection(content.get("tag", value))
            if collection is not None:
                found.collections.append(collection)
            return collection is not None
        case "deletedtag":
            tag = text_of(lowered(content.get("tag", value)).get("id"))
            if tag:
                found.dropped_collections.append(tag)
            return bool(tag)
        case "deletedentitlement":
            inner = lowered(content.get("bookentitlement", value))
            if gone := text_of(inner.get("id")):
                found.removed.append(gone)
            return bool(gone)
        case _:
            return True  # an unknown kind of item


def _read_entitlement(found: Changes, content: Mapping[str, Any], base: ServerUrl) -> bool:
    entitlement = lowered(content.get("bookentitlement"))
    book = read_book(content.get("bookmetadata"), base, text_of(entitlement.get("id")))
    if book is None:
        return False
    if entitlement.get("isremoved") is True:
        found.removed.append(book.id)
        return True
    if text_of(entitlement.get("accessibility")).lower() == "preview":
        return True  # a sample of the Kobo store
    found.offered.append(book)
    return True


def _add_state(found: Changes, value: object) -> bool:
    state = read_state(value)
    if state is None or not state.book_id:
        return False
    found.states.append(state)
    return True


def read_book(value: object, base: ServerUrl, known_id: str = "") -> KoboBook | None:
    """One book's metadata; None without an id."""
    content = lowered(value)
    book_id = known_id or text_of(content.get("entitlementid")) or text_of(content.get("workid"))
    if not book_id:
        return None
    series = lowered(content.get("series"))
    published = parsed(content.get("publicationdate"))
    return KoboBook(
        id=book_id,
        title=line_of(content.get("title")),
        authors=_authors(content),
        description=passage_of(content.get("description")),
        series=line_of(series.get("name")),
        series_index=_first_number(series.get("numberfloat"), series.get("number")),
        publisher=line_of(lowered(content.get("publisher")).get("name")),
        published=year_of(published),
        language=line_of(content.get("language")),
        isbn=line_of(content.get("isbn")),
        cover_id=text_of(content.get("coverimageid")),
        files=tuple(_files(content.get("downloadurls"), base)),
    )


def read_collection(value: object) -> Collection | None:
    content = lowered(value)
    tag, name = text_of(content.get("id")), line_of(content.get("name"))
    if not tag or not name:
        return None
    items = [lowered(item) for item in _list(content.get("items"))]
    ids = (text_of(item.get("revisionid")) for item in items)
    return Collection(tag, name, tuple(dict.fromkeys(filter(None, ids))))


def read_state(value: object) -> ReadingState | None:
    """One reading state; None for anything but an object with fields.

    `unknown` if there is a percentage or location, but neither is valid: something is stored.
    """
    content = lowered(value)
    if not content:
        return None
    bookmark = lowered(content.get("currentbookmark"))
    about = lowered(content.get("statusinfo"))
    statistics = lowered(content.get("statistics"))
    share, where = bookmark.get("progresspercent"), bookmark.get("location")
    percent, spot = percent_of(share), _spot(lowered(where))
    return ReadingState(
        book_id=text_of(content.get("entitlementid")),
        status=_status(text_of(about.get("status"))),
        at=moment(bookmark.get("lastmodified")),
        changed_at=moment(content.get("lastmodified")),
        percent=percent,
        chapter_percent=percent_of(bookmark.get("contentsourceprogresspercent")),
        spot=spot,
        times_started=_count(about.get("timesstartedreading")),
        minutes_read=_count(statistics.get("spentreadingminutes")),
        minutes_left=_count(statistics.get("remainingtimeminutes")),
        unknown=percent is None and spot is None and _is_given(share, where),
    )


def states_in(document: object) -> list[ReadingState]:
    """The states in an answer about one book: an array, a wrapped array, an object, or nothing."""
    content = lowered(document)
    inner = content.get("readingstates", document)
    candidates = inner if isinstance(inner, list) else [inner]
    return [state for one in candidates if (state := read_state(one)) is not None]


def lowered(value: object) -> Mapping[str, Any]:
    """An object with its names in lower case; an empty one for anything else."""
    if not isinstance(value, Mapping):
        return {}
    return {str(name).lower(): content for name, content in value.items()}


def _authors(content: Mapping[str, Any]) -> tuple[str, ...]:
    roles = [lowered(role) for role in _list(content.get("contributorroles"))]
    named = [line_of(role.get("name")) for role in roles]
    plain = content.get("contributors")
    if not any(named):
        named = [line_of(one) for one in (plain if isinstance(plain, list) else [plain])]
    return tuple(dict.fromkeys(filter(None, named)))


def _files(value: object, base: ServerUrl) -> Iterator[KoboFile]:
    for one in _list(value):
        content = lowered(one)
        said = text_of(content.get("format")).upper()
        protection = text_of(content.get("drmtype")).lower()
        url = rebased(text_of(content.get("url")), base)
        if url is None or protection not in ("", "none") or not said.startswith(("EPUB", "KEPUB")):
            continue
        size = finite_number(content.get("size"))
        kind = FileKind.KEPUB if said.startswith("KEPUB") else FileKind.EPUB
        yield KoboFile(kind, url, int(size) if size is not None and 0 < size < 2**53 else None)


def _is_given(share: object, where: object) -> bool:
    """Whether there is a percentage or a location, valid or not."""
    named = lowered(where)
    there = (named.get("value") or named.get("source")) if isinstance(where, Mapping) else where
    return share is not None or bool(there)


def _spot(location: Mapping[str, Any]) -> Spot | None:
    source = text_of(location.get("source"))
    return Spot(text_of(location.get("value")), source) if source else None


def _count(value: object) -> int:
    number = finite_number(value)
    return int(number) if number is not None and 0 <= number < 2**31 else 0


def _first_number(*values: object) -> float | None:
    return next((number for value in values if (number := finite_number(value)) is not None), None)


def _status(said: str) -> KoboStatus:
    return next(
        (one for one in KoboStatus if one.value.lower() == said.lower()), KoboStatus.READY_TO_READ
    )


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
