"""One running Kios per profile: a second start hands over what it was asked, and ends."""

import contextlib
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from kios_desktop.domain.path_text import path_to_text, text_to_path

log = logging.getLogger(__name__)

ANSWER_S = 20.0  # a Kios that is starting on a busy machine takes some seconds to look
COMMAND_S = 600.0  # what may be waited for when it has said that it is at it, or about to end
SLICE_MS = 250  # of waiting; Ctrl+C is heard between two
CONNECT_MS = 1000
PAUSE_S = 0.05
MESSAGE_BYTES = 1 << 24  # more than a command line can hold


class HandOverAnswer(Enum):
    """What the running Kios said to a second start."""

    TAKEN = b"ok\n"  # it opens the books, or is at the command
    LEAVING = b"leaving\n"  # it is about to end; who waits a little can take its place
    NONE = b""


class ForwardedCommand(msgspec.Struct, frozen=True):
    """A command that a second start was given, for the running Kios to carry out."""

    command: str
    words: list[bytes]  # as the system encodes them: they need not be text
    called_in: str  # a folder, as `path_to_text` writes it


class CommandReply(msgspec.Struct, frozen=True):
    """What became of a command: the exit status, and what the command prints."""

    status: int
    text: str = ""


class StartPatience:
    """How long a second start waits: each answer that says “soon” counts anew, to a limit."""

    def __init__(self, within_s: float, longest_s: float = COMMAND_S) -> None:
        self._within_s = within_s
        self._end = time.monotonic() + max(within_s, longest_s)
        self.until = time.monotonic() + within_s
        self.answer = HandOverAnswer.NONE

    def ends(self, said: bytes) -> bool:
        """Whether it is over, after this answer; then `answer` is the last that there was."""
        now = time.monotonic()
        if said == HandOverAnswer.LEAVING.value:
            self.answer = HandOverAnswer.LEAVING
            self.until = min(now + self._within_s, self._end)
        return now >= self.until


_REFUSED = {
    HandOverAnswer.NONE: "Kios is running and does not answer. Close it, then try again.\n",
    HandOverAnswer.LEAVING: "Kios is still busy with your library. Try again when it has ended.\n",
}


