"""The web view of a reader window."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.reader.engine.keys import page_key, selection_key
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.wire import SelectionMove

_AS_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class BookView(QWebEngineView):
    """Shows a `BookPage`. Keys are handled before Chromium gets them."""

    key = Signal(object)  # PageKey
    pointer_moved = Signal(int)  # y within the view
    side_button = Signal(object)  # Qt.MouseButton.BackButton or ForwardButton

    def __init__(self, page: BookPage, parent: QWidget) -> None:
        super().__init__(parent)
        self.select: Callable[[SelectionMove], bool] = lambda _how: False
        """Whether a key changed the selection or moved the caret; else it has its usual meaning."""
        self.setPage(page)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self._watch()
        page.loadFinished.connect(self._watch)

    def _watch(self) -> None:
        # Chromium replaces the inner widget when it starts a renderer.
        inner = self.focusProxy()
        if inner is not None:
            inner.removeEventFilter(self)
            inner.installEventFilter(self)
            if isinstance(inner, QWidget):
                inner.setAcceptDrops(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            return self._keyed(event)
        if isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() in _AS_TAB:
            # Chromium would go to the first link of the chapter, and take the page there. Qt gives
            # this reason also when it passes on the focus of a widget that was hidden.
            kept = QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.OtherFocusReason)
            QCoreApplication.sendEvent(watched, kept)
            return True
        if isinstance(event, QMouseEvent):
            if event.type() is QEvent.Type.MouseMove:
                self.pointer_moved.emit(round(event.position().y()))
            elif event.type() is QEvent.Type.MouseButtonPress and event.button() in (
                Qt.MouseButton.BackButton,
                Qt.MouseButton.ForwardButton,
            ):
                self.side_button.emit(event.button())
                return True
        return False

    def _keyed(self, event: QKeyEvent) -> bool:
        move = selection_key(event)
        if move is not None and event.type() is QEvent.Type.KeyPress and self.select(move):
            event.accept()
            return True
        meaning = page_key(event)
        if meaning is None:
            return False
        if event.type() is QEvent.Type.KeyPress:
            self.key.emit(meaning)
        event.accept()
        return True
