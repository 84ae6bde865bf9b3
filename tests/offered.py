"""What Kios offers for every address somebody might type, for every recorded server.

Prints the table: python -m tests.offered
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, ConnectionStep, Source, SourceKind, StepState
from kios_desktop.sources.catalog_check import check_catalog, find_catalog
from kios_desktop.sources.probe import test_connection as probe
from tests.fakes.recorded_servers import KEY, NAME, PASSWORD, SERVERS, Recorded, RecordedServer

ANSWERS = "answers"
TYPED = (
    *("", "/", "/opds", "/opds/", "/opds/opds", "/opds/v1.2", "/opds/v2/catalog"),
    *("/opds/v2/catalog/", "/opds/v2.0/catalog", "/opds/v2.0/catalog/", "/opds/opds/v1.2"),
    *("/koreader", "/koreader/koreader", "/kosync", "/kosync/kosync", "/api", "/api/v1"),
    *("/api/opds", "/api/v1/opds", "/api/v1/opds/", "/api/v1/opds/opds", "/api/koreader"),
    *("/api/koreader/opds", "/feed", "/feed.php", "/login", f"/koreader/{KEY}"),
    *(f"/opds/{KEY}/v1.2/catalog", "/some/page/of/its/own"),
)


@dataclass(frozen=True)
class Host:
    """A running server, recorded or real, and who may sign in to it."""

    title: str
    origin: str
    name: str = NAME
    password: str = PASSWORD
    sync_auth: AuthMethod = AuthMethod.KOREADER_HEADERS
    sync_name: str = NAME

    def path(self, url: ServerUrl | None) -> str:
        """Of an address of this server; "" for none."""
        return "" if url is None else url.reveal().removeprefix(self.origin) or "/"


@dataclass(frozen=True)
class Offered:
    """What came of an address: it answers, another one is offered, or neither ("")."""

    server: str
    form: str
    typed: str
    outcome: str


def host_of(server: RecordedServer) -> Host:
    known = server.recorded
    auth, name = known.sync_auth, known.sync_name
    return Host(known.title, server.origin, sync_auth=auth, sync_name=name)


async def in_catalog_form(host: Host, typed: str) -> str:
    """The path that answers or is offered when `typed` is tested as a catalog."""
    url = ServerUrl(host.origin + typed)
    keyed = KEY in typed  # then the key is all there is
    source = Source(
        *("0" * 32, SourceKind.OPDS, "other", "Server", url, AuthMethod.AUTOMATIC),
        *("" if keyed else host.name, Secret("" if keyed else host.password)),
    )
    try:
        check = await check_catalog(source)
    except RemoteError:
        return host.path(await find_catalog(source))
    found = host.path(check.source.url)
    return ANSWERS if found == typed else f"{ANSWERS} at {found}"


async def in_sync_form(host: Host, typed: str) -> str:
    """The path that answers or is offered when `typed` is tested as KOReader sync."""
    source = Source(
        *("0" * 32, SourceKind.KOSYNC, "other", "Server", ServerUrl(host.origin + typed)),
        *(host.sync_auth, host.sync_name, Secret(host.password)),
    )
    steps = [step async for step in probe(source, [])]
    if any(one.step is ConnectionStep.ANSWERS and one.state is StepState.OK for one in steps):
        return ANSWERS if steps[-1].state is not StepState.FAILED else "turned away"
    return host.path(steps[-1].suggested_url)


async def table(servers: tuple[Recorded, ...] = SERVERS) -> AsyncIterator[Offered]:
    for recorded in servers:
        async with recorded.server() as server:
            host = host_of(server)
            for typed in TYPED:
                yield Offered(host.title, "catalog", typed, await in_catalog_form(host, typed))
                yield Offered(host.title, "sync", typed, await in_sync_form(host, typed))


def grouped(found: Sequence[Offered]) -> list[str]:
    """The table: what most addresses come to, then the others."""
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in found:
        cell = f"`{_shown(one.typed)}`" if one.typed else "(nothing)"
        rows.setdefault((one.server, one.form), {}).setdefault(one.outcome, []).append(cell)
    lines = ["| server | form | typed behind host and port | what Kios says |", "|---|---|---|---|"]
    for (server, form), outcomes in rows.items():
        usual = max(outcomes, key=lambda outcome: len(outcomes[outcome]))
        for outcome in sorted(outcomes, key=lambda one: one != usual):
            typed = ", ".join(outcomes[outcome])
            typed = f"all but those below ({len(outcomes[usual])})" if outcome == usual else typed
            lines.append(f"| {server} | {form} | {typed} | {_told(outcome)} |")
    return lines


def _shown(text: str) -> str:
    return text.replace(KEY, "«key»")


def _told(outcome: str) -> str:
    if not outcome:
        return "nothing found"
    return f"offers `{_shown(outcome)}`" if outcome.startswith("/") else _shown(outcome)


async def main() -> None:
    print("Typed:", ", ".join(f"`{_shown(one)}`" for one in TYPED if one), "and nothing.\n")
    print("\n".join(grouped([one async for one in table()])))


if __name__ == "__main__":
    asyncio.run(main())