class SingleInstance(QObject):
    """`asked` carries the books a second start wants opened; an empty list only raises us.

    What is asked before `attend` waits for it; after `leave` a second start is told to wait.
    """

    asked = Signal(list)  # list[Path]
    knocked = Signal()  # a second start was told to wait
    command = Signal(
        object, object
    )  # ForwardedCommand, Callable[[CommandReply], None]: to be called once

    def __init__(self, lock: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A stale lock, left by a kill or a power cut, names a process that is gone: Qt sees that.
        self._name = "kios-" + hashlib.sha256(os.fsencode(lock)).hexdigest()[:24]
        self._lock = QLockFile(str(_nameable(lock, self._name)))
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._early: list[Callable[[], None]] | None = []
        self._leaving = False

    def take(self, wait_ms: int = 0) -> bool:
        """Become the one; False when another Kios already is. Raises OSError when the disk is
        full or refuses the lock."""
        if not self._lock.tryLock(wait_ms):
            if self._lock.error() is not QLockFile.LockError.LockFailedError:
                raise OSError(_refusal(Path(self._lock.fileName())))
            return False
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)  # a socket left behind by a kill
            if not self._server.listen(self._name):
                log.warning("a second start can't reach this one: %s", self._server.errorString())
        return True

    def take_or_hand_over(
        self, books: Sequence[Path], within_s: float = ANSWER_S
    ) -> HandOverAnswer | None:
        """Become the one, or have the one open the books; whichever can be done first.

        None when this Kios is the one now; TAKEN when the other has the books; NONE when it
        holds on to its place and has not answered for `within_s`; LEAVING when it goes on saying
        so for very long. Raises OSError like `take`.
        """
        message = msgspec.json.encode([path_to_text(_absolute(book)) for book in books])
        patience = StartPatience(within_s)
        while not self.take():
            until = patience.until
            socket = self._asked(message, until)
            said = _line(socket, until)
            socket.abort()
            if said == HandOverAnswer.TAKEN.value:
                return HandOverAnswer.TAKEN
            if patience.ends(said):
                return patience.answer
            time.sleep(PAUSE_S)  # it is about to end, ended just now, or does not listen yet
        return None

    def take_or_send(
        self, command: ForwardedCommand, within_s: float = ANSWER_S
    ) -> CommandReply | None:
        """Become the one, or have the one carry out a command.

        None when this Kios is the one now. A reply without success when nobody answered. Raises
        OSError like `take`.
        """
        patience = StartPatience(within_s)
        while not self.take():
            socket = self._asked(msgspec.json.encode(command), patience.until)
            said = _line(socket, patience.until)
            if said == HandOverAnswer.TAKEN.value:
                return _reply_from(socket)
            socket.abort()
            if patience.ends(said):
                return CommandReply(1, _REFUSED[patience.answer])
            time.sleep(PAUSE_S)
        return None

    def attend(self) -> None:
        """From now on what is asked is done; what was asked meanwhile comes first."""
        early, self._early = self._early or [], None
        for do in early:
            do()

    def leave(self) -> None:
        """Nothing is opened any more: a second start is to take our place."""
        self._leaving = True

    def release(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _asked(self, message: bytes, until: float) -> QLocalSocket:
        """A connection on which one line was sent; one that nobody listens to is closed.

        Asked once and waited for: who asks again is not sure to be asked only once.
        """
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(CONNECT_MS):
            socket.write(message + b"\n")
            while socket.bytesToWrite() and _goes_on(socket, until):
                socket.waitForBytesWritten(SLICE_MS)
        return socket

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MESSAGE_BYTES:
                socket.abort()
            return
        try:
            asked = msgspec.json.decode(socket.readLine().data(), type=list[str] | ForwardedCommand)
        except msgspec.MsgspecError:
            socket.abort()
            return
        if self._leaving:
            _say(socket, HandOverAnswer.LEAVING.value)
            self.knocked.emit()
        elif isinstance(asked, ForwardedCommand):
            _say(socket, HandOverAnswer.TAKEN.value)
            self._do(lambda: self.command.emit(asked, lambda reply: _reply(socket, reply)))
        else:
            _say(socket, HandOverAnswer.TAKEN.value)
            self._do(lambda: self.asked.emit([text_to_path(book) for book in asked]))

    def _do(self, what: Callable[[], None]) -> None:
        if self._early is not None:
            self._early.append(what)
        else:
            what()


def _goes_on(socket: QLocalSocket, until: float) -> bool:
    connected = socket.state() is QLocalSocket.LocalSocketState.ConnectedState
    return connected and time.monotonic() < until


def _line(socket: QLocalSocket, until: float) -> bytes:
    """One line of the answer; empty when nobody listens, or hangs up."""
    while not socket.canReadLine() and _goes_on(socket, until):
        socket.waitForReadyRead(SLICE_MS)
    return bytes(socket.readLine().data()) if socket.canReadLine() else b""


def _reply_from(socket: QLocalSocket) -> CommandReply:
    said = _line(socket, time.monotonic() + COMMAND_S)
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(said, type=CommandReply)
    if socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
        return CommandReply(1, "Kios is still at it. Look into its window for how far it is.\n")
    return CommandReply(1, "Kios ended before it was done. Start it and look what is there.\n")


def _say(socket: QLocalSocket, line: bytes) -> None:
    socket.write(line)
    socket.flush()


def _reply(socket: QLocalSocket, reply: CommandReply) -> None:
    with contextlib.suppress(RuntimeError):  # who asked has gone, and the socket with it
        _say(socket, msgspec.json.encode(reply) + b"\n")


def _absolute(book: Path) -> Path:
    """In a folder that is gone there is no other way to name a file."""
    try:
        return book.absolute()
    except OSError:
        return book


def _nameable(lock: Path, name: str) -> Path:
    """Where Qt can put the lock: it knows no names that are not text."""
    try:
        str(lock).encode()
    except UnicodeEncodeError:
        return Path(tempfile.gettempdir()) / f"{name}.lock"
    return lock


def _refusal(lock: Path) -> str:
    """Why nothing can be written beside the lock, in the system's words."""
    probe = lock.with_name(lock.name + ".probe")
    try:
        probe.write_bytes(b"kios")
    except OSError as e:
        return e.strerror or str(e)
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    return "the lock can't be written"
