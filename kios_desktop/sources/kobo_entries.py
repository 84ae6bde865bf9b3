"""Books of a Kobo shelf as entries of a catalog."""

from typing import Final
from urllib.parse import unquote

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Format,
    ProgressionDialect,
    ProgressionLink,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import (
    FileKind,
    KoboFile,
    KoboStatus,
    ShelfNote,
    ShelfNoteKind,
    Shelved,
)
from kios_desktop.protocols.kobo.address import below
from kios_desktop.protocols.kobo.client import cover_at
from kios_desktop.protocols.kobo.files import best_first

COVER: Final = (355, 530)
OPDS_KEY: Final = "urn:uuid:"
_JSON: Final = "application/json"
_STATE: Final = "/state"


def entry_of(shelved: Shelved, base: ServerUrl, template: str) -> Entry:
    """`template` is how covers are asked for below `base`."""
    book = shelved.book
    cover = cover_at(base, template, book.cover_id, *COVER)
    return Entry(
        key=book.id,
        title=book.title,
        authors=book.authors,
        series=book.series,
        series_index=book.series_index,
        published=book.published,
        language=book.language,
        publisher=book.publisher,
        identifiers=(f"urn:isbn:{book.isbn}",) if book.isbn else (),
        description=book.description,
        cover=cover,
        thumbnail=cover,
        acquisitions=tuple(_acquisition(one) for one in best_first(book.files)),
        progression=place_of(base, book.id),
        shelf_note=_note(shelved),
        withdrawn=shelved.removed,
    )


def place_of(base: ServerUrl, book_id: str) -> ProgressionLink:
    """The link to the reading state of a book."""
    url = below(base, "v1", "library", book_id, "state")
    return ProgressionLink(url, ProgressionDialect.KOBO, _JSON)


def book_id_of(link: ProgressionLink | None) -> str | None:
    """The server's id of a book, from the link to its reading state; None for other links."""
    if link is None or link.dialect is not ProgressionDialect.KOBO:
        return None
    return unquote(link.href.reveal().removesuffix(_STATE).rpartition("/")[2]) or None


def _acquisition(file: KoboFile) -> Acquisition:
    form = Format.KEPUB if file.kind is FileKind.KEPUB else Format.EPUB
    return Acquisition(
        file.url, AcquisitionKind.DOWNLOAD, form, form.value, length_bytes=file.size_bytes
    )


def _note(shelved: Shelved) -> ShelfNote | None:
    state = shelved.state
    if shelved.removed:
        return ShelfNote(ShelfNoteKind.REMOVED)
    if state is not None and state.status is KoboStatus.FINISHED:
        return ShelfNote(ShelfNoteKind.FINISHED)
    if state is not None and state.percent:
        return ShelfNote(ShelfNoteKind.READING, int(state.percent))
    return None
