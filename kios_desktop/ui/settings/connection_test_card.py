"""The result of “Test connection”, step by step."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.errors import (
    BadAddress,
    Faulty,
    Lacks,
    Redirected,
    Stripped,
    Throttled,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.source import AuthMethod, ConnectionStep, StepNote, StepResult, StepState
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.error_texts import explain_test
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.server_error_texts import MATCHING
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.ports import Verdict
from kios_desktop.ui.widgets.badge import Badge, card
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.step_list import StepList

_SPACING: Final = 14
_ICONS: Final = {"success": "check", "warning": "warning", "danger": "x-circle"}


def step_title(step: ConnectionStep, username: str = "") -> str:
    """The title of a step that is running or has succeeded."""
    return {
        ConnectionStep.FOUND: tr("Server found"),
        ConnectionStep.SECURE: tr("Secure connection"),
        ConnectionStep.ANSWERS: tr("KOReader sync answers here"),
        ConnectionStep.SIGNED_IN: tr("Signed in as {user}", user=isolated(username))
        if username
        else tr("Signed in"),
        ConnectionStep.READING: tr("Reading a position"),
        ConnectionStep.MATCHING: tr("Matching your books"),
        ConnectionStep.CLOCK: tr("Clock"),
    }[step]


def failed_title(step: ConnectionStep, error: Exception | None = None) -> str:
    """The title of a failed step, by its error where that says more than the step."""
    match error:
        case Throttled():
            return tr("The server is busy")
        case Faulty():
            return tr("The server had a problem")
        case Redirected():
            return tr("The server is somewhere else")
        case Stripped():
            return tr("A proxy is in the way")
        case BadAddress(from_server=True):
            return tr("The server leads nowhere")
    return {
        ConnectionStep.FOUND: tr("The server can’t be reached"),
        ConnectionStep.SECURE: tr("The connection is not secure"),
        ConnectionStep.ANSWERS: tr("KOReader sync does not answer at this address"),
        ConnectionStep.SIGNED_IN: tr("Not signed in"),
        ConnectionStep.READING: tr("No position could be read"),
        ConnectionStep.MATCHING: tr("Your books could not be matched"),
        ConnectionStep.CLOCK: tr("The clock could not be read"),
    }[step]


def auth_title(auth: AuthMethod) -> str:
    """The name of a sign-in method of KOReader sync."""
    return tr("HTTP Basic") if auth is AuthMethod.BASIC else tr("KOReader headers")


def duration_text(seconds: float | None) -> str:
    """“18 ms” or “0.9 s”; "" for None."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return tr("{n} ms", n=round(seconds * 1000))
    return tr("{n} s", n=f"{seconds:.1f}")


def step_hint(result: StepResult) -> str:
    """The note of a step; for a failed one its error, and the address or method that may work."""
    if result.state is not StepState.FAILED or result.error is None:
        return _note(result)
    words = explain_test(result.error)
    if result.other_auth is not None:
        other = tr("Perhaps it wants {way} instead.", way=auth_title(result.other_auth))
        return f"{words.text} {other}"
    said_above = isinstance(result.error, Unsupported) and (
        result.error.lacks is Lacks.KOREADER_SYNC and result.step is ConnectionStep.ANSWERS
    )
    if result.suggested_url is None or isinstance(result.error, Redirected):
        remedy = tr("Check the address and its path. Kios looked at the usual ones in vain.")
        text = remedy if said_above else words.text
        return f"{text} {words.said}".rstrip()
    found = tr("Found it at {url}.", url=result.suggested_url.shown)
    if said_above:
        return found
    first = words.text.split(". ")[0].rstrip(".")
    return f"{first}. {found}"


def _note(result: StepResult) -> str:
    match result.note:
        case None:
            return ""
        case StepNote.NOT_ENCRYPTED:
            return tr("This address is not encrypted. Your password and places travel in the open.")
        case StepNote.NO_BOOK_KNOWN:
            text = tr("The server knows none of the books tried here.")
            known = result.matching_help
            return text if known is None else f"{text} {tr(MATCHING[known])}"
        case StepNote.KEEPS_CHAPTERS:
            return tr("Komga stores the chapter, not the exact page.")
        case StepNote.KEEPS_PARAGRAPHS:
            return tr("Kavita stores the paragraph. Finishing a book is not reported.")
        case StepNote.CLOCKS_APART:
            return tr("The clocks are {n} min apart.", n=f"{result.apart_s / 60:.0f}")


