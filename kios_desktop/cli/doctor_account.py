"""The doctor of an account at BookLore or Grimmory: reads only, and signs nobody out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from kios_desktop.cli.doctor_faults import fault, fault_in
from kios_desktop.cli.doctor_report import DoctorFault, DoctorReport, FaultCode
from kios_desktop.domain.errors import (
    Lacks,
    Malformed,
    Refusal,
    Rejected,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import (
    TOTAL_S,
    BookloreClient,
    PublicSettings,
    capabilities,
    product_of,
    variant_of,
)
from kios_desktop.protocols.http import Http
from kios_desktop.ui.kit.translation import tr

CLOCKS_APART: Final = timedelta(minutes=2)


class Unkept:
    """A password that was typed, and tokens that nobody keeps."""

    def __init__(self, password: Secret) -> None:
        self._password = password

    async def password(self) -> Secret | None:
        return self._password

    async def tokens(self) -> Secret | None:
        return None

    async def keep_tokens(self, tokens: Secret) -> None:
        """They end with the command."""


async def examine_account(
    url: ServerUrl,
    username: str,
    password: Secret,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    total_s: float = TOTAL_S,
) -> DoctorReport:
    """Raises nothing for what a server does: that is in the report. `total_s` is for one answer."""
    http = Http()
    client = BookloreClient(http, url, username, Unkept(password), now, total_s=total_s)
    report = DoctorReport()
    try:
        return await _examined(client, report, now)
    finally:
        await http.aclose()


async def _examined(
    client: BookloreClient, report: DoctorReport, now: Callable[[], datetime]
) -> DoctorReport:
    """As far as it gets: what was found out before a fault stays."""
    faults: list[DoctorFault] = []
    try:
        about = await _public_settings(client)
        if about.at is not None and abs(about.at - now()) > CLOCKS_APART:
            faults.append(fault(FaultCode.CLOCK, _apart(about.at - now())))
        await client.sign_in()
        left_s = client.tokens.left_s
        seconds = None if left_s is None else int(left_s)
        report = DoctorReport(signed_in=True, token_seconds=seconds)
        found = await capabilities(client)
        variant = variant_of(found, client.tokens.issuer)
        report = DoctorReport(
            signed_in=True,
            product=product_of(variant),
            variant=variant.value,
            capabilities=msgspec.structs.asdict(found),
            token_seconds=seconds,
        )
        if not found.koreader:
            faults.append(await _without_koreader(client))
    except RemoteError as error:
        faults.append(fault_in(error))
    return msgspec.structs.replace(report, faults=tuple(faults))


async def _public_settings(client: BookloreClient) -> PublicSettings:
    """Where a page answers below a path and the server at its root, it is the path that is wrong.

    Raises `Unsupported` for that.
    """
    try:
        return await client.public_settings()
    except Malformed as error:
        if error.html and not error.login and await client.is_at_root():
            raise Unsupported("it answers at the root", Lacks.BOOKLORE) from None
        raise


async def _without_koreader(client: BookloreClient) -> DoctorFault:
    """Why there is nothing about KOReader sync: it may only lack the permission."""
    try:
        await client.koreader.user()
    except Rejected as error:
        if error.refusal is not Refusal.FORBIDDEN:
            raise
        sentence = tr("This account has no permission for KOReader sync.")
        return fault(FaultCode.PERMISSION, sentence)
    except RemoteError as error:
        return fault_in(error)
    return fault_in(Unsupported("no user of KOReader sync"))


def _apart(ahead: timedelta) -> str:
    minutes = round(abs(ahead).total_seconds() / 60)
    if ahead > timedelta(0):
        return tr("The server’s clock is {n} min ahead of this computer’s.", n=minutes)
    return tr("The server’s clock is {n} min behind this computer’s.", n=minutes)
