"""Footnotes in popovers beside their references."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QFont, QImage, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.epub.notes import Note
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.wire import Box, LinkActivated
from kios_desktop.ui.reader.screen import ShownNote
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.fitted_text import FittedText
from kios_desktop.ui.widgets.label import label

WIDTH: Final = 360  # px
_MOST: Final = 0.4  # of the height of the window
_SIDE: Final = 16  # px
_TEXT_PX: Final = 16
_PICTURE: Final = QSize(WIDTH - 2 * _SIDE - 8, 240)


class FootnotePopovers(QObject):
    """Shows one note at a time; a note that is opened from it takes its place."""

    link = Signal(object)  # LinkActivated, in a note

    def __init__(self, overlays: OverlayHost, view: QWidget) -> None:
        super().__init__(view)
        self._overlays, self._view = overlays, view

    def show(self, shown: ShownNote, box: Box, go_there: Callable[[], None]) -> None:
        content = FootnotePopover(shown, round(_MOST * self._view.height()))
        content.close_wanted.connect(self._close)
        content.gone_there.connect(self._close)
        content.gone_there.connect(go_there)
        content.link.connect(lambda href: self._followed(shown, box, href))
        left, top, width, height = (round(one) for one in box)
        anchor = QRect(left, top, width, height).translated(self._view.geometry().topLeft())
        self._overlays.popover_at(content, anchor, width=WIDTH)

    def _close(self) -> None:
        self._overlays.close(OverlayKind.POPOVER)

    def _followed(self, shown: ShownNote, box: Box, href: str) -> None:
        self._close()
        text = shown.note.text_of_link(href)
        self.link.emit(LinkActivated(href, shown.note.spine_index, text, box=box))


class FootnotePopover(QWidget):
    """The text of a note, as the book has it, in the face of the pages."""

    link = Signal(str)  # href, as written in the note
    gone_there = Signal()
    close_wanted = Signal()

    def __init__(self, shown: ShownNote, most: int) -> None:
        """`most` is the height that its text may take, px."""
        super().__init__()
        mark = shown.note.mark
        title = tr("Note {mark}", mark=mark) if mark else tr("Note")
        self.setAccessibleName(title)
        self.text = _text_of(shown, most)
        self.text.setAccessibleName(title)
        self.text.anchorClicked.connect(lambda url: self.link.emit(_written(shown.note, url)))
        close = IconButton("x", tr("Close"), px=14, side=24)
        close.clicked.connect(self.close_wanted)
        go = button(tr("Go to notes"), "link", height="controlSmall")
        go.clicked.connect(self.gone_there)
        head = QHBoxLayout()
        head.addWidget(label(title, "smallStrong", "muted"))
        head.addStretch(1)
        head.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(_SIDE, 10, 10, 8)
        box.setSpacing(2)
        box.addLayout(head)
        box.addWidget(self.text)
        box.addWidget(go, alignment=Qt.AlignmentFlag.AlignLeading)


def _text_of(shown: ShownNote, most: int) -> FittedText:
    face = QFont(theme.reading_serif())
    face.setPixelSize(_TEXT_PX)
    accent = theme.current().hex("accent")
    style = f"a {{ color: {accent}; text-decoration: none; }} p {{ margin: 0 0 6px 0; }}"
    text = FittedText(face, style, most)
    for source, data in shown.pictures.items():
        picture = _fitted(data)
        if picture is not None:
            kind = QTextDocument.ResourceType.ImageResource
            text.document().addResource(kind.value, QUrl(source), picture)
    text.show_markup(shown.note.markup, WIDTH - 2 * _SIDE)
    return text


def _written(note: Note, url: QUrl) -> str:
    """A link as the note has it: Qt would give its escapes in another way."""
    return next((one for one in note.links if QUrl(one) == url), url.toString())


def _fitted(data: bytes) -> QImage | None:
    """A picture that fits into a note; None for one that can’t be shown."""
    image = QImage.fromData(data)
    if image.isNull():
        return None
    if image.width() <= _PICTURE.width() and image.height() <= _PICTURE.height():
        return image
    return image.scaled(
        _PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
