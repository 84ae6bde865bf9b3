"""The doctor of an account at BookLore or Grimmory: reads only, and signs nobody out."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec.structs import asdict

from kios_desktop.domain.accounts import AccountExamination
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import TOTAL_S, BookloreClient
from kios_desktop.protocols.http import Http
from kios_desktop.sources.booklore_check import UnkeptSecrets, examine
from kios_desktop.ui.kit.server_faults import faults_of
from kios_desktop.ui.kit.server_report import DoctorReport


async def examine_account(
    url: ServerUrl,
    username: str,
    password: Secret,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    total_s: float = TOTAL_S,
) -> DoctorReport:
    """Raises nothing for what a server does: that is in the report. `total_s` is for one answer."""
    http = Http()
    client = BookloreClient(http, url, username, UnkeptSecrets(password), now, total_s=total_s)
    try:
        return _report(await examine(client, now))
    finally:
        await http.aclose()


def _report(found: AccountExamination) -> DoctorReport:
    return DoctorReport(
        signed_in=found.signed_in,
        product=found.product,
        variant=found.variant,
        capabilities={} if found.capabilities is None else asdict(found.capabilities),
        token_seconds=found.token_seconds,
        faults=faults_of(found),
    )
