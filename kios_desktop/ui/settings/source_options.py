"""The options of a source that few servers need: sign-in method, headers, certificate."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.domain.source import AuthMethod, Header, Pin
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.connection_options import HeaderList, TrustedCertificate
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented

_OFFERED: Final = frozenset(
    {AuthMethod.AUTOMATIC, AuthMethod.BASIC, AuthMethod.DIGEST, AuthMethod.API_KEY}
)


class SourceOptions(QWidget):
    """Shown below the fields of the form on request."""

    auth_changed = Signal()
    trust_ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._auth = Segmented(
            (
                (AuthMethod.AUTOMATIC, tr("Automatic")),
                (AuthMethod.BASIC, tr("HTTP Basic")),
                (AuthMethod.DIGEST, tr("HTTP Digest")),
                (AuthMethod.API_KEY, tr("API key")),
            ),
            tr("Sign in with"),
        )
        self._auth.chosen.connect(lambda _key: self.auth_changed.emit())
        self._headers = HeaderList()
        self._certificate = TrustedCertificate()
        self._certificate.trust_ended.connect(self.trust_ended)
        self._certificate.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._auth_part = QWidget()
        auth_column = QVBoxLayout(self._auth_part)
        auth_column.setContentsMargins(0, 0, 0, 6)
        auth_column.setSpacing(8)
        auth_column.addWidget(label(tr("Sign in with"), "control"))
        auth_column.addWidget(self._auth)
        auth_column.addWidget(
            label(
                tr("Automatic uses what the server asks for. An API key goes into Password."),
                "small",
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self._auth_part)
        column.addWidget(self._headers)
        column.addWidget(self._certificate)

    def show_values(self, auth: AuthMethod, headers: tuple[Header, ...], pin: Pin | None) -> None:
        """A method that can't be chosen here is shown as automatic."""
        self._auth.set_value(auth if auth in _OFFERED else AuthMethod.AUTOMATIC)
        self._headers.show_headers(headers)
        self._certificate.show_pin(pin)

    def show_auth(self, shown: bool) -> None:
        """Offer the sign-in method, or not for a kind of source that has only one."""
        self._auth_part.setVisible(shown)

    def auth(self) -> AuthMethod:
        return AuthMethod(self._auth.value())

    def headers(self) -> tuple[Header, ...]:
        return self._headers.headers()

    def pin(self) -> Pin | None:
        return self._certificate.pin()
