"""Syncs a shelf, one line per page, until somebody ends it: DATABASE ADDRESS"""

import asyncio
import sys
from pathlib import Path

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.sources.kobo_shelf_sync import ShelfSync
from kios_desktop.storage.database import Database
from kios_desktop.storage.kobo_shelf import KoboShelf


async def main(path: Path, base: ServerUrl) -> None:
    database = await Database.open(path)
    session = Session(base, same_origin_only=True)
    shelf = KoboShelf(database, "1" * 32, base)

    def told(done: int, _of: int | None) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()

    await ShelfSync(KoboClient(session, base), shelf).update(told)
    await session.aclose()
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), ServerUrl(sys.argv[2])))
