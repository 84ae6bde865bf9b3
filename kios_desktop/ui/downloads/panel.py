"""The downloads panel: 320 px at the trailing edge of the window."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.domain.download import DownloadId
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.downloads.presenter import DownloadsPresenter, Section
from kios_desktop.ui.downloads.row import DownloadRow, Thumbnail
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label

_WIDEST: Final = 420  # px, with large text
_HEAD_REST: Final = 108  # px of the head besides its text
_REFRESH_MS: Final = 150  # the shortest time between two refreshes


class DownloadsPanel(QWidget):
    """Implements `DownloadsScreen`. The window places it."""

    open_requested = Signal(object)  # BookId
    sign_in_requested = Signal(str)  # source id
    folder_requested = Signal()
    close_requested = Signal()

    def __init__(self, downloads: DownloadsPort, thumbnail: Thumbnail) -> None:
        super().__init__()
        self.setObjectName("downloads")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(min(_WIDEST, theme.scaled(theme.size("downloads"))))
        self.setAccessibleName(tr("Downloads"))
        self._downloads, self._thumbnail = downloads, thumbnail
        self._presenter: DownloadsPresenter | None = None
        self._rows: dict[DownloadId, DownloadRow] = {}
        self._shape: list[tuple[str, tuple[DownloadId, ...], str]] = []
        self._failed = 0
        self._finished = False
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self._refresh)
        self._clear = button(tr("Clear finished"), "quiet", height="controlSmall")
        self._clear.clicked.connect(downloads.clear_finished)
        self.more = IconButton("dots-three-vertical", tr("More"), px=16, side=28)
        self.more.clicked.connect(self._show_menu)
        self._close = IconButton("x", tr("Close downloads"), px=16, side=28)
        self._close.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 12, 6)
        head.setSpacing(4)
        self._title = label(tr("Downloads"), "title")
        head.addWidget(self._title)
        head.addStretch(1)
        for control in (self._clear, self.more, self._close):
            head.addWidget(control)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scrolled(), 1)
        edge = QFrame()
        edge.setObjectName("sidebarEdge")
        edge.setFixedWidth(1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(edge)
        outer.addLayout(column, 1)
        self._empty = self._nothing()
        self._list.addWidget(self._empty)
        self._stop_listening = downloads.listen(self._changed)

    def bind(self, presenter: DownloadsPresenter) -> None:
        self._presenter = presenter
        self._changed()

    def close_for_good(self) -> None:
        self._stop_listening()
        self._soon.stop()

    # -- DownloadsScreen

    def show_sections(self, sections: Sequence[Section], failed: int, finished: bool) -> None:
        self._failed = failed
        self._finished = finished
        words = self._title.sizeHint().width() + self._clear.sizeHint().width()
        self._clear.setVisible(finished and words + _HEAD_REST <= self.width())
        self.more.setVisible(bool(sections))
        shape = [(s.title, tuple(job.id for job in s.rows), s.more) for s in sections]
        if shape != self._shape:
            self._shape = shape
            self._rebuild(sections)
        for section in sections:
            for job in section.rows:
                row = self._rows[job.id]
                if row.download != job:
                    row.show_download(job)

    def announce(self, text: str) -> None:
        announce(self.window(), text)

    def is_open(self) -> bool:
        return self.isVisible()

    # -- construction

    def take_focus(self) -> None:
        """Move the focus into the panel."""
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def cover_ready(self, key: str) -> None:
        """The cover of an entry was loaded."""
        for row in self._rows.values():
            if row.download.entry.key == key:
                row.cover.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._presenter is not None:
            self._presenter.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def menu(self) -> QMenu:
        """The actions for all downloads."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pause = menu.addAction(icon("pause", "textMuted"), tr("Pause all"))
        pause.triggered.connect(self._downloads.pause_all)
        if self._failed:
            text = tr("Retry failed ({n})", n=self._failed)
            retry = menu.addAction(icon("arrow-clockwise", "textMuted"), text)
            retry.triggered.connect(self._downloads.retry_failed)
        if self._finished:
            clear = menu.addAction(icon("check", "textMuted"), tr("Clear finished"))
            clear.triggered.connect(self._downloads.clear_finished)
        folder = menu.addAction(icon("folder-open", "textMuted"), tr("Show folder"))
        folder.triggered.connect(self.folder_requested)
        return menu

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _scrolled(self) -> QScrollArea:
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(20, 0, 14, 16)
        self._list.setSpacing(2)
        area = QScrollArea()
        dress_as_page(area)
        area.setWidget(inner)
        return area

    def _nothing(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setSpacing(8)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(
            IconLabel("download-simple", "textFaint", theme.icon_px("empty")), 0, middle
        )
        column.addWidget(label(tr("No downloads"), "section", "muted"), 0, middle)
        column.addStretch(3)
        return holder

    def _rebuild(self, sections: Sequence[Section]) -> None:
        """Keep the widgets of rows that remain: one may have the focus."""
        wanted = {job.id for section in sections for job in section.rows}
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is None or widget is self._empty:
                continue
            if not isinstance(widget, DownloadRow) or widget.download.id not in wanted:
                widget.hide()
                widget.deleteLater()
        self._rows = {i: row for i, row in self._rows.items() if i in wanted}
        for section in sections:
            if section.title:
                title = label(section.title, "microStrong", "muted")
                title.setContentsMargins(0, 12, 0, 4)
                self._list.addWidget(title, 0, Qt.AlignmentFlag.AlignLeading)
            for job in section.rows:
                if job.id not in self._rows:
                    self._rows[job.id] = self._row(DownloadRow(job, self._thumbnail))
                self._list.addWidget(self._rows[job.id])
            if section.more:
                more = label(section.more, "small", "muted")
                self._list.addWidget(more, 0, Qt.AlignmentFlag.AlignLeading)
        self._empty.setVisible(not sections)
        self._list.addWidget(self._empty, 0 if sections else 1)
        if sections:
            self._list.addStretch(1)

    def _row(self, row: DownloadRow) -> DownloadRow:
        row.open_requested.connect(self.open_requested)
        row.sign_in_requested.connect(self.sign_in_requested)
        row.paused.connect(self._downloads.pause)
        row.resumed.connect(self._downloads.resume)
        row.retried.connect(self._downloads.retry)
        row.cancelled.connect(self._downloads.cancel)
        return row

    def _changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        if self._presenter is not None:
            self._presenter.refresh()
