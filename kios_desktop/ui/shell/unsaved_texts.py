"""The text of the question at quit about places that could not be saved."""

from collections.abc import Sequence
from typing import Final

from kios_desktop.domain.errors import Full, Locked, ReadOnly, StorageError
from kios_desktop.ui.kit.error_texts import Action, Message
from kios_desktop.ui.kit.formats import isolated, number
from kios_desktop.ui.kit.translation import tr

_NAMED: Final = 3  # titles that are listed


def explain_unsaved(titles: Sequence[str], error: Exception | None) -> Message:
    """The message about unsaved places in the books with these titles.

    `error` is the last error of the disk. The action is “Try again”; the alternative is to quit.
    """
    named = ", ".join(tr("‘{title}’", title=isolated(title)) for title in titles[:_NAMED])
    if len(titles) > _NAMED:
        named = tr("{titles} and {n} more", titles=named, n=number(len(titles) - _NAMED))
    reasons: dict[type[Exception], tuple[str, str]] = {
        Full: (tr("No space is left on this disk."), tr("Make room on it, then try again.")),
        ReadOnly: (
            tr("Kios may not write to its folder."),
            tr("Allow writing to it, then try again."),
        ),
        Locked: (
            tr("Another program is using the library."),
            tr("Close that program, then try again."),
        ),
    }
    why, remedy = reasons.get(
        type(error) if error is not None else StorageError,
        (tr("The disk did not take it."), tr("Look whether the disk is well, then try again.")),
    )
    lost = tr(
        "{why} If Kios quits now, it forgets where you were in {titles}.", why=why, titles=named
    )
    return Message(tr("Your place is not kept yet"), f"{lost} {remedy}", Action.TRY_AGAIN)
