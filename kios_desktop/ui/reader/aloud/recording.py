"""Plays clips of a book's recording, by QtMultimedia.

Its libraries are loaded when there is something to play. A file of the book is copied to a folder
for the time that it is played. All orders to Qt's player are queued: its calls wait for threads
that call Python, so that one made from here, with Python's lock, may never come back.
"""

import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.utterance import AloudTrouble, AudioClip, Utterance
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.aloud.ports import Heard, Silent

log = logging.getLogger(__name__)

_NEAR_S: Final = 0.15  # a clip that begins so near to where the recording is goes on without a gap
_TICK_MS: Final = 20
_LEAST_S: Final = 0.02
_PATIENCE_S: Final = 15.0  # until what does not move has failed


class _Orders(QObject):
    """What the player is told, when the event loop comes to it."""

    load = Signal(QUrl)
    play = Signal()
    pause = Signal()
    stop = Signal()
    seek = Signal("qlonglong")  # type: ignore[arg-type]  # ms; int would be too short
    rate = Signal(float)


class RecordingPlayer(QObject):
    """Implements `ports.Speaker`. `read` gives the bytes of a file of the book, by its href.

    Raises Silent where the system lacks what sound is built on.
    """

    def __init__(self, read: Callable[[str], Awaitable[bytes]], tasks: Tasks, heard: Heard) -> None:
        super().__init__()
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer
        except ImportError as e:
            log.warning("the library for sound can't be loaded: %s", e)
            raise Silent(AloudTrouble.NO_LIBRARY) from e
        self._read, self._tasks, self._heard = read, tasks, heard
        self._player = QMediaPlayer(self)
        self._player.setAudioOutput(QAudioOutput(self))
        self._orders = orders = _Orders(self)
        for order, slot in (
            (orders.load, self._player.setSource),
            (orders.play, self._player.play),
            (orders.pause, self._player.pause),
            (orders.stop, self._player.stop),
            (orders.seek, self._player.setPosition),
            (orders.rate, self._player.setPlaybackRate),
        ):
            order.connect(slot, Qt.ConnectionType.QueuedConnection)
        self._status = QMediaPlayer.MediaStatus
        self._player.mediaStatusChanged.connect(self._status_changed)
        self._player.errorOccurred.connect(self._error)
        self._tick = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._look)
        self._folder: Path | None = None  # that of the copy
        self._file: Path | None = None
        self._href = ""  # of the file in the player, or on its way there
        self._url = QUrl()  # of its copy, once that is made
        self._is_loaded = False
        self._turn = 0
        self._clip: AudioClip | None = None  # is played, or to be played
        self._is_held = self._is_between = False
        self._is_heard = False  # the clip
        self._seen_s: float | None = None  # where the recording was at the last look
        self._moved_at = 0.0  # by the clock of `time.monotonic`
        self._rate = 1.0

    # -- Speaker

    def can_be_heard(self) -> bool:
        from PySide6.QtMultimedia import QMediaDevices

        return not QMediaDevices.defaultAudioOutput().isNull()

    def speak(self, turn: int, utterance: Utterance) -> None:
        clip = utterance.clip
        if clip is None:
            raise ValueError("an utterance without a clip is for a voice")
        self._turn, self._clip, self._is_held, self._is_heard = turn, clip, False, False
        if clip.href != self._href:
            self._load(clip.href)
        elif self._is_loaded:
            self._start(clip)

    def hold(self) -> None:
        self._is_held = True
        self._tick.stop()
        self._orders.pause.emit()

    def go_on(self) -> None:
        self._is_held = False
        if self._clip is not None and self._is_loaded:
            self._begin_playing()

    def hush(self) -> None:
        self._clip, self._is_held = None, False
        self._tick.stop()
        self._orders.pause.emit()

    def set_rate(self, rate: float) -> None:
        self._rate = rate
        self._orders.rate.emit(rate)

    def end(self) -> None:
        self.hush()
        self._tasks.cancel(self._task)
        self._orders.stop.emit()
        self.deleteLater()
        if self._folder is not None:  # on Windows what is open stays, for the system to clear
            shutil.rmtree(self._folder, ignore_errors=True)

    # -- the file

    @property
    def _task(self) -> str:
        return f"recording-{id(self)}"

    def _load(self, href: str) -> None:
        self._tick.stop()
        self._orders.stop.emit()
        self._href, self._url, self._is_loaded = href, QUrl(), False
        self._tasks.replace(self._task, self._fetch(href))

    async def _fetch(self, href: str) -> None:
        try:
            data = await self._read(href)
        except PublicationError as e:
            log.warning("a recording can't be read: %s", e)
            self._fail(AloudTrouble.AUDIO_MISSING)
            return
        try:
            self._file = await asyncio.to_thread(self._copied, data, self._file)
        except OSError as e:
            log.warning("a recording can't be copied: %s", e)
            self._fail(AloudTrouble.AUDIO_UNPLAYABLE)
            return
        self._url = QUrl.fromLocalFile(str(self._file))
        self._orders.load.emit(self._url)

    def _copied(self, data: bytes, before: Path | None) -> Path:
        """A file of its own with these bytes, in place of the one before. Raises OSError."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kios-"))
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(data)
        if before is not None:
            with suppress(OSError):  # Windows keeps what is still open
                before.unlink()
        return Path(file.name)

    @property
    def _is_other(self) -> bool:
        """Whether what the player says is about the file before."""
        return self._url.isEmpty() or self._player.source() != self._url

    def _status_changed(self, status: object) -> None:
        if self._is_other:
            return
        if status is self._status.LoadedMedia and not self._is_loaded:
            if self._player.duration() <= 0 or not self._player.hasAudio():
                self._fail(AloudTrouble.AUDIO_UNPLAYABLE)
                return
            self._is_loaded = True
            self._orders.rate.emit(self._rate)
            if self._clip is not None:
                self._start(self._clip)
        elif status is self._status.EndOfMedia:
            self._over()

    def _error(self, _error: object, words: str) -> None:
        if not self._is_other:
            log.warning("a recording can't be played: %s", words)
            self._fail(AloudTrouble.AUDIO_UNPLAYABLE)

    def _fail(self, trouble: AloudTrouble) -> None:
        self._tick.stop()
        self._href, self._url, self._is_loaded = "", QUrl(), False
        clip, self._clip = self._clip, None
        if clip is not None:
            self._heard.failed(self._turn, trouble)

    # -- the clip

    @property
    def _length_s(self) -> float:
        return self._player.duration() / 1000

    @property
    def _position_s(self) -> float:
        return self._player.position() / 1000

    def _start(self, clip: AudioClip) -> None:
        if clip.begin_s >= self._length_s - _LEAST_S:
            self._clip = None
            self._heard.failed(self._turn, AloudTrouble.CLIP_BEYOND)
            return
        if self._is_between and abs(clip.begin_s - self._position_s) < _NEAR_S:
            self._tell_heard()
        else:
            self._orders.seek.emit(round(clip.begin_s * 1000))
        if not self._is_held:
            self._begin_playing()

    def _begin_playing(self) -> None:
        self._seen_s, self._moved_at = None, time.monotonic()
        self._orders.play.emit()
        self._tick.start()  # anew: its next look comes after the orders

    def _tell_heard(self) -> None:
        if not self._is_heard:
            self._is_heard = True
            self._heard.begun(self._turn)

    def _look(self) -> None:
        """See how far it is; it goes on into the next clip if that is what comes next.

        It is heard once it moves, which takes a second with some loudspeakers.
        """
        clip = self._clip
        if clip is None:
            return
        position, before = self._position_s, self._seen_s
        self._seen_s = position
        if position == before:
            if time.monotonic() - self._moved_at > _PATIENCE_S:
                log.warning("a recording does not move")
                self._fail(AloudTrouble.AUDIO_UNPLAYABLE)
            return
        self._moved_at = time.monotonic()
        if before is None:
            return
        self._tell_heard()
        end = self._length_s if clip.end_s is None else min(clip.end_s, self._length_s)
        if position >= end and clip.end_s is not None:
            self._over()
        else:
            length = max(_LEAST_S, end - clip.begin_s)
            self._heard.reached(self._turn, max(0.0, position - clip.begin_s) / length)

    def _over(self) -> None:
        if self._clip is None:
            return
        self._tell_heard()
        self._clip = None
        self._is_between = True
        self._heard.finished(self._turn)
        self._is_between = False
        if self._clip is None:  # nothing comes next in this file
            self._tick.stop()
            self._orders.pause.emit()
