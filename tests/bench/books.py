"""Books to measure with, made here: small, as large as War and Peace, in one piece, illustrated."""

import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.books import BookDraft

WORDS = (  # noqa: SIM905 (easier to read)
    "the of and to a in he that was his with it as had at not him for but on her said is all "
    "Pierre Prince you they be were which Natasha from by this she one what when so an would "
    "army Moscow Andrew been their them no who war peace battle general snow horse evening"
).split()


def chapter(seed: int, paragraphs: int, words: int = 90) -> str:
    rng = random.Random(seed)
    lines = "".join(
        f"<p>{' '.join(rng.choice(WORDS) for _ in range(words))}.</p>" for _ in range(paragraphs)
    )
    return f"<h2>Chapter {seed + 1}</h2>{lines}"


def small(folder: Path) -> Path:
    """Twelve chapters, 60 KB each."""
    chapters = [chapter(n, 120) for n in range(12)]
    return BookDraft(title="A small book", chapters=chapters).write(folder / "small.epub")


def war_and_peace(folder: Path) -> Path:
    """390 spine items, 3.2 MB of text."""
    chapters = [chapter(n, 17) for n in range(390)]
    return BookDraft(title="War and Peace", chapters=chapters).write(folder / "war.epub")


def one_chapter(folder: Path) -> Path:
    """3.3 MB of text in one file."""
    draft = BookDraft(title="One long chapter", chapters=[chapter(0, 7900)])
    return draft.write(folder / "long.epub")


def illustrated(folder: Path) -> Path:
    """A hundred chapters, each with two pictures and two tables between its paragraphs.

    More than a bench turns: at the end of a book comes the card, which is no page.
    """
    pictures = [f"EPUB/picture{n}.png" for n in range(8)]
    chapters = []
    for n in range(100):
        parts = chapter(n, 12).split("</p>")
        for place, one in ((3, n % 8), (9, (n + 3) % 8)):
            shown = f'<p><img src="picture{one}.png" alt="A picture"/></p>{_table(n)}'
            parts[place] += f"</p>{shown}<p>"
        chapters.append("</p>".join(parts))
    items = "".join(
        f'<item id="p{n}" href="picture{n}.png" media-type="image/png"/>' for n in range(8)
    )
    draft = BookDraft(title="An illustrated book", chapters=chapters, manifest=items)
    draft.files = {name: picture(n) for n, name in enumerate(pictures)}
    return draft.write(folder / "illustrated.epub")


def _table(seed: int) -> str:
    rng = random.Random(seed)
    cells = "".join(f"<td>{rng.choice(WORDS)} {rng.randrange(1000)}</td>" for _ in range(5))
    return f"<table>{f'<tr>{cells}</tr>' * 8}</table>"


def picture(seed: int, width: int = 1200, height: int = 800) -> bytes:
    """A coloured PNG, as grainy as a photograph."""
    grain = random.Random(seed).randbytes(3 * width)
    shades = [bytes((value // 3 + y) & 0xFF for value in range(256)) for y in range(256)]
    rows = b"".join(b"\0" + grain.translate(shades[y // 5 & 0xFF]) for y in range(height))
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def thousand(folder: Path) -> Iterator[Path]:
    """A thousand books of twenty chapters."""
    folder.mkdir()
    bodies = [chapter(n, 12) for n in range(20)]
    for n in range(1000):
        draft = BookDraft(title=f"Book {n:04}", author=f"Author {n % 97}", chapters=bodies)
        draft.identifier = f"urn:kios:bench:{n}"
        yield draft.write(folder / f"{n:04}.epub")
