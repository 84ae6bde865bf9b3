"""One download in the panel: cover, title, progress and actions."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from kios_desktop.domain.download import Download, DownloadFault, DownloadState
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.texts import second_line
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import marked, tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.label import ElidedLabel, label
from kios_desktop.ui.widgets.progress_bar import ProgressBar

COVER = 36
Thumbnail = Callable[[Download, int, float], QPixmap | None]

_WITH_BAR = frozenset({DownloadState.CONNECTING, DownloadState.TRANSFERRING})
_CAN_PAUSE = frozenset({DownloadState.QUEUED, *_WITH_BAR})


class _Remedy(Enum):
    """What a download that failed or paused by itself offers; the value is the button's text."""

    SIGN_IN = marked("Sign in…")
    RETRY = marked("Retry now")


class RowCover(QWidget):
    """36 × 54 px."""

    def __init__(self, thumbnail: Thumbnail, download: Download) -> None:
        super().__init__()
        self._thumbnail, self._download = thumbnail, download
        self.setFixedSize(COVER, round(COVER * 1.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixmap = self._thumbnail(self._download, COVER, self.devicePixelRatioF())
        if pixmap is not None:
            painter.drawPixmap(self.rect(), pixmap)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.of(self).color("sunken"))
            painter.drawRoundedRect(self.rect(), 3, 3)
        painter.end()


class DownloadRow(QWidget):
    """Shows one `Download`; `show_download` updates it after each change."""

    open_requested = Signal(object)  # BookId
    sign_in_requested = Signal(str)  # source id
    paused = Signal(object)  # DownloadId, as in the next three
    resumed = Signal(object)
    retried = Signal(object)
    cancelled = Signal(object)

    def __init__(self, download: Download, thumbnail: Thumbnail) -> None:
        super().__init__()
        self.download = download
        self.cover = RowCover(thumbnail, download)
        self._title = ElidedLabel(title_of(download.entry), "bodyStrong")
        self._line = label("", "small", "muted", wrap=True, tabular=True)
        self._bar = ProgressBar(tr("Download of {title}", title=title_of(download.entry)))
        self._help = button("", "link", height="controlSmall")
        self._help.setFont(theme.font("smallStrong"))
        self._help.setProperty("flush", True)
        self._help.clicked.connect(self._helped)
        self._open = button(tr("Open"), "link", height="controlSmall")
        self._open.setProperty("flush", True)
        self._open.setAccessibleName(tr("Open {title}", title=title_of(download.entry)))
        self._open.clicked.connect(self._opened)
        self._pause = IconButton("pause", tr("Pause"), px=14, side=28)
        self._pause.clicked.connect(self._paused_or_resumed)
        self._cancel = IconButton("x", tr("Cancel download"), px=14, side=28)
        self._cancel.clicked.connect(lambda: self.cancelled.emit(self.download.id))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._line)
        words.addSpacing(2)
        words.addWidget(self._bar)
        words.addWidget(self._help, 0, Qt.AlignmentFlag.AlignLeading)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self.cover, 0, top)
        row.addLayout(words, 1)
        for control in (self._open, self._pause, self._cancel):
            row.addWidget(control, 0, top)
        self.show_download(download)

    def show_download(self, download: Download) -> None:
        """Show a newer state of the same download."""
        self.download = download
        state = download.state
        failed = state is DownloadState.FAILED
        troubled = failed or download.fault is DownloadFault.CUT_OFF
        _set(self._line, second_line(download), "danger" if troubled else "muted")
        self._bar.setVisible(state in _WITH_BAR)
        if state in _WITH_BAR:
            self._bar.set_fraction(download.fraction)
        self._open.setVisible(state is DownloadState.DONE and download.book_id is not None)
        remedy, stopped = self._remedy(), state is DownloadState.PAUSED
        self._pause.setVisible(state in _CAN_PAUSE or (stopped and remedy is None))
        self._pause.set_icon("play" if stopped else "pause")
        self._pause.set_name(tr("Resume") if stopped else tr("Pause"))
        self._cancel.setVisible(state is not DownloadState.DONE)
        self._cancel.set_name(tr("Remove from the list") if failed else tr("Cancel download"))
        self._help.setText(tr(remedy.value) if remedy is not None else "")
        self._help.setVisible(remedy is not None)
        self.setAccessibleName(f"{title_of(download.entry)}, {self._line.text()}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The row's buttons as a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for control in (self._open, self._pause, self._help, self._cancel):
            if control.isVisibleTo(self):
                text = control.text() if isinstance(control, QPushButton) else ""
                action = menu.addAction(text or control.accessibleName())
                action.triggered.connect(lambda _=False, control=control: control.click())
        return menu

    def _remedy(self) -> "_Remedy | None":
        """What may help against the fault of the download."""
        fault, state = self.download.fault, self.download.state
        signed_out = fault in {DownloadFault.SIGN_IN, DownloadFault.WEB_PAGE}
        if state is DownloadState.PAUSED and fault is not None:
            return _Remedy.SIGN_IN if signed_out else _Remedy.RETRY
        if state is DownloadState.FAILED:
            return _Remedy.SIGN_IN if fault is DownloadFault.SIGN_IN else _Remedy.RETRY
        return None

    def _helped(self) -> None:
        if self._remedy() is _Remedy.SIGN_IN:
            self.sign_in_requested.emit(self.download.source_id)
        elif self.download.state is DownloadState.PAUSED:
            self.resumed.emit(self.download.id)
        else:
            self.retried.emit(self.download.id)

    def _opened(self) -> None:
        if self.download.book_id is not None:
            self.open_requested.emit(self.download.book_id)

    def _paused_or_resumed(self) -> None:
        stopped = self.download.state is DownloadState.PAUSED
        (self.resumed if stopped else self.paused).emit(self.download.id)


def _set(words: QLabel, text: str, tone: str) -> None:
    words.setText(text)
    if words.property("tone") != tone:
        words.setProperty("tone", tone)
        restyle(words)
