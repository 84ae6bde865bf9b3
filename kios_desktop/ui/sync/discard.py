"""Asks “Discard this place?” before an unsent place is dropped."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kios_desktop.domain.progress import Waiting
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr


def ask_to_discard(waiting: Waiting, discard: Callable[[], None], parent: QWidget) -> None:
    """Ask, and call `discard` on a yes."""
    text = tr(
        "{source} keeps the place it has. Your place on this computer stays.",
        source=isolated(waiting.source_name),
    )
    dialog = AskDialog(tr("Discard this place?"), text, tr("Discard"), parent, dangerous=True)
    dialog.accepted.connect(discard)
    dialog.open()
