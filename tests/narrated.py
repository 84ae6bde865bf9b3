"""Small books with a recording: tones instead of a voice, and an overlay for each chapter."""

import io
import math
import struct
import wave
from pathlib import Path

from tests.books import BookDraft

RATE = 8000  # samples a second
CLIP_S = 0.4
SENTENCES = ("Fog came in.", "It was late.", "The ship lay still.", "Nobody spoke.")


def tone(seconds: float, hertz: float = 440.0) -> bytes:
    """A WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        turns = 2 * math.pi * hertz / RATE
        samples = (int(4000 * math.sin(n * turns)) for n in range(round(seconds * RATE)))
        out.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return file.getvalue()


def overlay(pairs: str) -> bytes:
    return (
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' version="3.0"><body>{pairs}</body></smil>'
    ).encode()


def pair(chapter: int, fragment: str, begin_s: float, end_s: float, audio: str = "tone.wav") -> str:
    return (
        f'<par><text src="chapter{chapter:04}.xhtml#{fragment}"/>'
        f'<audio src="audio/{audio}" clipBegin="{begin_s:.3f}s" clipEnd="{end_s:.3f}s"/></par>'
    )


def narrated_book(
    path: Path,
    *,
    chapters: int = 1,
    overlays: int | None = None,
    smil: bytes | None = None,
    audio: bytes | None = None,
    filling: str = "",
) -> Path:
    """Chapters of a heading and four sentences, each with a clip of `CLIP_S`.

    Only the first `overlays` chapters have a recording. `smil` and `audio` replace the overlay of
    the first one and the recording; `filling` stands behind each sentence.
    """
    numbers = range(1, chapters + 1)
    narrated = numbers[: chapters if overlays is None else overlays]
    spans = "".join(
        f'<p><span id="s{n}">{words}</span></p>{filling}' for n, words in enumerate(SENTENCES, 2)
    )
    clips = len(SENTENCES) + 1
    files: dict[str, bytes | str | None] = {
        "EPUB/audio/tone.wav": tone(clips * CLIP_S) if audio is None else audio
    }
    items = '<item id="tone" href="audio/tone.wav" media-type="audio/wav"/>'
    for number in narrated:
        pairs = "".join(
            pair(number, f"s{n}", (n - 1) * CLIP_S, n * CLIP_S) for n in range(1, clips + 1)
        )
        made = smil if number == 1 and smil is not None else overlay(pairs)
        files[f"EPUB/chapter{number}.smil"] = made
        items += (
            f'<item id="mo{number}" href="chapter{number}.smil" media-type="application/smil+xml"/>'
        )
    draft = BookDraft(
        title="A narrated book",
        chapters=[f'<h1 id="s1">One</h1>{spans}' for _ in numbers],
        manifest=items,
        files=files,
    )
    package = draft.entries()["EPUB/package.opf"].decode()
    for number in narrated:
        package = package.replace(f'id="c{number}"', f'id="c{number}" media-overlay="mo{number}"')
    draft.files = {**files, "EPUB/package.opf": package}
    return draft.write(path)
