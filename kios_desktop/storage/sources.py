"""Stores the configured servers. Whatever may be a key goes to the password store.

The table has only what may be shown: Kavita's and Stump's addresses hold a key, and Komga's user
name may be one, so address, user name, password and header values form one secret.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.errors import NoKeystore, Refusal, StorageError
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.domain.secret import UNREADABLE, Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, DocumentId, Header, Pin, Source, SourceKind
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import from_json, to_json
from kios_desktop.storage.secrets import Secrets
from kios_desktop.storage.tables import sources, sync_records


class _SourceSecret(msgspec.Struct):
    """The secret of one source, as JSON in the password store."""

    url: str
    username: str = ""
    password: str = ""
    headers: list[tuple[str, str]] = []
    shared: bool = False
    catalog_url: str = ""


_OPEN = "none, and nothing is secret"  # value of `auth` for a source without a stored secret
_ESSENTIAL = Cells("sources", "id", "kind", "url_shown", "auth")
_MOST = 1_000_000  # in the order of Settings; a larger number is damaged


class Sources:
    """Configured servers, in the order of Settings."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database, self._secrets = database, secrets
        self._damage = database.damage

    async def all(self) -> list[Source]:
        """A source whose secret is lost has the shown address and no credentials."""
        rows = await self._rows()
        hidden = {row.id: await self._hidden(row.id) for row in rows}
        return self._damage.sound(RecordKind.SERVER, rows, lambda row: _source(row, hidden[row.id]))

    async def known(self) -> tuple[list[Source], dict[str, Refusal]]:
        """All sources; and by id, why the secret of one is not available."""
        rows = await self._rows()
        found, withheld = [], {}
        await self._hide_keys(rows)
        for row in rows:
            hidden = None
            why = Refusal.FORGOTTEN
            try:
                hidden = await self._hidden(row.id)
            except StorageError:
                why = Refusal.LOCKED
            if hidden is None and not _is_open(row):
                withheld[row.id] = why
            kept = hidden
            found += self._damage.sound(RecordKind.SERVER, [row], lambda row: _source(row, kept))  # noqa: B023
        return found, withheld

    async def save(self, source: Source) -> None:
        """Adds or replaces. The secret is stored before the row: raises `NoKeystore`.

        A source without anything secret needs no password store.
        """
        hidden = _SourceSecret(
            source.url.reveal(),
            source.username,
            source.password.reveal(),
            [(header.name, header.value.reveal()) for header in source.headers],
            source.shared,
            source.catalog_url.reveal() if source.catalog_url is not None else "",
        )
        try:
            await self._secrets.put(source.id, to_json(hidden))
        except NoKeystore:
            if _has_secret(source) or not await self._may_be_open(source.id):
                raise
        values = _values(source)

        def work(connection: Any) -> None:
            last = connection.execute(select(func.count(sources.c.id))).scalar()
            highest = connection.execute(
                select(func.max(sources.c.place)).where(sources.c.place.between(0, _MOST))
            ).scalar()
            place = max(last or 0, highest or 0) + 1
            statement = insert(sources).values(place=place, **values)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"],
                    set_={name: statement.excluded[name] for name in values if name != "id"},
                )
            )

        await self._database.run(work)

    async def remove(self, source_id: str) -> None:
        """Deletes the source, its secret and its sync records."""

        def work(connection: Any) -> None:
            connection.execute(delete(sources).where(sources.c.id == source_id))
            connection.execute(delete(sync_records).where(sync_records.c.source_id == source_id))

        await self._database.run(work)
        await self._secrets.remove(source_id)

    async def reorder(self, source_ids: Sequence[str]) -> None:
        """Puts sources into this order; the others follow in their present order."""

        def work(connection: Any) -> None:
            rows = connection.execute(select(sources.c.id).order_by(sources.c.place)).all()
            known = [row.id for row in rows]
            named = [source_id for source_id in source_ids if source_id in known]
            rest = [source_id for source_id in known if source_id not in named]
            for place, source_id in enumerate(named + rest, 1):
                statement = sources.update().where(sources.c.id == source_id)
                connection.execute(statement.values(place=place))

        await self._database.run(work)

    async def remembered(self, source_id: str) -> str:
        """What clients learned about this server, in their own format; "" at first."""
        found = await self._database.read(
            lambda connection: connection.execute(
                select(sources.c.remembered).where(sources.c.id == source_id)
            ).scalar()
        )
        return found if isinstance(found, str) else ""

    async def remember(self, source_id: str, text: str) -> None:
        statement = sources.update().where(sources.c.id == source_id).values(remembered=text)
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def _may_be_open(self, source_id: str) -> bool:
        """Whether no secret of it can be stored: it is new, or has none."""
        found = await self._database.read(
            lambda connection: connection.execute(
                select(sources).where(sources.c.id == source_id)
            ).one_or_none()
        )
        return found is None or _is_open(found)

    async def _hide_keys(self, rows: Sequence[Row[Any]]) -> None:
        """Masks parts of shown addresses that an earlier version did not recognise as keys."""
        masked = ((row, ServerUrl(row.url_shown).shown) for row in rows)
        changes = {row.id: shown for row, shown in masked if shown != row.url_shown}

        def work(connection: Any) -> None:
            for source_id, shown in changes.items():
                statement = sources.update().where(sources.c.id == source_id)
                connection.execute(statement.values(url_shown=shown))

        if changes:
            await self._database.run(work)

    async def _rows(self) -> Sequence[Row[Any]]:
        rows = await self._database.read(
            lambda connection: connection.execute(select(sources).order_by(sources.c.place)).all()
        )

        def checked(row: Row[Any]) -> Row[Any]:
            _ESSENTIAL.check(named(row))
            return row

        return self._damage.sound(RecordKind.SERVER, rows, checked)

    async def _hidden(self, source_id: str) -> _SourceSecret | None:
        """None also for a damaged secret: the user is then asked for it."""
        text = await self._secrets.get(source_id)
        if text is None:
            return None
        return self._damage.read(RecordKind.SERVER, lambda: from_json(text, _SourceSecret), None)


