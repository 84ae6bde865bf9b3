"""Records that a server lists and that belong to nothing here, found by where they are."""

import unicodedata
from collections.abc import Iterable, Iterator

from kios_desktop.domain.account_items import BookNoteContent, MarkContent, RemoteRow


class FreeRows:
    """Of one kind. Each can be taken once."""

    def __init__(self, rows: Iterable[RemoteRow]) -> None:
        self._rows: dict[int, RemoteRow] = {}
        self._found: dict[str, list[int]] = {}
        for row in rows:
            self.add(row)

    def __iter__(self) -> Iterator[RemoteRow]:
        return iter(self._rows.values())

    def add(self, row: RemoteRow) -> None:
        if row.remote_id not in self._rows:
            self._rows[row.remote_id] = row
            self._found.setdefault(_key(row.content), []).append(row.remote_id)

    def take(self, content: MarkContent) -> RemoteRow | None:
        """The one at the place of the content; of notes that have none, one with the same words."""
        same = [self._rows[one] for one in self._found.get(_key(content), ()) if one in self._rows]
        if isinstance(content, BookNoteContent):
            same = [row for row in same if row.content == content]
        exact = (row for row in same if row.content.cfi == content.cfi)
        found = next(exact, None) or next(iter(same), None)
        return None if found is None else self._rows.pop(found.remote_id)


def _key(content: MarkContent) -> str:
    """Equal where the server's database finds two places equal.

    Its collation ignores letter case, accents and spaces at the end, so a place that is refused as
    taken may be written otherwise there.
    """
    text = content.note if isinstance(content, BookNoteContent) else content.cfi
    split = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return "".join(c for c in split if not unicodedata.combining(c)).casefold().rstrip()
