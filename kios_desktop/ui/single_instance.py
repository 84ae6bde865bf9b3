"""One running Kios per profile: a second start hands its books to the first and raises it."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

ANSWER_MS = 3000
MESSAGE_BYTES = 1 << 20


class SingleInstance(QObject):
    """`asked` carries the books a second start wants opened; an empty list only raises us."""

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

    def take(self) -> bool:
        """Become the one; False when another Kios already is."""
        if not self._lock.tryLock(0):
            return False
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)  # a socket left behind by a kill
            if not self._server.listen(self._name):
                log.warning("a second start can't reach this one: %s", self._server.errorString())
        return True

    def hand_over(self, books: Sequence[Path]) -> bool:
        """Ask the running Kios to open books; False when it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(ANSWER_MS):
            return False
        socket.write(msgspec.json.encode([str(book.absolute()) for book in books]) + b"\n")
        sent = socket.waitForBytesWritten(ANSWER_MS)
        answered = sent and socket.waitForReadyRead(ANSWER_MS)
        socket.disconnectFromServer()
        return answered

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
        socket.write(b"ok\n")
        socket.flush()
        self.asked.emit([Path(book) for book in books])
