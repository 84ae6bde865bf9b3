"""Words of a book with where they are from. No Qt."""

from kios_desktop.domain.publication import Metadata
from kios_desktop.ui.kit.translation import tr


def cited(words: str, metadata: Metadata, chapter: str, percent: str) -> str:
    """The words in quotes; below them authors, title, chapter and percentage, as far as known."""
    parts = (", ".join(metadata.authors), metadata.title, chapter, percent)
    quoted = tr("“{words}”", words=words)
    return f"{quoted}\n{', '.join(part for part in parts if part)}"
