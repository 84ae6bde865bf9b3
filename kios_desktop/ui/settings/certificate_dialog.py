"""The question whether to trust a certificate, with its fingerprint for comparison."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.errors import Certificate, TrustProblem
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.badge import card, tile
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label


def fingerprint(sha256: str) -> str:
    """64 hex digits as two rows of sixteen bytes."""
    pairs = [sha256[i : i + 2].upper() for i in range(0, len(sha256), 2)]
    return ":".join(pairs[:16]) + "\n" + ":".join(pairs[16:])


def explanation(certificate: Certificate) -> str:
    """What is wrong with a certificate."""
    host = isolated(certificate.address)
    match certificate.problem:
        case TrustProblem.SELF_SIGNED:
            return tr(
                "{host} signed its own certificate. That is common on a home network, but Kios "
                "can’t tell it from an impostor. Compare the fingerprint with the one on your "
                "server.",
                host=host,
            )
        case TrustProblem.UNKNOWN_AUTHORITY:
            return tr(
                "{host} uses a certificate from an authority this computer doesn’t know: {issuer}.",
                host=host,
                issuer=isolated(certificate.issued_by),
            )
        case TrustProblem.CHANGED:
            return tr("If you renewed it, this is expected. If not, someone may be in between.")
        case TrustProblem.EXPIRED:
            return tr("The certificate ended on {date}.", date=_date(certificate.valid_until))
        case TrustProblem.WRONG_NAME:
            names = ", ".join(certificate.names) or certificate.issued_to
            return tr("The certificate is for {names}, not for {host}.", names=names, host=host)
        case TrustProblem.OTHER:
            return tr("{host} has a certificate this computer doesn’t trust.", host=host)


class CertificateDialog(Dialog):
    """“Don’t connect” is the default. `trusted` is emitted before the dialog closes."""

    trusted = Signal()

    def __init__(
        self, certificate: Certificate, parent: QWidget | None, trusted_since: str = ""
    ) -> None:
        super().__init__(tr("Certificate"), parent, 580)
        self._certificate = certificate
        self.body.addLayout(self._head())
        self.body.addWidget(self._facts(trusted_since))
        self.body.addWidget(
            label(
                tr(
                    "Only this certificate will be trusted, and only for this source. "
                    "If it changes, Kios asks again and shows both."
                ),
                "small",
                "muted",
                wrap=True,
            )
        )
        copy = self.add_left(tr("Copy fingerprint"), "quiet", "copy")
        copy.clicked.connect(self._copy)
        refuse = self.add_button(
            tr("Don’t connect"), QDialogButtonBox.ButtonRole.RejectRole, "primary"
        )
        trust = button(tr("Trust this certificate"))
        trust.setAutoDefault(False)
        trust.clicked.connect(self._trust)
        if certificate.problem is TrustProblem.WRONG_NAME:
            self._hide_behind_more(trust)
        else:
            self.add_made(trust)
        refuse.setDefault(True)
        refuse.setFocus()

    def _head(self) -> QHBoxLayout:
        changed = self._certificate.problem is TrustProblem.CHANGED
        title = (
            tr("The certificate has changed")
            if changed
            else tr("Do you trust this server’s certificate?")
        )
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(label(title, "title", wrap=True))
        words.addWidget(label(explanation(self._certificate), "body", "muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(tile("shield-warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _facts(self, trusted_since: str) -> QWidget:
        one = self._certificate
        frame = card()
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        if one.trusted_before is not None:
            before = (
                tr("Trusted since {date}", date=trusted_since) if trusted_since else tr("Before")
            )
            column.addWidget(label(before, "microStrong", "muted"))
            column.addWidget(_mono(fingerprint(one.trusted_before)))
            column.addSpacing(6)
            column.addWidget(label(tr("Now"), "microStrong", "muted"))
        else:
            column.addWidget(label(tr("SHA-256 fingerprint"), "microStrong", "muted"))
        column.addWidget(_mono(fingerprint(one.sha256)))
        column.addSpacing(6)
        issuer = one.issued_by
        if one.issued_by == one.issued_to:
            issuer = tr("{name} (itself)", name=one.issued_by)
        valid = f"{_date(one.valid_from)} – {_date(one.valid_until)}"
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        facts = (
            (tr("Issued to"), one.issued_to),
            (tr("Issued by"), issuer),
            (tr("Valid"), valid),
        )
        for row, (name, value) in enumerate(facts):
            grid.addWidget(label(name, "small", "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(value, "small", wrap=True), row, 1)
        column.addLayout(grid)
        return frame

    def _hide_behind_more(self, trust: QPushButton) -> None:
        """Hide the button behind “More”: a certificate for another name is rarely to be trusted."""
        more = self.add_left(tr("More"), "quiet", "caret-right")
        trust.hide()
        self.add_made(trust)
        more.clicked.connect(trust.show)
        more.clicked.connect(more.hide)

    def _copy(self) -> None:
        text = fingerprint(self._certificate.sha256).replace("\n", ":")
        QGuiApplication.clipboard().setText(text)

    def _trust(self) -> None:
        self.trusted.emit()
        self.accept()


def _mono(text: str) -> QLabel:
    result = label(text)
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    face.setPointSizeF(theme.font("body").pointSizeF())
    result.setFont(face)
    result.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    result.setAccessibleName(text.replace("\n", ":"))
    return result


def _date(at: datetime | None) -> str:
    if at is None:
        return "?"
    here = at.astimezone()
    return QLocale().toString(QDate(here.year, here.month, here.day), "d MMM yyyy")
