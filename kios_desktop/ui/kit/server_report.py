"""What the doctor says of a server: one shape and one list of codes for servers of every kind."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from kios_desktop.ui.kit.translation import tr


class FaultCode(StrEnum):
    """What is wrong, for programs. The codes are promised; their sentences may change."""

    NAME = "name"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    REDIRECT = "redirect"
    PORTAL = "portal"  # a web page where JSON belongs
    PATH = "path"
    CREDENTIALS = "credentials"
    LOCKED_OUT = "locked-out"
    OIDC_ONLY = "oidc-only"
    PERMISSION = "permission"
    CLOCK = "clock"
    SERVER = "server"  # a problem of its own


class DoctorFault(Struct, frozen=True):
    """One fault, what is wrong in a sentence, and what helps."""

    code: FaultCode
    sentence: str
    remedy: str


class DoctorReport(Struct, frozen=True):
    """`product` and `variant` are "" as long as they are not known, `token_seconds` is None."""

    signed_in: bool = False
    product: str = ""
    variant: str = ""
    capabilities: Mapping[str, bool] = {}
    token_seconds: int | None = None
    faults: tuple[DoctorFault, ...] = ()


def as_json(report: DoctorReport) -> str:
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def as_text(report: DoctorReport) -> str:
    lines = [tr("Signed in.") if report.signed_in else tr("Not signed in.")]
    if report.product:
        lines.append(tr("The server is {product} ({variant}).", **_named(report)))
    there = [name for name, is_there in report.capabilities.items() if is_there]
    missing = [name for name, is_there in report.capabilities.items() if not is_there]
    if there:
        lines.append(tr("It has: {names}.", names=", ".join(there)))
    if missing:
        lines.append(tr("It lacks: {names}.", names=", ".join(missing)))
    lines += [f"{fault.code}: {fault.sentence} {fault.remedy}" for fault in report.faults]
    return "\n".join(lines) + "\n"


def _named(report: DoctorReport) -> dict[str, str]:
    return {"product": report.product, "variant": report.variant}
