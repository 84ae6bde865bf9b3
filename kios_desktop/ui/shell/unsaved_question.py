"""The question at quit about places that could not be saved: try again, or lose them."""

import asyncio
from collections.abc import Sequence

from PySide6.QtWidgets import QDialogButtonBox

from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.shell.unsaved_texts import explain_unsaved
from kios_desktop.ui.widgets.label import label

WIDTH = 440


class UnsavedQuestion:
    """Asked after all windows are closed. `end` answers it with no."""

    def __init__(self) -> None:
        self._ended = False
        self._dialog: Dialog | None = None

    async def try_again(self, titles: Sequence[str], error: Exception | None) -> bool:
        """Ask; whether to try again. False: quit without saving."""
        if self._ended:
            return False
        words = explain_unsaved(titles, error)
        self._dialog = dialog = Dialog(words.title, None, WIDTH)
        dialog.body.addWidget(label(words.title, "title", wrap=True))
        dialog.body.addWidget(label(words.text, "body", "muted", wrap=True))
        role = QDialogButtonBox.ButtonRole
        dialog.add_button(tr("Quit all the same"), role.RejectRole)
        dialog.add_button(tr("Try again"), role.AcceptRole, "primary").setDefault(True)
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        dialog.finished.connect(lambda code: _answer(answered, accepted=bool(code)))
        dialog.open()
        self.show()
        try:
            return await answered
        finally:
            self._dialog = None

    def show(self) -> None:
        """Bring the question to the front, if it is open."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()

    def end(self) -> None:
        """Answer with no, now and from now on: the system ends Kios."""
        self._ended = True
        if self._dialog is not None:
            self._dialog.reject()


def _answer(answered: asyncio.Future[bool], *, accepted: bool) -> None:
    if not answered.done():
        answered.set_result(accepted)
