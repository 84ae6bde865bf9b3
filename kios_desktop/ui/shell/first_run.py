"""The first-run screen: a sentence about Kios and three ways to begin."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.shadow import paint_shadow
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.widgets.badge import card, tile
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.label import centred, label

_STACKED_UNDER: Final = 1000
_NO_FAN_UNDER: Final = 640

# title, author, angle in degrees, offset of the centre from the fan's in px
_FAN: Final = (
    ("The Time Machine", "H. G. Wells", -8.0, (-184, 14)),
    ("Treasure Island", "R. L. Stevenson", 8.0, (184, 14)),
    ("Walden", "Henry David Thoreau", -4.0, (-94, 4)),
    ("The Call of the Wild", "Jack London", 4.0, (94, 4)),
    ("Moby-Dick", "Herman Melville", 0.0, (0, 0)),
)
_COVER: Final = QSize(94, 141)


class CoverFan(QWidget):
    """Five covers, a decoration without an accessible name.

    They are painted one by one after the first paint of the window, in order not to delay it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(540, 190)
        self._covers: list[QImage] = []
        self._ratio = 0.0
        self._making = QTimer(self)
        self._making.timeout.connect(self._make_next)

    def _make_next(self) -> None:
        size = QSize(round(_COVER.width() * self._ratio), round(_COVER.height() * self._ratio))
        title, author, _angle, _offset = _FAN[len(self._covers)]
        self._covers.append(generated_cover(title, author, size))
        if len(self._covers) == len(_FAN):
            self._making.stop()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if ratio != self._ratio:
            self._ratio, self._covers = ratio, []
            self._making.start()
        if len(self._covers) < len(_FAN):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        middle = QPointF(self.width() / 2, _COVER.height() / 2 + 14)
        for image, (_title, _author, angle, (dx, dy)) in zip(self._covers, _FAN, strict=True):
            painter.save()
            painter.translate(middle + QPointF(dx, dy))
            painter.rotate(angle)
            box = _box()
            paint_shadow(painter, box, "cover", 3)
            painter.drawImage(box, image)
            painter.restore()
        painter.end()


class OnboardingPage(QWidget):
    """Shown while there is neither a book nor a server, until “Skip for now”."""

    server_requested = Signal()
    files_requested = Signal()
    folder_requested = Signal()
    guide_requested = Signal()
    skipped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._fan = CoverFan()
        heading = label(tr("Read here. Pick up anywhere."), "display")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = label(
            tr(
                "Kios reads your EPUB books and keeps your place in step with the library server "
                "you already run. Nothing is sent anywhere else."
            ),
            "bodyLarge",
            "muted",
            wrap=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setFixedWidth(min(theme.scaled(500), 720))
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(16)
        self._made = self._make_cards()
        for made in self._made:
            self._cards.addWidget(made, 1)
        holder = QWidget()
        holder.setLayout(self._cards)
        holder.setMaximumWidth(theme.scaled(824))
        self._cards.setContentsMargins(0, 0, 0, 0)
        skip = button(tr("Skip for now"), "link")
        skip.clicked.connect(self.skipped)
        self.skip = skip
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(0)
        column.addStretch(4)
        column.addWidget(self._fan, 0, middle)
        column.addSpacing(4)
        column.addWidget(heading, 0, middle)
        column.addSpacing(10)
        column.addLayout(centred(words))
        column.addSpacing(30)
        column.addLayout(centred(holder, 100))
        column.addSpacing(20)
        column.addWidget(skip, 0, middle)
        column.addStretch(5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        stacked = self.width() < theme.scaled(_STACKED_UNDER)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(down if stacked else across)
        self._cards.setSpacing(12 if stacked else 16)
        for made in self._made:
            made.set_row(stacked)
        least = theme.scaled(_NO_FAN_UNDER)
        self._fan.setVisible(self.height() >= (least + 120 if stacked else least))

    def _make_cards(self) -> list["_Choice"]:
        server = button(tr("Add server…"), "primary")
        server.clicked.connect(self.server_requested)
        guide = button(tr("Open the guide"))
        guide.clicked.connect(self.guide_requested)
        return [
            _Choice(
                "hard-drives",
                tr("Connect a server"),
                tr("Calibre-Web, Grimmory, Komga, Kavita, Stump and others."),
                server,
            ),
            _Choice(
                "folder-open",
                tr("Add books"),
                tr("Choose EPUB files or a folder. You can also drop them on this window."),
                self._choose(),
            ),
            _Choice(
                "book-open",
                tr("Just look around"),
                tr("Open the guide, a short book about Kios."),
                guide,
            ),
        ]

    def _choose(self) -> QWidget:
        """The button “Choose files…”, with a menu for a folder."""
        files = button(tr("Choose files…"))
        files.setProperty("joined", True)
        files.clicked.connect(self.files_requested)
        menu = QMenu(self)
        menu.addAction(tr("Choose a folder…")).triggered.connect(self.folder_requested)
        arrow = IconButton("caret-down", tr("More ways to add books"), px=14)
        arrow.setProperty("kind", "split")
        arrow.setFixedSize(28, files.height())
        arrow.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        arrow.setMenu(menu)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(files)
        row.addWidget(arrow)
        return both


class _Choice(QWidget):
    """One way to begin: a card, or a row of 96 px in a narrow window."""

    def __init__(self, icon_name: str, title: str, text: str, action: QWidget) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = card()
        outer.addWidget(frame)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, frame)
        self._layout.setContentsMargins(24, 24, 24, 24)
        self._layout.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(label(title, "title"))
        self._text = label(text, "body", "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._text)
        words.addStretch(1)
        self._layout.addWidget(tile(icon_name))
        self._layout.addLayout(words, 1)
        self._action = action
        action.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._layout.addWidget(action)
        self.setAccessibleName(title)
        self.set_row(False)

    def set_row(self, row: bool) -> None:
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._layout.setDirection(across if row else down)
        self._text.setMinimumHeight(0 if row else 3 * self._text.fontMetrics().lineSpacing())
        side = Qt.AlignmentFlag.AlignVCenter if row else Qt.AlignmentFlag.AlignLeft
        self._layout.setAlignment(self._action, side)
        margin = 16 if row else 24
        self._layout.setContentsMargins(margin, margin, margin, margin)


def _box() -> QRect:
    return QRect(-_COVER.width() // 2, -_COVER.height() // 2, _COVER.width(), _COVER.height())
