"""Options that few servers need: headers, how books are matched, the trusted certificate."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.domain.source import DocumentId, Header, Pin
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.connection_options import HeaderList, TrustedCertificate
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented


class MoreOptions(QWidget):
    """Shown below the buttons of the form on request."""

    trust_ended = Signal()
    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Match books by"), "control"))
        self._match = Segmented(
            (
                (DocumentId.PARTIAL_MD5, tr("Contents")),
                (DocumentId.FILE_NAME, tr("File name")),
            ),
            tr("Match books by"),
        )
        column.addWidget(self._match)
        column.addWidget(
            label(
                tr("The same as in KOReader on your other devices. Contents is its usual choice."),
                "small",
                "muted",
                wrap=True,
            )
        )
        column.addSpacing(8)
        self._headers = HeaderList()
        column.addWidget(self._headers)
        column.addSpacing(8)
        self._trusted = TrustedCertificate()
        self._trusted.trust_ended.connect(self.trust_ended)
        column.addWidget(self._trusted)
        self._forget = button(tr("Forget this server…"), "danger", height="controlSmall")
        self._forget.clicked.connect(self.forget_requested)
        column.addWidget(self._forget)

    def show_values(
        self, headers: tuple[Header, ...], document_id: DocumentId, pin: Pin | None, stored: bool
    ) -> None:
        self._headers.show_headers(headers)
        self._match.set_value(document_id)
        self._trusted.show_pin(pin)
        self._forget.setVisible(stored)

    def headers(self) -> tuple[Header, ...]:
        return self._headers.headers()

    def document_id(self) -> DocumentId:
        return DocumentId(self._match.value())

    def pin(self) -> Pin | None:
        return self._trusted.pin()
