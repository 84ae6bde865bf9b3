"""Converts rows of `positions` and `visits` to positions and back, and reads sync records."""

from typing import Any, Final

from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Chapter, Locator, Place, Position, Quote
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.damage import Cells, DamagedRecords, NamedCells
from kios_desktop.storage.encoding import from_json, from_ms, to_json, to_ms

_POSITION: Final = Cells("positions")
_VISIT: Final = Cells("visits")


def position_of(row: NamedCells) -> Position:
    """Raises ValueError for a damaged record, as `visit_of` does."""
    _POSITION.check(row)
    locator = Locator(
        place=Place(row["spine_index"], row["ordinal"]),
        href=row["href"],
        ordinal_total=row["ordinal_total"],
        total_progression=row["total_progression"],
        chapter=Chapter(row["chapter_index"], row["chapter_title"]),
        quote=Quote(row["quote_before"], row["quote_after"]),
    )
    return Position(locator, from_ms(row["at"]), row["device"])


def position_cells(book_id: BookId, position: Position) -> dict[str, Any]:
    locator = position.locator
    return {
        "book_id": book_id,
        "spine_index": locator.place.spine_index,
        "ordinal": locator.place.ordinal,
        "ordinal_total": locator.ordinal_total,
        "href": locator.href,
        "total_progression": locator.total_progression,
        "chapter_index": locator.chapter.index,
        "chapter_title": locator.chapter.title,
        "quote_before": locator.quote.before,
        "quote_after": locator.quote.after,
        "at": to_ms(position.at),
        "device": position.device,
    }


def visit_of(row: NamedCells) -> Visit:
    _VISIT.check(row)
    locator = from_json(row["locator"], Locator)
    return Visit(Position(locator, from_ms(row["at"]), row["device"]), row["how"])


def visit_cells(book_id: BookId, visit: Visit) -> dict[str, Any]:
    return {
        "book_id": book_id,
        "at": to_ms(visit.position.at),
        "how": visit.how,
        "device": visit.position.device,
        "locator": to_json(visit.position.locator),
    }


def record_of(text: str, damage: DamagedRecords) -> SyncRecord | None:
    """None for a record that can't be read: the engine then begins a new one."""
    return damage.read(RecordKind.SYNC, lambda: from_json(text, SyncRecord), None)
