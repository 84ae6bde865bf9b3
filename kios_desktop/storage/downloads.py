"""Stores the queue of downloads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.download import Download, DownloadId
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.core import named
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.database import Database
from kios_desktop.storage.masked import from_masked_json, to_json_with_keys
from kios_desktop.storage.masks import RootOf, SourceMasks
from kios_desktop.storage.tables import downloads

_CELLS = Cells("downloads")


class DownloadRecords:
    """Downloads by id. Keys in addresses are never written.

    A download of an unknown source is read with unusable addresses; saving it again loses nothing.
    """

    def __init__(self, database: Database, root_of: RootOf) -> None:
        self._database, self._masks = database, SourceMasks(root_of)

    async def all(self) -> list[Download]:
        """In the order they were requested."""
        rows = await self._database.read(
            lambda connection: connection.execute(select(downloads).order_by(downloads.c.id)).all()
        )
        return self._database.damage.sound(RecordKind.DOWNLOAD, rows, self._download)

    async def save(self, changed: Sequence[Download]) -> None:
        """Adds or replaces."""
        rows = [self._row(one) for one in changed]

        def work(connection: Connection) -> None:
            statement = insert(downloads)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_={"record": statement.excluded.record}
                ),
                rows,
            )

        if rows:
            await self._database.run(work)

    async def remove(self, ids: Sequence[DownloadId]) -> None:
        statement = delete(downloads).where(downloads.c.id.in_(ids))
        await self._database.run(lambda connection: connection.execute(statement).close())

    def _download(self, row: Row[Any]) -> Download:
        _CELLS.check(named(row))
        return from_masked_json(row.record, Download, self._masks.current(row.source_id))

    def _row(self, one: Download) -> dict[str, Any]:
        record = self._masks.hide(one.source_id, to_json_with_keys(one))
        return {"id": one.id, "source_id": one.source_id, "record": record}
