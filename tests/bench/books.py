"""Books to measure with, made here: a small one, one the size of War and Peace, a thousand."""

import random
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


def thousand(folder: Path) -> Iterator[Path]:
    """A thousand books of twenty chapters."""
    folder.mkdir()
    bodies = [chapter(n, 12) for n in range(20)]
    for n in range(1000):
        draft = BookDraft(title=f"Book {n:04}", author=f"Author {n % 97}", chapters=bodies)
        draft.identifier = f"urn:kios:bench:{n}"
        yield draft.write(folder / f"{n:04}.epub")