def _has_secret(source: Source) -> bool:
    """Whether anything of it belongs in the password store."""
    told = source.url.reveal() != source.url.shown or source.catalog_url is not None
    return told or bool(source.username or source.password or source.headers)


def _is_open(row: Row[Any]) -> bool:
    """Whether a source has no stored secret. Its address must not contain a masked key."""
    return row.auth == _OPEN and UNREADABLE not in str(row.url_shown)


def _values(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "kind": source.kind.value,
        "preset": source.preset,
        "name": source.name,
        "url_shown": source.url.shown,
        "auth": source.auth.value if _has_secret(source) else _OPEN,
        "document_id": source.document_id.value,
        "enabled": int(source.enabled),
        "pin": "" if source.pin is None else to_json(source.pin),
    }


def _source(row: Row[Any], hidden: _SourceSecret | None) -> Source:
    """Damaged names and hints are replaced by defaults; raises ValueError for anything else."""
    kept = hidden or _SourceSecret(row.url_shown)
    preset, name = (one if isinstance(one, str) else "" for one in (row.preset, row.name))
    return Source(
        id=row.id,
        kind=SourceKind(row.kind),
        preset=preset,
        name=name or preset,
        url=ServerUrl(kept.url),
        auth=AuthMethod.NONE if row.auth == _OPEN else AuthMethod(row.auth),
        username=kept.username,
        password=Secret(kept.password),
        headers=tuple(Header(name, Secret(value)) for name, value in kept.headers),
        pin=_pin(row.pin),
        enabled=row.enabled != 0,
        document_id=_document_id(row.document_id),
        shared=kept.shared,
        catalog_url=ServerUrl(kept.catalog_url) if kept.catalog_url else None,
    )


def _pin(text: object) -> Pin | None:
    """None for a damaged one: the user is asked about the certificate again."""
    try:
        return from_json(text, Pin) if isinstance(text, str) and text else None
    except msgspec.MsgspecError:
        return None


def _document_id(text: object) -> DocumentId:
    try:
        return DocumentId(str(text))
    except ValueError:
        return DocumentId.PARTIAL_MD5
