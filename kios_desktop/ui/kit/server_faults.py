"""From what is wrong with a server to the code, the sentence, and what helps."""

from datetime import timedelta
from typing import Final

from kios_desktop.domain.accounts import AccountExamination
from kios_desktop.domain.errors import (
    BadAddress,
    Fault,
    InCircles,
    LockedOut,
    Malformed,
    Redirected,
    Refusal,
    Rejected,
    RemoteError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.server_report import DoctorFault, FaultCode
from kios_desktop.ui.kit.translation import marked, tr

_UNREACHABLE: Final = {
    Fault.DNS: FaultCode.NAME,
    Fault.REFUSED: FaultCode.REFUSED,
    Fault.CUT_OFF: FaultCode.REFUSED,
    Fault.TIMEOUT: FaultCode.TIMEOUT,
    Fault.OFFLINE: FaultCode.TIMEOUT,
}
_REJECTED: Final = {
    Refusal.FORBIDDEN: FaultCode.PERMISSION,
    Refusal.ELSEWHERE: FaultCode.OIDC_ONLY,
}
_REMEDIES: Final = {
    FaultCode.NAME: marked("Check the spelling of the address."),
    FaultCode.REFUSED: marked("Start the server, and check the port."),
    FaultCode.TIMEOUT: marked("Check the network, the port, and firewalls on the way."),
    FaultCode.CERTIFICATE: marked(
        "Get a certificate for this name, or look at it in Settings and trust it."
    ),
    FaultCode.REDIRECT: marked("Use the address to which the server sends."),
    FaultCode.PORTAL: marked(
        "Sign in to the network, or let the paths below /api/ pass the sign-in of the proxy."
    ),
    FaultCode.PATH: marked(
        "Use the address of the server’s web page, up to what comes before /dashboard."
    ),
    FaultCode.CREDENTIALS: marked("Check the name and the password on the server’s web page."),
    FaultCode.LOCKED_OUT: marked("Wait a quarter of an hour; every new attempt counts."),
    FaultCode.OIDC_ONLY: marked(
        "Allow passwords in the server’s settings, or use its catalog, KOReader sync or Kobo sync."
    ),
    FaultCode.PERMISSION: marked("Ask whoever runs the server for the permission."),
    FaultCode.CLOCK: marked("Set the clock of this computer, or that of the server."),
    FaultCode.SERVER: marked("Look into the server’s log, and try again."),
}


def fault_in(error: RemoteError) -> DoctorFault:
    """The fault that an error is."""
    return fault(code_of(error), explain(error).text)


def faults_of(found: AccountExamination) -> tuple[DoctorFault, ...]:
    """Everything that is wrong with an account."""
    faults: list[DoctorFault] = []
    if found.ahead is not None:
        faults.append(fault(FaultCode.CLOCK, _apart(found.ahead)))
    if found.lacks_koreader_right:
        sentence = tr("This account has no permission for KOReader sync.")
        faults.append(fault(FaultCode.PERMISSION, sentence))
    if found.error is not None:
        faults.append(fault_in(found.error))
    return tuple(faults)


def fault(code: FaultCode, sentence: str) -> DoctorFault:
    """A fault with the remedy of its kind."""
    return DoctorFault(code, sentence, tr(_REMEDIES[code]))


def code_of(error: RemoteError) -> FaultCode:
    """What kind of fault an error is."""
    match error:
        case Untrusted():
            return FaultCode.CERTIFICATE
        case Unreachable():
            return _UNREACHABLE[error.fault]
        case LockedOut():
            return FaultCode.LOCKED_OUT
        case Rejected():
            return _REJECTED.get(error.refusal, FaultCode.CREDENTIALS)
        case Redirected() | InCircles():
            return FaultCode.REDIRECT
        case BadAddress():
            return FaultCode.REDIRECT if error.from_server else FaultCode.NAME
        case Malformed():
            return FaultCode.PORTAL if error.html else FaultCode.PATH
        case Unsupported():
            return FaultCode.PATH
        case _:
            return FaultCode.SERVER


def _apart(ahead: timedelta) -> str:
    n = round(abs(ahead).total_seconds() / 60)
    if ahead > timedelta(0):
        return tr("The server’s clock is {n} min ahead of this computer’s.", n=n)
    return tr("The server’s clock is {n} min behind this computer’s.", n=n)
