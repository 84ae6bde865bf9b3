"""Paints the action row of an entry, and says which rectangles of it can be clicked."""

import time
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap

from kios_desktop.ui.catalog.action_row import ActionRow, ActionStyle, EntryAction
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import line_flags, mirror
from kios_desktop.ui.widgets.progress_bar import paint_progress

HEIGHT: Final = 28
_ICON: Final = 16
_PAD: Final = 10
_CANCEL: Final = 24
_MAX_CACHED: Final = 64  # painted rows that are cached
_CYCLE_S: Final = (
    2.5  # seconds for one pass of the moving segment, shown while the length is unknown
)


@dataclass(frozen=True, slots=True)
class Part:
    """A clickable part of an action row."""

    action: EntryAction
    box: QRect


class ActionPainter:
    """Fonts, measures and cached pixmaps of action rows. A change of font needs a new instance."""

    def __init__(self) -> None:
        self._control, self._strong = theme.font("control"), theme.font("bodyStrong")
        self._small = theme.font("small", tabular=True)
        self._small_strong = theme.font("smallStrong")
        self._cache: dict[tuple[ActionRow, int, EntryAction, bool, str, float], QPixmap] = {}
        self.height = max(HEIGHT, QFontMetrics(self._control).height() + 8)

    def parts(self, row: ActionRow, box: QRect, mirrored: bool) -> list[Part]:
        """The clickable parts of a row painted into `box`."""
        found: list[Part] = []
        if (
            row.style in {ActionStyle.BUTTON, ActionStyle.LINK}
            and row.action is not EntryAction.NONE
        ):
            width = min(box.width(), self._first_width(row))
            found.append(Part(row.action, QRect(box.topLeft(), QSize(width, box.height()))))
        if row.second_action is not EntryAction.NONE:
            width = _CANCEL if row.style is ActionStyle.BAR else self._advance(row.second_text) + 11
            width = min(width, box.width() // 2)
            corner = QPoint(box.right() + 1 - width, box.top())
            found.append(Part(row.second_action, QRect(corner, QSize(width, box.height()))))
        return [Part(part.action, mirror(part.box, box, mirrored)) for part in found]

    def paint(
        self, painter: QPainter, row: ActionRow, box: QRect, hovered: EntryAction, mirrored: bool
    ) -> None:
        """Paint a row; `hovered` is the action under the pointer, NONE for none.

        Most rows of a list look alike, so painted rows are cached, except for progress bars.
        """
        if row.style is ActionStyle.BAR:
            self._paint_bar(painter, row, box, hovered, mirrored)
            return
        ratio = painter.device().devicePixelRatio()
        key = (row, box.width(), hovered, mirrored, theme.painted().name, ratio)
        pixmap = self._cache.get(key)
        if pixmap is None:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            pixmap = self._cache[key] = self._painted(row, box.size(), hovered, mirrored, ratio)
        painter.drawPixmap(box.topLeft(), pixmap)

    def _painted(
        self, row: ActionRow, size: QSize, hovered: EntryAction, mirrored: bool, ratio: float
    ) -> QPixmap:
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_row(painter, row, QRect(QPoint(0, 0), size), hovered, mirrored)
        painter.end()
        return pixmap

    def _paint_row(
        self, painter: QPainter, row: ActionRow, box: QRect, hovered: EntryAction, mirrored: bool
    ) -> None:
        parts = {part.action: part.box for part in self.parts(row, box, mirrored)}
        if row.style is ActionStyle.BUTTON:
            self._paint_button(
                painter, row, parts.get(row.action, box), row.action is hovered, mirrored
            )
            return
        room = QRect(box)
        if row.second_action is not EntryAction.NONE:
            width = parts[row.second_action].width()
            room.adjust(width if mirrored else 0, 0, 0 if mirrored else -width, 0)
            self._paint_line(
                painter,
                parts[row.second_action].adjusted(4, 0, -4, 0),
                row.second_text,
                self._underlined(self._small_strong, row.second_action is hovered),
                "accent",
                mirrored,
            )
        link = row.style is ActionStyle.LINK
        face = self._underlined(self._strong, row.action is hovered) if link else self._small
        self._paint_icon_and_text(painter, room, row, face, mirrored, 0)

    # -- styles

    def _paint_button(
        self, painter: QPainter, row: ActionRow, box: QRect, hovered: bool, mirrored: bool
    ) -> None:
        now = theme.painted()
        painter.setPen(QPen(now.color("borderControl"), 1))
        painter.setBrush(now.color("hover" if hovered else "base"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        room = QRect(box)
        if row.action is EntryAction.CHOOSE:
            side = theme.icon_px("inline")
            x = box.right() + 1 - _PAD - side
            mark = QRect(x, box.center().y() - side // 2, side, side)
            icon("caret-down", "textMuted").paint(painter, mirror(mark, box, mirrored))
            shift = side + 4
            room.adjust(shift if mirrored else 0, 0, 0 if mirrored else -shift, 0)
        self._paint_icon_and_text(painter, room, row, self._control, mirrored, _PAD)

    def _paint_bar(
        self, painter: QPainter, row: ActionRow, box: QRect, hovered: EntryAction, mirrored: bool
    ) -> None:
        now = theme.painted()
        words = QFontMetrics(self._small).horizontalAdvance(row.text)
        width = max(16, box.width() - words - _CANCEL - 12)
        track = QRect(box.x(), box.center().y() - 1, width, 4)
        bar = QRectF(mirror(track, box, mirrored))
        if row.fraction is not None:
            paint_progress(painter, bar, row.fraction, mirrored)
        elif theme.motion_reduced():
            painter.fillRect(bar, now.color("accentSoft"))
        else:
            paint_progress(painter, bar, 0, mirrored)
            part = bar.width() * 0.3
            phase = time.monotonic() % _CYCLE_S / _CYCLE_S
            left = bar.x() + (bar.width() + part) * phase - part
            painter.setBrush(now.color("accent"))
            segment = QRectF(left, bar.y(), part, bar.height()).intersected(bar)
            painter.drawRoundedRect(segment, 2, 2)
        text = QRect(box.x() + width + 8, box.y(), words + 2, box.height())
        mirrored_text = mirror(text, box, mirrored)
        self._paint_line(painter, mirrored_text, row.text, self._small, row.tone, mirrored)
        cancel = next(
            p.box for p in self.parts(row, box, mirrored) if p.action is EntryAction.CANCEL
        )
        if hovered is EntryAction.CANCEL:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.color("hover"))
            painter.drawRoundedRect(_square(cancel, _CANCEL), 6, 6)
        icon("x").paint(painter, _square(cancel, theme.icon_px("inline")))

    def _paint_icon_and_text(
        self, painter: QPainter, room: QRect, row: ActionRow, face: QFont, mirrored: bool, pad: int
    ) -> None:
        """Paint the icon, then the text in the same tone."""
        start = room.x() + pad
        if row.icon:
            mark = QRect(start, room.center().y() - _ICON // 2, _ICON, _ICON)
            icon(row.icon, row.tone).paint(painter, mirror(mark, room, mirrored))
            start += _ICON + 6
        text_box = QRect(start, room.y(), room.right() + 1 - start - pad, room.height())
        self._paint_line(
            painter, mirror(text_box, room, mirrored), row.text, face, row.tone, mirrored
        )

    def _paint_line(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        face: QFont,
        token: str,
        mirrored: bool,
    ) -> None:
        painter.setPen(theme.painted().color(token))
        painter.setFont(face)
        shown = theme.elided(text, face, box.width())
        painter.drawText(box, line_flags(mirrored), shown)

    # -- measures

    def _first_width(self, row: ActionRow) -> int:
        face = self._control if row.style is ActionStyle.BUTTON else self._strong
        width = QFontMetrics(face).horizontalAdvance(row.text) + 2
        if row.icon:
            width += _ICON + 6
        if row.style is ActionStyle.BUTTON:
            width += 2 * _PAD
        if row.action is EntryAction.CHOOSE:
            width += theme.icon_px("inline") + 4
        return width

    def _advance(self, text: str) -> int:
        return QFontMetrics(self._small_strong).horizontalAdvance(text)

    def _underlined(self, face: QFont, underlined: bool) -> QFont:
        if not underlined:
            return face
        result = QFont(face)
        result.setUnderline(True)
        return result


def _square(box: QRect, side: int) -> QRect:
    result = QRect(0, 0, side, side)
    result.moveCenter(box.center())
    return result
