"""The viewer of one reader window: opens, shows, copies and saves what a page has."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QMimeData, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.domain.errors import PublicationError, StorageError
from kios_desktop.domain.preferences import PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import marked, tr
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.wire import (
    MenuWanted,
    ViewCopied,
    Viewed,
    ViewedKind,
    ViewerLook,
    ViewerOpening,
    ViewerPlacement,
    ViewFailed,
)
from kios_desktop.ui.reader.viewer import copying, saving
from kios_desktop.ui.reader.viewer.files import PictureFile, ReadFile
from kios_desktop.ui.reader.viewer.overlay import ViewerOverlay
from kios_desktop.ui.reader.viewer.placement import Placement, placed

_NAMES: Final = {
    "picture": marked("Picture"),
    "drawing": marked("Drawing"),
    "table": marked("Table"),
    "formula": marked("Formula"),
}
_OPEN: Final = {
    "picture": marked("Open picture"),
    "drawing": marked("Open picture"),
    "table": marked("Open table"),
    "formula": marked("Open formula"),
}
_SCRIM: Final = 0.9
_DRAWING_NAME: Final = "drawing.svg"


class BookViewer(QObject):
    """Between the page, which draws what is viewed, and the overlay, which steers it.

    The page below does not move, and keeps its place.
    """

    opened = Signal()
    closed = Signal()
    said = Signal(str)  # a sentence for a toast

    def __init__(
        self,
        page: BookPage,
        view: QWidget,
        read_file: ReadFile,
        tasks: Tasks,
        *,
        rtl: bool,
        add_to_menu: Callable[[QMenu, MenuWanted], None] = lambda _menu, _wanted: None,
    ) -> None:
        """`add_to_menu` adds what else can be done with what is at a point of the page."""
        super().__init__(view)
        self._add_to_menu = add_to_menu
        self._page, self._view, self._read, self._tasks = page, view, read_file, tasks
        self._rtl = rtl
        self.overlay: ViewerOverlay | None = None
        self._is_opening = False  # the page was asked, and has not answered
        self._shown: Viewed | ViewFailed | None = None
        self._on_copied: Callable[[ViewCopied], None] | None = None
        page.bridge.message.connect(self._received)

    @property
    def is_open(self) -> bool:
        return self.overlay is not None

    # -- opening and closing

    def open(self, kind: ViewedKind | Literal["", "page"] = "") -> None:
        """Open what was clicked last, of a kind; or with "page" the first of the shown page."""
        self._is_opening = True
        self._page.bridge.open_viewer(ViewerOpening(kind, self._look()))

    def close(self) -> bool:
        """Also while it opens; False when it does neither. The page has the focus again."""
        overlay, self.overlay = self.overlay, None
        if overlay is None and not self._is_opening:
            return False
        self._is_opening = False
        self._shown = self._on_copied = None
        self._page.bridge.close_viewer()
        if overlay is not None:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            overlay.hide()
            overlay.deleteLater()
            self.closed.emit()
        return True

    def restyle(self) -> None:
        """The look of the page or of the window changed; what is viewed follows."""
        if self.is_open:
            self._page.bridge.restyle_viewer(self._look())

    def _look(self) -> ViewerLook:
        scrim = theme.of(self._view).color("scrim")
        paper = theme.current().page(PageTheme.PAPER)
        night = theme.current().page(PageTheme.DARK)
        red, green, blue = scrim.red(), scrim.green(), scrim.blue()
        return ViewerLook(f"rgba({red}, {green}, {blue}, {_SCRIM})", paper.bg, paper.text, night.bg)

    def _overlay(self) -> ViewerOverlay:
        if self.overlay is None:
            self.overlay = made = ViewerOverlay(self._view, rtl=self._rtl)
            made.moved.connect(self._place)
            made.step.connect(self._step)
            made.copy.connect(self.copy)
            made.save.connect(self.save)
            made.closed.connect(self.close)
            made.show()
            made.raise_()
            made.setFocus(Qt.FocusReason.OtherFocusReason)
            self.opened.emit()
        return self.overlay

    # -- what the page says

    def _received(self, message: object) -> None:
        match message:
            case Viewed() | ViewFailed() if not (self._is_opening or self.is_open):
                pass  # closed before the page had it
            case Viewed():
                self._is_opening = False
                self._show(message)
            case ViewFailed():
                self._is_opening = False
                self._failed(message)
            case ViewCopied():
                self._copied(message)
            case MenuWanted():
                self._show_menu(message)

    def _show(self, viewed: Viewed) -> None:
        overlay = self._describe(viewed, viewed.caption)
        room = overlay.room()
        overlay.show_at(placed(viewed.kind, viewed.width, viewed.height, room, rtl=self._rtl))

    def _failed(self, failed: ViewFailed) -> None:
        if failed.reason == "nothing":
            self.said.emit(tr("There is no picture, table or formula on this page."))
            return
        sentence = _why_not(failed)
        self._describe(failed, sentence).show_at(None)
        announce(self._view, sentence)

    def _describe(self, shown: Viewed | ViewFailed, caption: str) -> ViewerOverlay:
        self._shown = shown
        name = tr(_NAMES[shown.kind])
        if shown.count > 1:
            name = tr(
                "{kind} {number} of {count}", kind=name, number=shown.number, count=shown.count
            )
        title = f"{name}: {shown.label}" if shown.label else name
        overlay = self._overlay()
        saves = bool(shown.href) or shown.kind == "drawing"
        below = "" if caption == shown.label else caption
        overlay.describe(title, below, shown.number, shown.count, saves=saves)
        announce(overlay, f"{title}. {below}" if below else title)
        return overlay

    def _step(self, step: int) -> None:
        # not connected directly: a new slot of the bridge would break its web channel
        self._page.bridge.step_viewer(step)

    def _place(self, placement: Placement) -> None:
        self._page.bridge.place_viewed(ViewerPlacement(placement.x, placement.y, placement.scale))

    # -- the page's menu

    def _show_menu(self, wanted: MenuWanted) -> None:
        if self.is_open:
            return
        menu = self.menu(wanted.kinds, wanted.href)
        self._add_to_menu(menu, wanted)
        if not menu.isEmpty():
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._view.mapToGlobal(QPoint(round(wanted.x), round(wanted.y))))

    def menu(self, kinds: Sequence[ViewedKind], href: str) -> QMenu:
        """What can be done with what is at a point of the page; `href` is the picture's there."""
        menu = QMenu(self._view)
        for kind in dict.fromkeys(kinds):
            menu.addAction(tr(_OPEN[kind])).triggered.connect(
                lambda _=False, kind=kind: self.open(kind)
            )
        if href:
            file = PictureFile(href)
            menu.addSeparator()
            copy, save = menu.addAction(tr("Copy picture")), menu.addAction(tr("Save picture…"))
            copy.triggered.connect(lambda: self._copy_file(file))
            save.triggered.connect(lambda: self._save_file(file))
        return menu

    # -- copying

    def copy(self) -> None:
        shown, overlay = self._shown, self.overlay
        if overlay is None or not isinstance(shown, Viewed):
            return
        if shown.href:
            self._copy_file(PictureFile(shown.href))
        elif shown.kind == "drawing":
            self._put_image(self._as_seen())
        else:
            self._ask_markup(lambda copied: self._put(copying.text_data(copied)))

    def _copy_file(self, file: PictureFile) -> None:
        self._tasks.replace("viewer-copy", self._copy_picture(file))

    async def _copy_picture(self, file: PictureFile) -> None:
        try:
            image = await copying.decoded(await file.read(self._read))
        except PublicationError:
            self.said.emit(tr("The picture can’t be copied: its file can’t be read."))
            return
        if image is None and self.is_open:
            image = self._as_seen()
        if image is None:
            self.said.emit(tr("Open this picture first, then copy it."))
        else:
            self._put_image(image)

    def _as_seen(self) -> QImage:
        """The part of what is viewed that is on the screen, as it is there."""
        overlay = self.overlay
        if overlay is None or overlay.placement is None:
            return QImage()
        at = overlay.placement
        box = QRect(
            round(at.x), round(at.y), round(at.width * at.scale), round(at.height * at.scale)
        )
        room = at.room
        seen = QRect(round(room.left), round(room.top), round(room.width), round(room.height))
        return self._view.grab(box & seen).toImage()

    def _put_image(self, image: QImage) -> None:
        data = QMimeData()
        data.setImageData(image)
        self._put(data)

    def _put(self, data: QMimeData) -> None:
        QGuiApplication.clipboard().setMimeData(data)
        self.said.emit(tr("Copied"))

    def _ask_markup(self, use: Callable[[ViewCopied], None]) -> None:
        self._on_copied = use
        self._page.bridge.copy_viewed()

    def _copied(self, copied: ViewCopied) -> None:
        use, self._on_copied = self._on_copied, None
        if use is not None:
            use(copied)

    # -- saving

    def save(self) -> None:
        shown = self._shown
        if shown is None:
            return
        if shown.href:
            self._save_file(PictureFile(shown.href))
        elif shown.kind == "drawing":
            self._ask_markup(self._save_drawing)

    def _save_file(self, file: PictureFile) -> None:
        self._tasks.replace("viewer-save", self._offer(file))

    async def _offer(self, file: PictureFile) -> None:
        """Ask where to save a picture, once it is known to be one that can be."""
        try:
            content = await file.read(self._read)
        except PublicationError:
            self.said.emit(tr("The picture was not saved: its file can’t be read."))
            return
        self._choose(file.name(content), content)

    def _save_drawing(self, copied: ViewCopied) -> None:
        self._choose(_DRAWING_NAME, copied.markup.encode())

    def _choose(self, name: str, content: bytes) -> None:
        saving.choose_place(
            self._view, name, lambda path: self._tasks.start(self._write(path, content))
        )

    async def _write(self, path: Path, content: bytes) -> None:
        try:
            await saving.save(path, content)
        except StorageError as e:
            self.said.emit(saving.refusal(e))
            return
        self.said.emit(tr("Saved as {name}", name=path.name))


def _why_not(failed: ViewFailed) -> str:
    if failed.reason == "large":
        return tr("This picture is too large to be shown here. Save it to see it.")
    if failed.kind in ("table", "formula"):
        return tr("This can’t be opened. It stays on the page as it is.")
    return tr("This picture can’t be shown. Its file is damaged, or of another kind.")
