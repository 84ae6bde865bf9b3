"""One running Kios per profile: a second start hands its books to the first and raises it."""

import contextlib
import hashlib
import logging
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

ANSWER_MS = 3000
MESSAGE_BYTES = 1 << 20


class Answer(Enum):
    """What the running Kios said to a second start."""

    TAKEN = b"ok\n"  # it opens the books
    LEAVING = b"leaving\n"  # it is about to end; who waits a little can take its place
    NONE = b""


class SingleInstance(QObject):
    """`asked` carries the books a second start wants opened; an empty list only raises us.

    What is asked before `attend` waits for it; after `leave` a second start is told to wait.
    """

    asked = Signal(list)

    def __init__(self, lock: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A stale lock, left by a kill or a power cut, names a process that is gone: Qt sees that.
        self._lock = QLockFile(str(lock))
        self._lock.setStaleLockTime(0)
        self._name = "kios-" + hashlib.sha256(str(lock).encode()).hexdigest()[:24]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._early: list[list[Path]] | None = []
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

    def attend(self) -> None:
        """From now on books can be opened; those asked for meanwhile come first."""
        early, self._early = self._early or [], None
        for books in early:
            self.asked.emit(books)

    def leave(self) -> None:
        """Nothing is opened any more: a second start is to take our place."""
        self._leaving = True

    def hand_over(self, books: Sequence[Path]) -> Answer:
        """Ask the running Kios to open books."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(ANSWER_MS):
            return Answer.NONE
        socket.write(msgspec.json.encode([str(book.absolute()) for book in books]) + b"\n")
        answered = socket.waitForBytesWritten(ANSWER_MS) and socket.waitForReadyRead(ANSWER_MS)
        said = socket.readAll().data() if answered else b""
        socket.disconnectFromServer()
        return next((answer for answer in Answer if answer.value == said), Answer.NONE)

    def release(self) -> None:
        self._server.close()
        self._lock.unlock()

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._read(socket))
        socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MESSAGE_BYTES:
                socket.abort()
            return
        try:
            books = msgspec.json.decode(socket.readLine().data(), type=list[str])
        except msgspec.MsgspecError:
            socket.abort()
            return
        socket.write((Answer.LEAVING if self._leaving else Answer.TAKEN).value)
        socket.flush()
        paths = [Path(book) for book in books]
        if self._leaving:
            return
        if self._early is not None:
            self._early.append(paths)
        else:
            self.asked.emit(paths)


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
