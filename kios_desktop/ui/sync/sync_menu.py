"""The sync menu: servers, unsent places, and open offers of other devices."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from kios_desktop.domain.errors import Untrusted
from kios_desktop.domain.progress import (
    BookOverview,
    Health,
    Lead,
    Offer,
    OpenOffer,
    ServerLine,
    SyncOverview,
    Waiting,
)
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.error_texts import Action, explain
from kios_desktop.ui.kit.formats import isolated, percent, since, when
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.sync.devices import device_name
from kios_desktop.ui.sync.texts import (
    needs_reader,
    offer_chapter,
    offer_fraction,
    offer_icon,
    protocol_name,
)
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label, line

WIDTH: Final = 380

Link = tuple[str, Callable[[], None]]


class SyncMenu(QWidget):
    """The content of the popover, filled by `show_overview` or `show_book`."""

    sync_now = Signal()
    settings_requested = Signal()
    retry_requested = Signal(object)  # BookId
    discard_requested = Signal(object)  # BookId
    continue_requested = Signal(object)  # BookId: take the offer
    undo_requested = Signal()  # in a book: undo the move by sync
    source_requested = Signal(str)  # source id, of a server whose settings have to be corrected
    changed = Signal()  # its size may have changed

    def __init__(self) -> None:
        super().__init__()
        sync = button(tr("Sync now"), "default", "arrows-clockwise")
        sync.clicked.connect(self.sync_now)
        self._sync = sync
        settings = IconButton("gear-six", tr("Sync settings"))
        settings.clicked.connect(self.settings_requested)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 10)
        head.setSpacing(8)
        head.addWidget(label(tr("Sync"), "section"), 1)
        head.addWidget(sync)
        head.addWidget(settings)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._column.addWidget(line())
        self._body: QWidget | None = None
        self._why: set[str] = set()
        self._redraw: Callable[[], None] = lambda: None
        self.setAccessibleName(tr("Sync"))

    def show_overview(self, overview: SyncOverview, now: datetime | None = None) -> None:
        """Show all servers and books, in the main window."""
        self._redraw = lambda: self.show_overview(overview)
        at = now or datetime.now(UTC)
        set_up = overview.health is not Health.NOT_SET_UP
        self._sync.setVisible(set_up)
        body = _Body()
        if overview.storage_error is not None:
            words = explain(overview.storage_error)
            body.section("", [_Row("warning-circle", "danger", words.title, words.text)])
        if not set_up:
            text = tr("Kios can keep your place in step with the server you already run.")
            link = (tr("Set up…"), self.settings_requested.emit)
            body.section(
                "", [_Row("minus-circle", "textFaint", tr("Sync is not set up"), text, link)]
            )
        body.section(tr("Servers"), [self._server(one, at) for one in overview.servers])
        body.section(tr("Waiting to be sent"), [self._waiting(one, at) for one in overview.waiting])
        body.section(
            tr("You stayed, but can still switch"),
            [self._stayed(one, at) for one in overview.open_offers],
        )
        self._put(body)

    def show_book(self, overview: BookOverview, now: datetime | None = None) -> None:
        """Show the state of one book, in its reader window."""
        self._redraw = lambda: self.show_book(overview)
        at = now or datetime.now(UTC)
        set_up = bool(overview.source_name)
        self._sync.setVisible(set_up)
        body = _Body()
        rows: list[_Row] = []
        if not set_up:
            link = (tr("Set up…"), self.settings_requested.emit)
            text = tr("No server keeps the place of this book")
            rows.append(_Row("minus-circle", "textFaint", text, "", link))
        elif overview.error is not None:
            words = explain(overview.error, overview.source_name)
            link = self._remedy(overview.source_id, overview.error, words.action)
            name = isolated(overview.source_name)
            rows.append(_Row("warning-circle", "danger", name, words.text, link))
        elif overview.waiting is None:
            rows.append(_in_step(overview, at))
        body.section(tr("This book"), rows)
        if overview.waiting is not None:
            body.section(tr("Waiting to be sent"), [self._waiting(overview.waiting, at)])
        if overview.offer is not None:
            take: Link = (tr("Continue"), lambda: self.continue_requested.emit(None))
            body.section(*_offered(overview.offer, at, take))
        if overview.undo_until is not None and overview.undo_until > at:
            link = (tr("Undo"), self.undo_requested.emit)
            text = tr("Your place before that is kept for a while.")
            body.section(
                tr("Undo"),
                [_Row("arrow-u-up-left", "textMuted", tr("Moved by sync"), text, link)],
            )
        self._put(body)

    # -- rows

    def _server(self, server: ServerLine, now: datetime) -> "_Row":
        kind = protocol_name(server.kind)
        name = isolated(server.name)
        if server.error is None and server.not_reachable_since is None:
            if server.checked_at is None:
                text = tr("{kind} · not asked yet", kind=kind)
                return _Row("circle-dashed", "textMuted", name, text)
            text = tr("{kind} · checked {when}", kind=kind, when=when(server.checked_at, now))
            return _Row("check-circle", "success", name, text)
        if needs_reader(server) or server.not_reachable_since is None:
            text = tr("Needs attention")
        else:
            text = tr("Not reachable since {time}.", time=since(server.not_reachable_since, now))
            if server.next_try_at is not None and server.next_try_at > now:
                minutes = max(1, round((server.next_try_at - now).total_seconds() / 60))
                text = tr("{text} Next try in {n} min.", text=text, n=minutes)
        mark = ("warning-circle", "danger") if needs_reader(server) else ("warning", "warning")
        if server.error is None:
            return _Row(*mark, name, text)
        if server.source_id not in self._why:
            return _Row(*mark, name, text, (tr("Why?"), lambda: self._explain(server.source_id)))
        words = explain(server.error, server.name)
        link = self._remedy(server.source_id, server.error, words.action)
        return _Row(*mark, name, f"{text}\n{words.text}", link)

    def _remedy(self, source_id: str, error: Exception, action: Action) -> Link:
        if isinstance(error, Untrusted) and error.certificate is not None:
            return (tr("Look at it…"), lambda: self.source_requested.emit(source_id))
        if action in {Action.ENTER_AGAIN, Action.CHANGE_ADDRESS, Action.USE_LOCATION}:
            return (tr("Change…"), lambda: self.source_requested.emit(source_id))
        return (tr("Try again"), self.sync_now.emit)

    def _waiting(self, one: Waiting, now: datetime) -> "_Row":
        text = tr(
            "{n} to {source} · since {time}",
            n=percent(one.total_progression),
            source=isolated(one.source_name),
            time=since(one.since, now),
        )
        if one.error is not None:
            text = f"{text}\n{explain(one.error, one.source_name).text}"
        elif one.held:
            text += "\n" + tr("Another device is elsewhere. Open the book to choose.")
        link = (tr("Retry"), lambda: self.retry_requested.emit(one.book_id))
        row = _Row("clock", "warning", isolated(one.title), text, link)
        row.set_menu(tr("Discard…"), lambda: self.discard_requested.emit(one.book_id))
        return row

    def _stayed(self, one: OpenOffer, now: datetime) -> "_Row":
        report, chapter = one.offer.report, offer_chapter(one.offer)
        device = device_name(report.device)
        if report.locator is None:
            text = tr("{device} left a place that is not in this file.", device=device)
            return _Row(offer_icon(one.offer), "textMuted", isolated(one.title), text)
        where = percent(offer_fraction(one.offer))
        if chapter:
            text = tr(
                "{device} was in {chapter} · {n}", device=device, chapter=isolated(chapter), n=where
            )
        else:
            text = tr("{device} was at {n}", device=device, n=where)
        if report.at is not None:
            text = f"{text} · {when(report.at, now)}"
        if one.offer.suspicious:
            text += "\n" + tr("This looks like the server started over.")
        link = (tr("Continue"), lambda: self.continue_requested.emit(one.book_id))
        return _Row(offer_icon(one.offer), "textMuted", isolated(one.title), text, link)

    def _explain(self, source_id: str) -> None:
        self._why.add(source_id)
        self._redraw()

    def _put(self, body: "_Body") -> None:
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = body
        self._column.addWidget(body)
        self.changed.emit()


class _Row(QWidget):
    """Icon, title, one or two quiet lines, and at most one link."""

    def __init__(
        self, icon_name: str, color: str, title: str, text: str, link: Link | None = None
    ) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        mark = IconLabel(icon_name, color, theme.icon_px("nav"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label(title, "bodyStrong", wrap=True))
        self._text: QLabel | None = None
        if text:
            self._text = label(text, "small", "muted", wrap=True)
            words.addWidget(self._text)
        row.addLayout(words, 1)
        if link is not None:
            made = button(link[0], "link", height="controlSmall")
            made.setAccessibleDescription(title)
            made.clicked.connect(link[1])
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        self._details = f"{title}\n{text}"
        self._menu: tuple[str, Callable[[], None]] | None = None
        self.setAccessibleName(f"{title}. {text}")

    def set_menu(self, text: str, on_click: Callable[[], None]) -> None:
        """Add a context menu with one action."""
        self._menu = (text, on_click)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr("Copy details"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        if self._menu is not None:
            text, on_click = self._menu
            menu.addAction(text).triggered.connect(lambda _=False: on_click())
        menu.popup(event.globalPos())


class _Body(QWidget):
    """Sections with rows; an empty section is not drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 6)
        self._column.setSpacing(0)
        self._sections = 0

    def section(self, title: str, rows: list[_Row]) -> None:
        if not rows:
            return
        if self._sections:
            self._column.addSpacing(6)
            self._column.addWidget(line())
        self._sections += 1
        if title:
            head = label(title, "microStrong", "muted")
            head.setContentsMargins(16, 8, 16, 2)
            self._column.addWidget(head)
        for row in rows:
            self._column.addWidget(row)


