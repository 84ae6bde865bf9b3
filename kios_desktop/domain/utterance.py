"""What is read aloud of a book: stretches of text for a voice, or clips of the book's recording."""

from enum import Enum, auto

from msgspec import Struct


class AloudTrouble(Enum):
    """Why something could not be read aloud."""

    NO_LIBRARY = auto()  # the system lacks what Qt's speech or sound is built on
    NO_ENGINE = auto()  # no program that speaks
    NO_VOICE = auto()  # one that speaks, without voices
    OTHER_LANGUAGE = auto()  # no voice for the book's language: another one reads
    SPEECH_FAILED = auto()
    AUDIO_MISSING = auto()  # the recording's file is not in the book
    AUDIO_UNPLAYABLE = auto()
    CLIP_BEYOND = auto()  # a clip that begins where its recording is over
    TEXT_NOWHERE = auto()  # a clip whose text is not in the book
    OVERLAY_UNREADABLE = auto()
    CHAPTER_UNREADABLE = auto()
    NO_SOUND = auto()  # nothing that the recording can be heard from: it goes on all the same


class AudioClip(Struct, frozen=True):
    """A part of a recording: a file of the book, and seconds in it. `end_s` None is its end."""

    href: str
    begin_s: float = 0.0
    end_s: float | None = None


class Utterance(Struct, frozen=True):
    """What is spoken at once: the text at ordinals [start, end) of a spine item.

    A voice speaks `text`; with a `clip` the book's recording is played instead.
    """

    spine_index: int
    start: int
    end: int
    text: str
    clip: AudioClip | None = None

    def ordinal_at(self, fraction: float) -> int:
        """About which ordinal is heard when so much of it, 0…1, is over."""
        last = max(self.start, self.end - 1)
        return min(last, self.start + int(max(0.0, fraction) * (self.end - self.start)))


class SpokenChapter(Struct, frozen=True):
    """The utterances of a spine item, in order, and what is wrong with others of it.

    `recorded`: the book has a recording, of this chapter or of others.
    """

    utterances: tuple[Utterance, ...] = ()
    recorded: bool = False
    troubles: frozenset[AloudTrouble] = frozenset()
