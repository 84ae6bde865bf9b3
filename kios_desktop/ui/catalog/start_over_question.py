"""The question before a shelf is reset and fetched again."""

from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.translation import tr


def start_over_question(parent: QWidget) -> AskDialog:
    """`accepted` means yes."""
    text = tr(
        "Kios forgets what it knows about this shelf and asks for everything again. "
        "Your books and places stay."
    )
    return AskDialog(tr("Start over?"), text, tr("Start over"), parent)
