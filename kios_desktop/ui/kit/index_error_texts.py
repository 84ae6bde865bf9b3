"""What keeps books from being read for search, or from being searched, as a sentence or two."""

from typing import Final

from kios_desktop.domain.errors import Full, KiosError, Locked, NoFullText, ReadOnly
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.translation import marked, tr

_TEXTS: Final[tuple[tuple[type[KiosError], str], ...]] = (
    (
        Full,
        marked(
            "Kios stopped reading your books: there is no space left on this disk. Make room, then "
            "let it go on. What was read is kept."
        ),
    ),
    (
        ReadOnly,
        marked(
            "Kios stopped reading your books, as it may not write to its folder. Allow writing "
            "there, then let it go on."
        ),
    ),
    (
        Locked,
        marked("Another program is using the text of your books. Close it, then let Kios go on."),
    ),
)


def explain_index(error: KiosError) -> str:
    """The text about an error of the index over all books."""
    if isinstance(error, NoFullText):
        return explain(error).line
    for kind, text in _TEXTS:
        if isinstance(error, kind):
            return tr(text)
    return tr("The text of your books can’t be read or written. The log has the details.")


def can_go_on(error: KiosError) -> bool:
    """Whether there is any use in trying again."""
    return not isinstance(error, NoFullText)
