"""The Qt model of a list of entries, with the action row of each."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.download import EntryState
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.action_row import ActionRow, EntryAction, accessible_text, action_row
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr

_MAX_CACHED: Final = 400  # cached action rows, and cached rows of entries

_Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """Holds `Pages` and never fetches. In the select mode it also holds what is chosen."""

    chosen_changed = Signal(int)  # number of chosen entries

    def __init__(self, state_of: Callable[[Entry], EntryState]) -> None:
        super().__init__()
        self._state_of = state_of
        self._pages = pages_of(())
        self._count = 0
        self._offline = False
        self._words = ""
        self._filtered: list[int] | None = None
        self._actions: dict[str, ActionRow] = {}
        self._row_cache: dict[str, int] = {}  # entry key → row, of entries painted lately
        self._chosen: dict[str, Entry] = {}
        self.choosing = False

    # -- entries

    def set_pages(self, pages: Pages, offline: bool, *, keep_chosen: bool = False) -> None:
        """Show another list; `keep_chosen`: it is a newer version of this one."""
        self.beginResetModel()
        self._pages, self._offline = pages, offline
        self._words, self._filtered = "", None
        self._actions.clear()
        self._row_cache.clear()
        self._count = pages.rows
        self.endResetModel()
        if not keep_chosen:
            self.choose_none()

    def set_placeholders(self, count: int) -> None:
        """Show `count` rows without entries."""
        self.set_pages(pages_of(()), False)
        self.beginInsertRows(QModelIndex(), 0, count - 1)
        self._count = count
        self.endInsertRows()

    def rows_added(self) -> None:
        """Pages were added at the end."""
        if self._filtered is not None or self._pages.rows <= self._count:
            return
        self.beginInsertRows(QModelIndex(), self._count, self._pages.rows - 1)
        self._count = self._pages.rows
        self.endInsertRows()

    def rows_filled(self, rows: range) -> None:
        """Entries of these rows were loaded or changed."""
        for row in rows[:_MAX_CACHED]:
            if (entry := self._pages.entry(row)) is not None:
                self._actions.pop(entry.key, None)
        if rows and self._count:
            last = min(rows[-1], self._count - 1)
            self.dataChanged.emit(self.index(min(rows[0], last)), self.index(last))

    def filter(self, words: str) -> int:
        """Show only entries whose title, authors or series contain all words; returns their
        number."""
        wanted = words.casefold().split()
        self.beginResetModel()
        self._filtered = (
            [row for row, entry in self._pages.entries() if _matches(entry, wanted)]
            if wanted
            else None
        )
        self._count = self._pages.rows if self._filtered is None else len(self._filtered)
        self.endResetModel()
        return self._count

    def entry(self, row: int) -> Entry | None:
        if not 0 <= row < self._count:
            return None
        entry = self._pages.entry(row if self._filtered is None else self._filtered[row])
        if entry is not None:
            if len(self._row_cache) > _MAX_CACHED:
                self._row_cache.clear()
            self._row_cache[entry.key] = row
        return entry

    def row_of(self, key: str) -> int | None:
        """The row of an entry when it was last accessed; None for an unknown one."""
        return self._row_cache.get(key)

    def entries_here(self) -> list[Entry]:
        """All entries in memory that pass the filter."""
        if self._filtered is None:
            return [entry for _row, entry in self._pages.entries()]
        return [e for row in range(self._count) if (e := self.entry(row)) is not None]

    # -- action rows

    def action_row(self, entry: Entry) -> ActionRow:
        found = self._actions.get(entry.key)
        if found is None:
            if len(self._actions) > _MAX_CACHED:
                self._actions.clear()
            found = action_row(entry, self._state_of(entry), self._offline)
            self._actions[entry.key] = found
        return found

    def is_unavailable(self, entry: Entry) -> bool:
        """Whether an entry of a cached list can't be opened without a connection."""
        return self._offline and self.action_row(entry).action is not EntryAction.OPEN

    def states_changed(self, first: int, last: int) -> None:
        """Update rows in sight whose action row has changed."""
        before, self._actions = self._actions, {}
        for row in range(max(0, first), last + 1):
            entry = self.entry(row)
            if entry is not None and before.get(entry.key) != self.action_row(entry):
                self.dataChanged.emit(self.index(row), self.index(row))

    # -- select mode

    @property
    def chosen(self) -> list[Entry]:
        return list(self._chosen.values())

    def is_chosen(self, entry: Entry) -> bool:
        return entry.key in self._chosen

    def toggle(self, row: int) -> None:
        entry = self.entry(row)
        if entry is None:
            return
        if entry.key in self._chosen:
            del self._chosen[entry.key]
        else:
            self._chosen[entry.key] = entry
        self.dataChanged.emit(self.index(row), self.index(row))
        self.chosen_changed.emit(len(self._chosen))

    def choose(self, rows: Sequence[int]) -> None:
        """Add rows to the chosen ones."""
        for row in rows:
            if (entry := self.entry(row)) is not None:
                self._chosen[entry.key] = entry
        self._emit_all_changed()

    def choose_all(self) -> None:
        self._chosen.update((entry.key, entry) for entry in self.entries_here())
        self._emit_all_changed()

    def choose_none(self) -> None:
        self._chosen.clear()
        self._emit_all_changed()

    def _emit_all_changed(self) -> None:
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1))
        self.chosen_changed.emit(len(self._chosen))

    # -- Qt

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row())
        if entry is None:
            return tr("Loading…") if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = accessible_text(entry, self.action_row(entry))
            if self.choosing:
                mark = tr("chosen") if self.is_chosen(entry) else tr("not chosen")
                return f"{text}, {mark}"
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (title_of(entry), ", ".join(entry.authors), self.action_row(entry).tip)
            return tip("\n".join(line for line in lines if line))
        return None


def pages_of(entries: Sequence[Entry]) -> Pages:
    """`Pages` with entries that are all in memory, such as those of a group."""
    return Pages(Feed(ServerUrl(""), entries=tuple(entries)))


def _matches(entry: Entry, wanted: Sequence[str]) -> bool:
    text = " ".join((entry.title, *entry.authors, entry.series)).casefold()
    return all(word in text for word in wanted)
