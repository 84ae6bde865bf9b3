"""The bar “Keep your place with this server too?” above a new catalog."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.inline_banner import InlineBanner


class PlaceOfferBar(QWidget):
    """Closes with its answer. `address` is the displayable form, without secrets."""

    def __init__(self, address: str, set_up: Callable[[], None]) -> None:
        super().__init__()
        self.banner = InlineBanner(
            tr(
                "Keep your place with this server too? KOReader sync answers at {address}.",
                address=isolated(address),
            ),
            closable=False,
        )
        self.banner.add_link(tr("Set up now"), lambda: self._answer(set_up))
        self.banner.add_link(tr("Later"), lambda: self._answer(None))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 0)
        column.addWidget(self.banner)

    def withdraw(self) -> None:
        """Close the bar unanswered."""
        self._answer(None)

    def _answer(self, then: Callable[[], None] | None) -> None:
        self.hide()
        self.deleteLater()
        if then is not None:
            then()
