"""What few servers need: extra headers, how books are matched, the trusted certificate."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import DocumentId, Header, Pin
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.field import STORED, line_edit
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.wording import tr


class HeaderRow(QWidget):
    """One header. A stored value is not shown: it stays unless something is typed."""

    removed = Signal(object)

    def __init__(self, header: Header | None = None) -> None:
        super().__init__()
        self._stored = header
        self._name = line_edit(tr("Header name"), tr("Name"))
        self._value = line_edit(tr("Header value"), STORED if header else tr("Value"))
        self._value.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        if header is not None:
            self._name.setText(header.name)
        remove = IconButton("trash", tr("Remove this header"), px=16)
        remove.clicked.connect(lambda: self.removed.emit(self))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._name, 2)
        row.addWidget(self._value, 3)
        row.addWidget(remove)

    def header(self) -> Header | None:
        name = self._name.text().strip()
        if not name:
            return None
        typed = self._value.text()
        if typed or self._stored is None:
            return Header(name, Secret(typed))
        return Header(name, self._stored.value)


class MoreOptions(QWidget):
    """Shown below the buttons of the form when asked for."""

    trust_ended = Signal()
    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[HeaderRow] = []
        self._pin: Pin | None = None
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
        column.addWidget(label(tr("Custom headers"), "control"))
        column.addWidget(
            label(tr("Send with every request to this server."), "small", "muted", wrap=True)
        )
        self._headers = QVBoxLayout()
        self._headers.setSpacing(6)
        column.addLayout(self._headers)
        add = button(tr("Add a header"), "default", "plus", height="controlSmall")
        add.clicked.connect(lambda: self._add())
        column.addWidget(add)
        column.addSpacing(8)
        column.addWidget(self._certificate())
        self._forget = button(tr("Forget this server…"), "danger", height="controlSmall")
        self._forget.clicked.connect(self.forget_requested)
        column.addWidget(self._forget)

    def show_values(
        self, headers: tuple[Header, ...], document_id: DocumentId, pin: Pin | None, stored: bool
    ) -> None:
        for row in list(self._rows):
            self._drop(row)
        for header in headers:
            self._add(header)
        self._match.set_value(document_id)
        self._pin = pin
        self._trusted.setVisible(pin is not None)
        if pin is not None:
            self._since.setText(tr("Trusted since {date}.", date=pin.trusted_at))
        self._forget.setVisible(stored)

    def headers(self) -> tuple[Header, ...]:
        made = (row.header() for row in self._rows)
        return tuple(header for header in made if header is not None)

    def document_id(self) -> DocumentId:
        return DocumentId(self._match.value())

    def pin(self) -> Pin | None:
        return self._pin

    def _certificate(self) -> QWidget:
        self._trusted = QWidget()
        row = QHBoxLayout(self._trusted)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label(tr("Certificate"), "control"))
        self._since = label("", "small", "muted")
        words.addWidget(self._since)
        row.addLayout(words, 1)
        stop = button(tr("Stop trusting it"), "default", height="controlSmall")
        stop.clicked.connect(self.trust_ended)
        row.addWidget(stop)
        return self._trusted

    def _add(self, header: Header | None = None) -> None:
        row = HeaderRow(header)
        row.removed.connect(self._drop)
        self._rows.append(row)
        self._headers.addWidget(row)

    def _drop(self, row: HeaderRow) -> None:
        self._rows.remove(row)
        self._headers.removeWidget(row)
        row.hide()
        row.deleteLater()
