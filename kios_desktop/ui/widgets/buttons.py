"""Push buttons by kind, and icon buttons with a name."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import has_ring

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})

KINDS = frozenset({"default", "primary", "quiet", "danger", "dangerFilled", "link"})
_FILLED = {"primary": "onAccent", "dangerFilled": "onDanger"}
_ICON_TOKENS = {
    "primary": "onAccent",
    "danger": "danger",
    "dangerFilled": "onDanger",
    "link": "accent",
}

_AIR = 4  # px between icon and text, in addition to the 4 px of the style


def button(
    text: str,
    kind: str = "default",
    icon_name: str = "",
    *,
    height: str = "control",
    parent: QWidget | None = None,
    into: QPushButton | None = None,
) -> QPushButton:
    """A push button; `height` is control, controlSmall or controlLarge.

    With `into`, that button is set up instead of a new one.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    result = Button(parent) if into is None else into
    result.setText(text)
    result.setProperty("kind", kind)
    strong = kind in {"primary", "link", "dangerFilled"}
    result.setFont(theme.font("bodyStrong" if strong else "control"))
    result.setFixedHeight(theme.control_height(measure=height))
    result.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    result.setAutoDefault(kind == "primary")
    if kind == "link":
        result.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon_name:
        result.setIcon(icon(icon_name, _ICON_TOKENS.get(kind, "text")))
        result.setIconSize(_icon_size(text))
    return result


def _icon_size(text: str) -> QSize:
    side = theme.icon_px("small")
    return QSize(side + (_AIR if text else 0), side)


def pressed_by_enter(pressed: QAbstractButton, event: QKeyEvent) -> bool:
    """Click the button on Enter, which Qt does in dialogs only. True if the key was Enter.

    A key that is held down clicks once.
    """
    if event.key() not in _ENTER or not pressed.isEnabled():
        return False
    event.accept()
    if not event.isAutoRepeat():
        pressed.click()
    return True


class Button(QPushButton):
    """Paints its icon in the theme of its window, at a fixed distance from the text."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setIconSize(_icon_size(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with theme.painting(self):
            super().paintEvent(event)
        if has_ring(self) and self.property("kind") in _FILLED:
            self._paint_ring()

    def _paint_ring(self) -> None:
        """Paint the ring inside the button, in a colour that contrasts with its fill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.of(self).color(_FILLED[self.property("kind")]), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 3, 3)
        painter.end()


class MenuButton(Button):
    """A push button with a caret that opens a menu."""

    def __init__(self, text: str, kind: str = "default", icon_name: str = "") -> None:
        super().__init__()
        button(text, kind, icon_name, into=self)
        self.setProperty("opens", True)
        self.setAccessibleDescription(tr("Opens a menu"))
        self._menu: QMenu | None = None
        self.clicked.connect(self.open_menu)

    def set_menu(self, menu: QMenu) -> None:
        """Replaces `setMenu`, for which the style would reserve room for its own arrow."""
        self._menu = menu

    def open_menu(self) -> None:
        if self._menu is None:
            return
        left = self.isRightToLeft()
        corner = self.rect().bottomRight() if left else self.rect().bottomLeft()
        if left:
            corner.setX(corner.x() - self._menu.sizeHint().width())
        self._menu.popup(self.mapToGlobal(corner))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = theme.icon_px("inline")
        x = 10 if self.isRightToLeft() else self.width() - 10 - side
        painter = QPainter(self)
        box = QRect(x, (self.height() - side) // 2, side, side)
        with theme.painting(self):
            icon("caret-down", "textMuted").paint(painter, box)
        painter.end()


class IconButton(QToolButton):
    """An icon button; its name is both tooltip and accessible name."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        shortcut: QKeySequence | None = None,
        *,
        checkable: bool = False,
        px: int = 19,
        side: int = 32,
        color: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._px = px
        self.set_icon(icon_name, color)
        self.setFixedSize(side, side)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_name(name, shortcut)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with theme.painting(self):
            super().paintEvent(event)

    def set_icon(self, icon_name: str, color: str = "text") -> None:
        self.setIcon(icon(icon_name, color, "selectedText" if color == "text" else color))
        self.setIconSize(QSize(self._px, self._px))

    def set_name(self, name: str, shortcut: QKeySequence | None = None) -> None:
        """Set the accessible name; the tooltip shows it with `keys`."""
        self.setAccessibleName(name)
        keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""
        self.setToolTip(tip(f"{name} ({keys})" if keys else name))


def action_button(action: QAction, icon_name: str, name: str = "") -> IconButton:
    """An icon button that triggers an action and follows its state."""
    result = IconButton(
        icon_name,
        name or action.text().replace("&", ""),
        action.shortcut(),
        checkable=action.isCheckable(),
    )
    result.setEnabled(action.isEnabled())
    result.clicked.connect(action.trigger)
    action.enabledChanged.connect(result.setEnabled)
    return result
