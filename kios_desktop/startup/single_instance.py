"""One running Kios per profile: a second start hands its books or its command over, and ends."""

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
from kios_desktop.ui.kit.translation import marked, tr

log = logging.getLogger(__name__)

ANSWER_S = 20.0  # a Kios that starts on a busy machine answers after some seconds
COMMAND_S = 600.0  # the longest wait for a Kios that said it is working, or about to end
SLICE_MS = 250  # of a wait; Ctrl+C works between two
CONNECT_MS = 1000
PAUSE_S = 0.05
MESSAGE_BYTES = 1 << 24  # more than a command line can hold


class HandOverAnswer(Enum):
    """What the running Kios answered to a second start."""

    TAKEN = b"ok\n"  # it opens the books, or runs the command
    LEAVING = b"leaving\n"  # it is about to quit; the second start may take its place
    NONE = b""


class ForwardedCommand(msgspec.Struct, frozen=True):
    """A command of a second start, for the running Kios to run."""

    command: str
    words: list[bytes]  # in the encoding of the file system, for they may not be text
    called_in: str  # a folder, as `path_to_text` writes it


class CommandReply(msgspec.Struct, frozen=True):
    """The outcome of a command: its exit status and what it prints."""

    status: int
    text: str = ""


class StartPatience:
    """How long a second start waits; each LEAVING starts the wait anew, up to a limit."""

    def __init__(self, within_s: float, longest_s: float = COMMAND_S) -> None:
        self._within_s = within_s
        self._end = time.monotonic() + max(within_s, longest_s)
        self.until = time.monotonic() + within_s
        self.answer = HandOverAnswer.NONE

    def ends(self, said: bytes) -> bool:
        """Whether the wait is over after this answer; `answer` is then the last one."""
        now = time.monotonic()
        if said == HandOverAnswer.LEAVING.value:
            self.answer = HandOverAnswer.LEAVING
            self.until = min(now + self._within_s, self._end)
        return now >= self.until


_REFUSED = {
    HandOverAnswer.NONE: marked("Kios is running and does not answer. Close it, then try again."),
    HandOverAnswer.LEAVING: marked(
        "Kios is still busy with your library. Try again when it has ended."
    ),
}


class SingleInstance(QObject):
    """The lock of a profile, and the socket on which second starts send their requests.

    Requests before `accept_requests` are queued; after `refuse_requests` they are told to wait.
    """

    books_requested = Signal(list)  # list[Path]; an empty one only raises the window
    refused = Signal()  # a second start was told to wait
    # ForwardedCommand, Callable[[CommandReply], None], which is to be called once
    command = Signal(object, object)

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
        self._refuses = False

    def take(self, wait_ms: int = 0) -> bool:
        """Take the lock; False when another Kios has it.

        Raises OSError when the disk is full or refuses the lock.
        """
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
        """Take the lock, or have the running Kios open the books; whichever is possible first.

        None: this Kios has the lock. TAKEN: the other one opens the books. NONE: it did not answer
        for `within_s`. LEAVING: it kept saying so up to the limit. Raises OSError like `take`.
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
            time.sleep(PAUSE_S)  # it is about to quit, just quit, or does not listen yet
        return None

    def take_or_send(
        self, command: ForwardedCommand, within_s: float = ANSWER_S
    ) -> CommandReply | None:
        """Take the lock, or have the running Kios run a command.

        None: this Kios has the lock. A reply with a status other than 0 when nobody answered.
        Raises OSError like `take`.
        """
        patience = StartPatience(within_s)
        while not self.take():
            socket = self._asked(msgspec.json.encode(command), patience.until)
            said = _line(socket, patience.until)
            if said == HandOverAnswer.TAKEN.value:
                return _reply_from(socket)
            socket.abort()
            if patience.ends(said):
                return CommandReply(1, tr(_REFUSED[patience.answer]) + "\n")
            time.sleep(PAUSE_S)
        return None

    def accept_requests(self) -> None:
        """Emit the signals from now on, first for the requests that came before."""
        early, self._early = self._early or [], None
        for do in early:
            do()

    def refuse_requests(self) -> None:
        """Open nothing any more: a second start waits, and takes the lock."""
        self._refuses = True

    def release(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _asked(self, message: bytes, until: float) -> QLocalSocket:
        """A connection on which `message` was sent; closed when nobody listens.

        The request is sent once and waited for, because a repeated one might be carried out twice.
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
        if self._refuses:
            _say(socket, HandOverAnswer.LEAVING.value)
            self.refused.emit()
        elif isinstance(asked, ForwardedCommand):
            _say(socket, HandOverAnswer.TAKEN.value)
            self._do(lambda: self.command.emit(asked, lambda reply: _reply(socket, reply)))
        else:
            _say(socket, HandOverAnswer.TAKEN.value)
            self._do(lambda: self.books_requested.emit([text_to_path(book) for book in asked]))

    def _do(self, what: Callable[[], None]) -> None:
        if self._early is not None:
            self._early.append(what)
        else:
            what()


def _goes_on(socket: QLocalSocket, until: float) -> bool:
    connected = socket.state() is QLocalSocket.LocalSocketState.ConnectedState
    return connected and time.monotonic() < until


def _line(socket: QLocalSocket, until: float) -> bytes:
    """One line of the answer; empty when nobody listens or the other side hangs up."""
    while not socket.canReadLine() and _goes_on(socket, until):
        socket.waitForReadyRead(SLICE_MS)
    return bytes(socket.readLine().data()) if socket.canReadLine() else b""


def _reply_from(socket: QLocalSocket) -> CommandReply:
    said = _line(socket, time.monotonic() + COMMAND_S)
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(said, type=CommandReply)
    if socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
        return CommandReply(
            1, tr("Kios is still at it. Look into its window for how far it is.") + "\n"
        )
    return CommandReply(
        1, tr("Kios ended before it was done. Start it and look what is there.") + "\n"
    )


def _say(socket: QLocalSocket, line: bytes) -> None:
    socket.write(line)
    socket.flush()


def _reply(socket: QLocalSocket, reply: CommandReply) -> None:
    with contextlib.suppress(RuntimeError):  # the second start ended, and the socket with it
        _say(socket, msgspec.json.encode(reply) + b"\n")


def _absolute(book: Path) -> Path:
    """The absolute path; the path as it is when the working folder is gone."""
    try:
        return book.absolute()
    except OSError:
        return book


def _nameable(lock: Path, name: str) -> Path:
    """A path for the lock that Qt can use: it takes no names that are not text."""
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
