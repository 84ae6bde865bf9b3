"""Parts that the forms for servers share: headers, certificate, and the plain-http warning."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import Header, Pin
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.field import STORED, line_edit
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label


class HeaderRow(QWidget):
    """The fields of one header. A stored value is not shown, and kept unless another one is
    typed."""

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


class HeaderList(QWidget):
    """The headers sent with every request to one server."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[HeaderRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Custom headers"), "control"))
        column.addWidget(
            label(tr("Send with every request to this server."), "small", "muted", wrap=True)
        )
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        column.addLayout(self._column)
        add = button(tr("Add a header"), "default", "plus", height="controlSmall")
        add.setAutoDefault(False)
        add.clicked.connect(lambda: self._add())
        column.addWidget(add)

    def show_headers(self, headers: tuple[Header, ...]) -> None:
        for row in list(self._rows):
            self._drop(row)
        for header in headers:
            self._add(header)

    def headers(self) -> tuple[Header, ...]:
        made = (row.header() for row in self._rows)
        return tuple(header for header in made if header is not None)

    def _add(self, header: Header | None = None) -> None:
        row = HeaderRow(header)
        row.removed.connect(self._drop)
        self._rows.append(row)
        self._column.addWidget(row)

    def _drop(self, row: HeaderRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


class TrustedCertificate(QWidget):
    """Shows since when a certificate is trusted; hidden without one."""

    trust_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pin: Pin | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label(tr("Certificate"), "control"))
        self._since = label("", "small", "muted")
        words.addWidget(self._since)
        row.addLayout(words, 1)
        stop = button(tr("Stop trusting it"), "default", height="controlSmall")
        stop.setAutoDefault(False)
        stop.clicked.connect(self.trust_ended)
        row.addWidget(stop)

    def show_pin(self, pin: Pin | None) -> None:
        self._pin = pin
        self.setVisible(pin is not None)
        if pin is not None:
            self._since.setText(tr("Trusted since {date}.", date=pin.trusted_at))

    def pin(self) -> Pin | None:
        return self._pin


class InsecureWarning(QWidget):
    """Warns of a public address without encryption; the reader can allow its use."""

    toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        mark = IconLabel("lock-simple-open", "warning", theme.icon_px("nav"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(
            label(
                tr("This address is not encrypted. Your password and places travel in the open."),
                "small",
                "warning",
                wrap=True,
            )
        )
        self._anyway = QCheckBox(tr("Use it anyway"))
        self._anyway.setProperty("kind", "option")
        self._anyway.setFont(theme.font("body"))
        self._anyway.setFixedHeight(theme.control_height(measure="minHit"))
        self._anyway.toggled.connect(self.toggled)
        words.addWidget(self._anyway)
        row.addLayout(words, 1)
        self.hide()

    def allowed(self) -> bool:
        return self._anyway.isChecked()

    def set_allowed(self, allowed: bool) -> None:
        self._anyway.setChecked(allowed)
