"""Plays clips of a book's recording, by QtMultimedia, from the bytes of its files.

Its libraries are loaded when there is something to play. One file is held at a time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, QTimer, QUrl

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.utterance import AloudTrouble, AudioClip, Utterance
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.aloud.ports import Heard, Silent

log = logging.getLogger(__name__)

_NEAR_S: Final = 0.15  # a clip that begins so near to where the recording is goes on without a gap
_TICK_MS: Final = 20
_LEAST_S: Final = 0.02


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
        self._status = QMediaPlayer.MediaStatus
        self._player.mediaStatusChanged.connect(self._status_changed)
        self._player.errorOccurred.connect(self._error)
        self._tick = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._look)
        self._buffer: QBuffer | None = None
        self._href = ""  # of the file in the player
        self._is_loaded = False
        self._turn = 0
        self._clip: AudioClip | None = None  # is played, or to be played
        self._is_held = False
        self._rate = 1.0

    # -- Speaker

    def speak(self, turn: int, utterance: Utterance) -> None:
        clip = utterance.clip
        if clip is None:
            raise ValueError("an utterance without a clip is for a voice")
        going_on = self._clip is None and self._tick.isActive()  # called from `finished`
        self._turn, self._clip, self._is_held = turn, clip, False
        if clip.href != self._href:
            self._load(clip.href)
        elif self._is_loaded:
            self._start(clip, going_on)

    def hold(self) -> None:
        self._is_held = True
        self._tick.stop()
        self._player.pause()

    def go_on(self) -> None:
        self._is_held = False
        if self._clip is not None and self._is_loaded:
            self._begin_playing()

    def hush(self) -> None:
        self._clip, self._is_held = None, False
        self._tick.stop()
        self._player.pause()

    def set_rate(self, rate: float) -> None:
        self._rate = rate
        self._player.setPlaybackRate(rate)

    def end(self) -> None:
        self.hush()
        self._tasks.cancel(self._task)
        self._player.stop()
        self.deleteLater()

    # -- the file

    @property
    def _task(self) -> str:
        return f"recording-{id(self)}"

    def _load(self, href: str) -> None:
        self._tick.stop()
        self._player.stop()
        self._href, self._is_loaded = href, False
        self._tasks.replace(self._task, self._fetch(href))

    async def _fetch(self, href: str) -> None:
        try:
            data = await self._read(href)
        except PublicationError as e:
            log.warning("a recording can't be read: %s", e)
            self._fail(AloudTrouble.AUDIO_MISSING)
            return
        await asyncio.sleep(0)
        before, buffer = self._buffer, QBuffer(self)
        buffer.setData(data)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._buffer = buffer
        self._player.setSourceDevice(buffer, QUrl(href.rpartition("/")[2]))
        if before is not None:
            before.deleteLater()

    def _status_changed(self, status: object) -> None:
        if status is self._status.LoadedMedia and not self._is_loaded and self._href:
            if self._player.duration() <= 0 or not self._player.hasAudio():
                self._fail(AloudTrouble.AUDIO_UNPLAYABLE)
                return
            self._is_loaded = True
            self._player.setPlaybackRate(self._rate)
            if self._clip is not None:
                self._start(self._clip, going_on=False)
        elif status is self._status.EndOfMedia:
            self._over()

    def _error(self, _error: object, words: str) -> None:
        log.warning("a recording can't be played: %s", words)
        self._fail(AloudTrouble.AUDIO_UNPLAYABLE)

    def _fail(self, trouble: AloudTrouble) -> None:
        self._tick.stop()
        self._href, self._is_loaded = "", False
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

    def _start(self, clip: AudioClip, going_on: bool) -> None:
        if clip.begin_s >= self._length_s - _LEAST_S:
            self._clip = None
            self._heard.failed(self._turn, AloudTrouble.CLIP_BEYOND)
            return
        if not (going_on and abs(clip.begin_s - self._position_s) < _NEAR_S):
            self._player.setPosition(round(clip.begin_s * 1000))
        if not self._is_held:
            self._begin_playing()

    def _begin_playing(self) -> None:
        self._player.play()
        self._tick.start()
        self._heard.begun(self._turn)

    def _look(self) -> None:
        """See how far it is; it goes on into the next clip if that is what comes next."""
        clip = self._clip
        if clip is None:
            return
        position = self._position_s
        end = self._length_s if clip.end_s is None else min(clip.end_s, self._length_s)
        if position >= end and clip.end_s is not None:
            self._over()
        else:
            length = max(_LEAST_S, end - clip.begin_s)
            self._heard.reached(self._turn, max(0.0, position - clip.begin_s) / length)

    def _over(self) -> None:
        if self._clip is None:
            return
        self._clip = None
        self._heard.finished(self._turn)
        if self._clip is None:  # nothing comes next in this file
            self._tick.stop()
            self._player.pause()
