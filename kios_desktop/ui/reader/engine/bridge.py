"""The object of the web channel, through which the page and the program exchange messages.

Book content is hostile input: a message that does not match `wire.py` is logged and dropped.
"""

import logging
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from kios_desktop.ui.reader.engine.wire import (
    Destination,
    Face,
    Lines,
    Message,
    OpenBook,
    PageStyle,
    Paint,
    Selection,
    SelectionMove,
    ViewerLook,
    ViewerOpening,
    ViewerPlacement,
)

log = logging.getLogger(__name__)

MESSAGE_BYTES = 1 << 20

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_encoder = msgspec.json.Encoder()


class Bridge(QObject):
    """Visible to the isolated world of our script only."""

    command = Signal(str)  # to the page: [name, argument] as JSON
    message = Signal(object)  # from the page: one of `Message`

    @Slot(str)
    def receive(self, text: str) -> None:
        if len(text) > MESSAGE_BYTES:
            log.warning("a message of %d characters from the page was dropped", len(text))
            return
        try:
            message = _decoder.decode(text)
        except msgspec.MsgspecError as e:
            log.warning("a message from the page was dropped: %s", e)
            return
        self.message.emit(message)

    def read_faces(self, faces: Sequence[Face]) -> None:
        """Read font files before a book is opened."""
        self._send("readFaces", faces)

    def open(self, book: OpenBook) -> None:
        self._send("open", book)

    def go_to(self, destination: Destination) -> None:
        self._send("goTo", destination)

    def turn(self, count: int) -> None:
        """Turn `count` pages; negative numbers go back. The page drops no turn.

        A wide table that has the focus is scrolled to its end first.
        """
        self._send("step", count)

    def settle(self) -> None:
        """Ask for `Settled`, which the page sends after it has done all earlier commands."""
        self._send("settle", None)

    def apply_settings(self, style: PageStyle) -> None:
        self._send("applySettings", style)

    def lines(self, lines: Lines) -> None:
        self._send("lines", lines)

    def paint(self, what: Paint) -> None:
        self._send("paint", what)

    def select(self, what: Selection) -> None:
        """Answered with `Selected`."""
        self._send("selecting.select", what)

    def clear_selection(self) -> None:
        """Answered with `Deselected`, if something is selected."""
        self._send("selecting.clear", None)

    def move_selection(self, how: SelectionMove) -> None:
        self._send("selecting.move", how)

    def select_word(self) -> None:
        """Select the word at the caret. Answered with `Selected`, where there is one."""
        self._send("selecting.word", None)

    def set_caret(self, on: bool) -> None:
        """Show a caret on the page, with which text is selected by keys, or end that."""
        self._send("caret.set", on)

    def open_viewer(self, what: ViewerOpening) -> None:
        """Answered with `Viewed` or `ViewFailed`."""
        self._send("viewer.open", what)

    def step_viewer(self, step: int) -> None:
        self._send("viewer.step", step)

    def restyle_viewer(self, look: ViewerLook) -> None:
        """Answered as `open_viewer`, if something is shown."""
        self._send("viewer.restyle", look)

    def place_viewed(self, placement: ViewerPlacement) -> None:
        self._send("viewer.place", placement)

    def copy_viewed(self) -> None:
        """Answered with `ViewCopied`."""
        self._send("viewer.copy", None)

    def close_viewer(self) -> None:
        self._send("viewer.close", None)

    def _send(self, name: str, argument: object) -> None:
        self.command.emit(_encoder.encode([name, argument]).decode())
