"""The texts about damaged records: what is missing, and how to get it back."""

from typing import Final

from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.ui.kit.translation import marked, tr

# Other kinds recover by themselves and are only logged
_TEXTS: Final = {
    RecordKind.BOOK: marked(
        "A book of your library can’t be shown: its record is damaged. Add its file again."
    ),
    RecordKind.PLACE: marked(
        "The place in one of your books is damaged. It opens at the last place that Kios still "
        "knows."
    ),
    RecordKind.MARK: marked(
        "A highlight or bookmark in one of your books is damaged and can’t be shown. The others "
        "are as they were."
    ),
    RecordKind.SESSION: marked(
        "A reading session is damaged and left out of your statistics. The others are as they were."
    ),
    RecordKind.SYNC: marked(
        "What Kios knew about a book and its server is damaged. Kios asks the server anew when you "
        "open the book."
    ),
    RecordKind.SERVER: marked(
        "The settings of a server are damaged. Look in Settings, and add it again if it is gone."
    ),
    RecordKind.ACCOUNT: marked(
        "Something that Kios knew about one of your accounts is damaged. Look in Settings whether "
        "what you want is still switched on."
    ),
    RecordKind.DOWNLOAD: marked("A download’s record is damaged. Download the book again."),
}


def damage_text(kind: RecordKind) -> str:
    """A sentence or two; "" for a kind that needs no action."""
    text = _TEXTS.get(kind)
    return tr(text) if text else ""
