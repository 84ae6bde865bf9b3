"""Offers to add or remove book files that lie in the library folder but not in the library."""

from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.orphans_presenter import OrphansPresenter
from kios_desktop.ui.widgets.inline_banner import InlineBanner


class OrphansBanner(InlineBanner):
    """A banner, hidden while there are no such files. Closing it means “not now”."""

    def __init__(self) -> None:
        super().__init__("", "info", "books")
        self._presenter: OrphansPresenter | None = None
        self.add_link(tr("Add to library"), self._add)
        self.add_link(tr("Remove…"), self._ask_to_remove)
        self.dismissed.connect(self._not_now)
        self.hide()

    def bind(self, presenter: OrphansPresenter) -> None:
        self._presenter = presenter

    def offer(self, count: int) -> None:
        self.set_text(
            counted(
                "%Ln books in the folder of Kios are not in your library.",
                "",
                count,
                one="%Ln book in the folder of Kios is not in your library.",
            )
        )
        self.setVisible(count > 0)

    def _add(self) -> None:
        if self._presenter is not None:
            self._presenter.add()

    def _not_now(self) -> None:
        if self._presenter is not None:
            self._presenter.not_now()

    def _ask_to_remove(self) -> None:
        if self._presenter is not None and self._presenter.count:
            question = removal_of_orphans(self._presenter.count, self.window())
            question.accepted.connect(self._presenter.remove)
            question.open()


def removal_of_orphans(count: int, parent: QWidget | None) -> AskDialog:
    """The question before orphaned files are deleted; `accepted` means yes."""
    return AskDialog(
        counted("Remove %Ln files?", "", count, one="Remove %Ln file?"),
        tr(
            "What is in the folder of Kios may be the only copy on this computer. "
            "It can’t be brought back."
        ),
        tr("Remove"),
        parent,
        dangerous=True,
    )
