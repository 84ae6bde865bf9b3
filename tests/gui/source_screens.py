"""Library sync and Add source with dummy sources."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import Fault, Malformed, Unreachable
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Source, SourceKind
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.settings.library_sync.ports import SourceForm


def source(number: int, name: str, preset: str, url: str) -> Source:
    return Source(
        f"{number:032d}",
        SourceKind.OPDS,
        preset,
        name,
        ServerUrl(url),
        AuthMethod.BASIC,
        "ana@example.org",
        Secret("x"),
    )


def source_lines() -> list[ListedSource]:
    now = datetime.now(UTC)
    home = source(1, "Home library", "cwa", "https://books.example.org/opds")
    komga = source(2, "Komga", "komga", "https://komga.example.org:25600/opds/v2/catalog")
    attic = source(3, "Attic", "calibre", "http://192.168.1.20:8080/opds")
    away = Unreachable(Fault.REFUSED, "komga.example.org:25600")
    return [
        ListedSource(home, 12, 312, now - timedelta(minutes=2)),
        ListedSource(komga, 3, 1204, now - timedelta(hours=2), away, now - timedelta(hours=1)),
        ListedSource(replace(attic, enabled=False)),
    ]


class ListedSources:
    """`LibrarySources`, and a check that always answers the same."""

    def __init__(self, lines: Sequence[ListedSource] = ()) -> None:
        self._lines = list(lines)

    async def listed(self) -> Sequence[ListedSource]:
        return self._lines

    async def save(self, source: Source) -> None:
        self._lines.append(ListedSource(source))

    async def remove(self, source_id: str, with_books: bool) -> None:
        self._lines = [line for line in self._lines if line.source.id != source_id]

    async def reorder(self, source_ids: Sequence[str]) -> None:
        self._lines.sort(key=lambda line: source_ids.index(line.source.id))

    async def check(self, source: Source) -> CatalogCheck:
        return CatalogCheck(source, source.name, 1204, True)

    async def find(self, source: Source) -> ServerUrl | None:
        return None


FILLED = SourceForm(
    "komga",
    url="https://komga.example.org:25600/opds/v2/catalog",
    name="Komga",
    username="ana@example.org",
    password=Secret("hunter2222"),
)
KOBO_FORM = SourceForm(
    "kobo-cwa",
    SourceKind.KOBO,
    url="https://books.example.org:8083/kobo/••••",
    name="Books",
)
FOUND = CatalogCheck(
    source(4, "Komga", "komga", "https://komga.example.org:25600/opds/v2/catalog"),
    "Komga OPDS catalog",
    1204,
    True,
)
WEB_PAGE = explain(Malformed("page", html=True), "Komga")
