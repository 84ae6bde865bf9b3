"""Push buttons by kind, and icon buttons with a name."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from kios_desktop.ui import theme
from kios_desktop.ui.icons import icon

KINDS = frozenset({"default", "primary", "quiet", "danger", "dangerFilled", "link"})
_ICON_TOKENS = {
    "primary": "onAccent",
    "danger": "danger",
    "dangerFilled": "onDanger",
    "link": "accent",
}


def button(
    text: str,
    kind: str = "default",
    icon_name: str = "",
    *,
    height: str = "control",
    parent: QWidget | None = None,
) -> QPushButton:
    """A push button. `height` is control, controlSmall or controlLarge."""
    if kind not in KINDS:
        raise ValueError(kind)
    result = QPushButton(text, parent)
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
        result.setIconSize(QSize(16, 16))
    return result


class IconButton(QToolButton):
    """An icon with a name: tooltip and accessible name come from it."""

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

    def set_icon(self, icon_name: str, color: str = "text") -> None:
        self.setIcon(icon(icon_name, color, "selectedText" if color == "text" else color))
        self.setIconSize(QSize(self._px, self._px))

    def set_name(self, name: str, shortcut: QKeySequence | None = None) -> None:
        """The name that is spoken, and with the keys the tooltip."""
        self.setAccessibleName(name)
        keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""
        self.setToolTip(f"{name} ({keys})" if keys else name)


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
