"""The texts about damaged records: what is missing, and how to get it back."""

from typing import Final

from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.ui.kit.translation import tr

# Other kinds recover by themselves and are only logged
_WORDS: Final = {
    RecordKind.BOOK: (
        "A book of your library can’t be shown: its record is damaged. Add its file again."
    ),
    RecordKind.PLACE: (
        "The place in one of your books is damaged. It opens at the last place that Kios still "
        "knows."
    ),
    RecordKind.SYNC: (
        "What Kios knew about a book and its server is damaged. Kios asks the server anew when you "
        "open the book."
    ),
    RecordKind.SERVER: (
        "The settings of a server are damaged. Look in Settings, and add it again if it is gone."
    ),
    RecordKind.DOWNLOAD: "A download’s record is damaged. Download the book again.",
}


def lost_words(lost: RecordKind) -> str:
    """A sentence or two; "" for a kind that needs no action."""
    words = _WORDS.get(lost)
    return tr(words) if words else ""