def _in_step(overview: BookOverview, now: datetime) -> _Row:
    """The row of an open book without any trouble."""
    name = isolated(overview.source_name)
    if overview.marked and overview.unsent:
        text = tr(
            "Marked as finished on another device. "
            "Your place is sent once you have read on a little."
        )
        return _Row("clock", "textMuted", name, text)
    if overview.held:
        text = tr("Your place is kept here until you choose between the two places.")
        return _Row("clock", "warning", name, text)
    if overview.unsent:
        return _Row("clock", "textMuted", name, tr("Your place is sent when you look away."))
    if overview.answered_at is None:
        return _Row("circle-dashed", "textMuted", name, tr("Not asked about this book yet."))
    text = tr("This book is in step · {when}", when=when(overview.answered_at, now))
    return _Row("check-circle", "success", name, text)


def _offered(offer: Offer, now: datetime, take: Link) -> tuple[str, list[_Row]]:
    """Heading and row of another device's place."""
    text = _reported(offer.report.device, offer.report.at, now)
    heading = tr("On another device")
    if offer.report.locator is None:
        title = tr("A place that is not in this file")
        why = tr("Your place waits here, so that nothing is lost. “Sync now” sends it.")
        return heading, [_Row(offer_icon(offer), "textMuted", title, f"{text}\n{why}")]
    title = tr("Go to that place ({place})", place=_place(offer))
    if offer.suspicious:
        text += "\n" + tr("This looks like the server started over.")
    elif offer.lead is Lead.BEHIND:
        text += "\n" + tr("It is earlier than where you are.")
    else:
        heading = tr("You stayed, but can still switch")
        title = tr("Go to the furthest place ({place})", place=_place(offer))
    return heading, [_Row(offer_icon(offer), "textMuted", title, text, take)]


def _place(offer: Offer) -> str:
    """“Chapter 12, 18%”."""
    where, chapter = percent(offer_fraction(offer)), offer_chapter(offer)
    return f"{isolated(chapter)}, {where}" if chapter else where


def _reported(device: str, at: datetime | None, now: datetime) -> str:
    return device_name(device) if at is None else f"{device_name(device)} · {when(at, now)}"