class ConnectionTestCard(QWidget):
    """Shown from the first test on. A step appears when it is running or finished."""

    address_chosen = Signal(str)  # the address found by the test
    auth_chosen = Signal(object)  # AuthMethod
    certificate_requested = Signal(object)  # Certificate
    failed = Signal(QWidget)  # the part of the card to scroll to: the remedy, else the step

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = card()
        outer.addWidget(frame)
        outer.addStretch(1)
        self._column = QVBoxLayout(frame)
        self._column.setContentsMargins(18, 16, 18, 18)
        self._column.setSpacing(_SPACING)
        self._head = QHBoxLayout()
        self._head.addWidget(label(tr("Test result"), "section"), 1)
        self._badge: Badge | None = None
        self._column.addLayout(self._head)
        self.steps = StepList()
        self._column.addWidget(self.steps)
        self._remedy = QHBoxLayout()
        self._remedy.setContentsMargins(30, 0, 0, 0)
        self._column.addLayout(self._remedy)
        self._remedy_button: QWidget | None = None
        self.hide()

    def start(self) -> None:
        self._clear()
        self.setMinimumHeight(self._height_of_all())
        self.steps.set_running(step_title(ConnectionStep.FOUND))
        self.show()

    def stop(self) -> None:
        """Discard the result of a test that was cancelled."""
        self._clear()
        self.hide()

    def add(self, result: StepResult, username: str) -> None:
        failed = result.state is StepState.FAILED
        title = (
            failed_title(result.step, result.error) if failed else step_title(result.step, username)
        )
        self.steps.add(title, step_hint(result), duration_text(result.took_s), result.state.value)
        following = list(ConnectionStep)[list(ConnectionStep).index(result.step) + 1 :]
        self.steps.set_running(
            "" if failed or not following else step_title(following[0], username)
        )
        if failed:
            self._offer_remedy(result)
            self.failed.emit(self._remedy_button or self.steps.rows[-1])

    def finish(self, verdict: Verdict) -> None:
        self.steps.set_running("")
        self._badge = Badge(verdict.text, verdict.tone, _ICONS[verdict.tone])
        self._head.addWidget(self._badge)

    def _height_of_all(self) -> int:
        """The height for all steps, so that what is below moves once instead of with each step."""
        words, hint = (
            round(theme.line_height(style, theme.font(style))) for style in ("control", "small")
        )
        row = max(words, theme.icon_px("nav")) + _SPACING
        margins = self._column.contentsMargins()
        head = theme.control_height(measure="controlSmall")
        return margins.top() + head + len(ConnectionStep) * row + 2 * hint + margins.bottom()

    def _offer_remedy(self, result: StepResult) -> None:
        if result.suggested_url is not None:
            url = result.suggested_url.reveal()
            moved = isinstance(result.error, Redirected)
            text = tr("Use the final address") if moved else tr("Use the address that works")
            made = button(text, "primary", height="controlSmall")
            made.clicked.connect(lambda: self.address_chosen.emit(url))
        elif (auth := result.other_auth) is not None:
            text = tr("Try {way}", way=auth_title(auth))
            made = button(text, "default", height="controlSmall")
            made.clicked.connect(lambda: self.auth_chosen.emit(auth))
        elif isinstance(result.error, Untrusted) and result.error.certificate is not None:
            certificate = result.error.certificate
            made = button(tr("Look at it…"), "default", height="controlSmall")
            made.clicked.connect(lambda: self.certificate_requested.emit(certificate))
        else:
            return
        self._remedy_button = made
        self._remedy.addWidget(made)
        self._remedy.addStretch(1)

    def _clear(self) -> None:
        self.steps.clear()
        for old in (self._badge, self._remedy_button):
            if old is not None:
                old.hide()
                old.deleteLater()
        self._badge = self._remedy_button = None
        while self._remedy.count():
            self._remedy.takeAt(0)
