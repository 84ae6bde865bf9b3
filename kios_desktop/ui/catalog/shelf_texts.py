"""The texts of a shelf's sync status."""

from datetime import datetime

from kios_desktop.domain.shelf import ShelfStatus
from kios_desktop.ui.catalog.ports import ShelfLine
from kios_desktop.ui.kit.formats import books, when
from kios_desktop.ui.kit.translation import counted, tr


def shelf_line(status: ShelfStatus, now: datetime) -> ShelfLine:
    """The status line under the header."""
    if status.syncing:
        return ShelfLine(_coming(status), True, status.done / status.of if status.of else None)
    if status.synced_at is None:
        return ShelfLine(tr("Not synced yet"))
    at = when(status.synced_at, now)
    return ShelfLine(tr("Last synced {when} · {books}", when=at, books=books(status.books)))


def starved_text(found: int) -> str:
    """The server withheld books because another device had them; `found` of them came anyway."""
    told = tr("Another device was synced with this account before, so the server left books out.")
    came = counted(
        "%Ln books were found by the places they were left at.",
        "",
        found,
        one="%Ln book was found by the place it was left at.",
    )
    rest = tr(
        "To get the rest, choose “Force full Kobo sync” in your profile on the server and sync "
        "again, or add the server’s OPDS catalog."
    )
    return " ".join((told, came, rest) if found else (told, rest))


def _coming(status: ShelfStatus) -> str:
    if not status.is_first:
        return tr("Syncing… · {books}", books=books(status.books))
    if status.of:
        return tr("Getting your shelf… {n} of {books}", n=status.done, books=books(status.of))
    if status.done:
        return tr("Getting your shelf… {books}", books=books(status.done))
    return tr("Getting your shelf…")
