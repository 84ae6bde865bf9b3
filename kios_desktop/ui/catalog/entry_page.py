"""The page of one entry: facts, actions, description, details, and related feeds."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import EntryState
from kios_desktop.ui.catalog.action_row import ActionRow, ActionStyle, EntryAction, action_row
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.description import description_html, plain_text, styled
from kios_desktop.ui.catalog.texts import related_text, title_of
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import file_size, isolated
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.languages import language_name
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.delegate import paint_cover
from kios_desktop.ui.widgets.buttons import Button, IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.layouts import clear
from kios_desktop.ui.widgets.progress_bar import ProgressBar

_COVER, _SMALL_COVER = 176, 128
_FOLDED_LINES: Final = 8
_WIDEST: Final = 720
_TAGS: Final = 12
_SLOT: Final = "page"


class EntryCover(QWidget):
    """The cover of an entry, in the width that was set."""

    def __init__(self, covers: CatalogCovers) -> None:
        super().__init__()
        self._covers = covers
        self._entry: Entry | None = None
        covers.ready.connect(self._ready)
        self.set_width(_COVER)

    def set_width(self, width: int) -> None:
        self._width = width
        self.setFixedSize(width + 24, round(width * 1.5) + 32)

    def show_entry(self, entry: Entry) -> None:
        self._entry = entry
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._entry is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cover = QRect(QPoint(12, 12), QSize(self._width, round(self._width * 1.5)))
        pixmap = self._covers.pixmap(self._entry, self._width, self.devicePixelRatioF(), _SLOT)
        with theme.painting(self):
            paint_cover(painter, cover, pixmap)
        painter.end()

    def _ready(self, key: str) -> None:
        if self._entry is not None and self._entry.key == key:
            self.update()


class EntryPage(QScrollArea):
    """Shows an entry and the actions for its state, which `state_of` returns."""

    # EntryAction, Entry, global position for a menu
    action_requested = Signal(object, object, QPoint)
    read_requested = Signal(object)  # Entry: “Download and read”
    related_requested = Signal(object, str)  # ServerUrl, title
    author_requested = Signal(str)
    link_requested = Signal(str)

    def __init__(self, covers: CatalogCovers, state_of: Callable[[Entry], EntryState]) -> None:
        super().__init__()
        self._state_of = state_of
        self._entry: Entry | None = None
        self._offline = self._can_search = False
        self._row: ActionRow | None = None
        dress_as_page(self)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._cover = EntryCover(covers)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        side = QVBoxLayout()
        side.setContentsMargins(0, 10, 0, 0)
        side.setSpacing(14)
        side.addLayout(self._facts)
        side.addLayout(self._actions)
        self._words = QVBoxLayout()
        self._words.setSpacing(8)
        side.addLayout(self._words)
        side.addStretch(1)
        row = QHBoxLayout(inner)
        row.setContentsMargins(24, 4, 24, 24)
        row.setSpacing(24)
        row.addWidget(self._cover, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setMaximumWidth(theme.scaled(_WIDEST))
        holder.setLayout(side)
        row.addWidget(holder, 100)
        row.addStretch(1)
        self.setWidget(inner)

    @property
    def entry(self) -> Entry | None:
        return self._entry

    def show_entry(self, entry: Entry, offline: bool, can_search: bool) -> None:
        """Show an entry. `can_search`: “More from…” may use the server's search."""
        self._entry, self._offline, self._can_search = entry, offline, can_search
        self._row = None
        self._cover.show_entry(entry)
        clear(self._facts)
        clear(self._words)
        self._add_facts(entry)
        self._add_description(entry)
        self._add_details(entry)
        self._add_related(entry)
        self.states_changed()
        self.verticalScrollBar().setValue(0)
        self.setAccessibleName(", ".join((title_of(entry), *entry.authors)))

    def states_changed(self) -> None:
        """Update the actions after a download has progressed."""
        if self._entry is None:
            return
        row = action_row(self._entry, self._state_of(self._entry), self._offline)
        if row == self._row:
            return
        had_focus = self._holds_focus()
        same_kind = self._row is not None and row.style is ActionStyle.BAR is self._row.style
        self._row = row
        if same_kind:
            self._show_progress(row)
            return
        clear(self._actions)
        self._add_actions(self._entry, row)
        self._actions.addStretch(1)
        if had_focus:
            self.focus_action()

    def focus_action(self) -> None:
        """Focus the first action; without actions the page itself, so that keys scroll it."""
        for number in range(self._actions.count()):
            item = self._actions.itemAt(number)
            widget = item.widget() if item is not None else None
            if isinstance(widget, Button | IconButton):
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_narrow(self, narrow: bool) -> None:
        self._cover.set_width(_SMALL_COVER if narrow else _COVER)

    # -- facts

    def _add_facts(self, entry: Entry) -> None:
        title = label(title_of(entry), "display", wrap=True)
        self._facts.addWidget(title)
        line = QHBoxLayout()
        line.setSpacing(6)
        authors = ", ".join(entry.authors)
        if authors:
            line.addWidget(label(authors, "bodyStrong", wrap=True))
        facts = [entry.published[:4], language_name(entry.language), self._size(entry)]
        rest = " · ".join(fact for fact in facts if fact)
        if rest:
            line.addWidget(label(f"· {rest}" if authors else rest, "body", "muted"))
        line.addStretch(1)
        self._facts.addLayout(line)
        if entry.series:
            index = f" · {entry.series_index:g}" if entry.series_index is not None else ""
            self._facts.addWidget(label(f"{entry.series}{index}", "body", "muted", wrap=True))
        if entry.note:
            self._facts.addWidget(label(entry.note, "body", "muted", wrap=True))

    def _size(self, entry: Entry) -> str:
        best = next(iter(entry.downloads), None)
        return file_size(best.length_bytes) if best is not None and best.length_bytes else ""

    def _add_description(self, entry: Entry) -> None:
        clean = description_html(entry.description)
        if not clean:
            return
        line_px = round(theme.line_height("body", theme.font("body")))
        description = QLabel(styled(clean, theme.of(self), line_px))
        description.setTextFormat(Qt.TextFormat.RichText)
        description.setWordWrap(True)
        description.setProperty("tone", "muted")
        description.setFont(theme.font("body"))
        description.setAccessibleName(plain_text(clean))
        description.setAlignment(Qt.AlignmentFlag.AlignTop)
        description.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        description.setOpenExternalLinks(False)
        description.linkActivated.connect(self.link_requested)
        self._words.addWidget(description)
        folded = line_px * _FOLDED_LINES
        if description.heightForWidth(theme.scaled(_WIDEST) - 48) > folded * 1.3:
            description.setMaximumHeight(folded)
            more = button(tr("More"), "link", height="controlSmall")
            more.clicked.connect(lambda: description.setMaximumHeight(16_777_215))
            more.clicked.connect(more.hide)
            self._words.addWidget(more)

    def _add_details(self, entry: Entry) -> None:
        tags = ", ".join(entry.tags[:_TAGS])
        rows = [
            (tr("Publisher"), entry.publisher),
            (tr("Published"), entry.published if len(entry.published) > 4 else ""),
            (tr("Subjects"), tags),
            (tr("Rating"), entry.rating),
            (tr("Identifiers"), "\n".join(entry.identifiers[:4])),
        ]
        shown = [(name, words) for name, words in rows if words]
        if not shown:
            return
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for number, (name, words) in enumerate(shown):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(label(name, "small", "muted"), number, 0, top)
            grid.addWidget(label(words, "small", wrap=True), number, 1, top)
        self._words.addWidget(holder)

    def _add_related(self, entry: Entry) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        for related in entry.related[:6]:
            made = button(related_text(related).replace("&", "&&"), "default")
            made.clicked.connect(
                lambda _=False, one=related: self.related_requested.emit(one.href, one.title)
            )
            row.addWidget(made)
        if not entry.related and self._can_search and entry.authors:
            author = entry.authors[0]
            text = tr("More from {author}", author=isolated(author)).replace("&", "&&")
            made = button(text, "default", "users")
            made.clicked.connect(lambda: self.author_requested.emit(author))
            row.addWidget(made)
        row.addStretch(1)
        if row.count() > 1:
            self._words.addWidget(holder)

    # -- actions

    def _add_actions(self, entry: Entry, row: ActionRow) -> None:
        if row.style is ActionStyle.BAR:
            self._bar = ProgressBar(tr("Download"))
            self._bar.setFixedWidth(220)
            self._percent = label("", "small", "muted", tabular=True)
            cancel = IconButton("x", tr("Cancel download"), px=14)
            cancel.clicked.connect(lambda: self._request_action(EntryAction.CANCEL, cancel))
            for widget in (self._bar, self._percent, cancel):
                self._actions.addWidget(widget)
            self._show_progress(row)
            return
        if row.action is EntryAction.NONE:
            self._actions.addWidget(IconLabel(row.icon or "info", row.tone, 16))
            self._actions.addWidget(label(row.tip or row.text, "body", row.tone, wrap=True), 1)
        else:
            if (
                row.action is EntryAction.KEEP
            ):  # “Open” is the first action of every book that is in the library
                self._button(EntryAction.OPEN, tr("Open"), "book-open", primary=True)
            first = self._button(
                row.action, row.text, row.icon, primary=row.action is not EntryAction.KEEP
            )
            first.setToolTip(row.tip)
            if row.action in {EntryAction.DOWNLOAD, EntryAction.CHOOSE}:
                read = button(
                    tr("Download and read"), "default", "book-open", height="controlLarge"
                )
                read.clicked.connect(lambda: self.read_requested.emit(entry))
                self._actions.addWidget(read)
        if row.second_action is not EntryAction.NONE and row.second_text:
            self._button(row.second_action, row.second_text, "", primary=False)

    def _button(self, action: EntryAction, text: str, icon_name: str, primary: bool) -> QPushButton:
        made = button(text, "primary" if primary else "default", icon_name, height="controlLarge")
        if action is EntryAction.CHOOSE:
            made.setAccessibleDescription(tr("Opens a menu"))
            made.setIcon(icon("caret-down", "onAccent"))
            made.setLayoutDirection(
                Qt.LayoutDirection.LeftToRight
                if self.isRightToLeft()
                else Qt.LayoutDirection.RightToLeft
            )
        made.clicked.connect(lambda: self._request_action(action, made))
        self._actions.addWidget(made)
        return made

    def _show_progress(self, row: ActionRow) -> None:
        self._bar.set_fraction(row.fraction)
        self._percent.setText(row.text)

    def _request_action(self, action: EntryAction, opener: QWidget) -> None:
        at = opener.mapToGlobal(opener.rect().bottomLeft())
        if self._entry is not None:
            self.action_requested.emit(action, self._entry, at)

    def _holds_focus(self) -> bool:
        for number in range(self._actions.count()):
            item = self._actions.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is not None and widget.hasFocus():
                return True
        return False
