"""Sources with a network: a fetcher over real sessions, and a program that can be killed.

`python -m tests.unit.library.downloads.over_http FOLDER URL` downloads one file and says so.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import Arrived, Download, DownloadState, Fetched
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Credentials, Limits, RetryPolicy, Session, transfer
from tests.unit.library.downloads.world import NAS, a_world, acquisition

QUICK = RetryPolicy(repeats_s=())
PLENTY = Limits(free_bytes=lambda _: 10**12)


class Nas:
    """One source at `root`."""

    def __init__(
        self, root: str, credentials: Credentials | None = None, limits: Limits = PLENTY
    ) -> None:
        self.root, self.limits = ServerUrl(root), limits
        extra = [("X-Extra", "canary-header")]
        self.session = Session(self.root, credentials or Credentials(), None, extra, QUICK)

    def is_usable(self, source_id: str) -> bool:
        return source_id == NAS

    def root_of(self, source_id: str) -> ServerUrl | None:
        return self.root if source_id == NAS else None

    async def fetch(
        self, download: Download, part: Path, progress: Callable[[Arrived], None]
    ) -> Fetched:
        done = await transfer(
            self.session,
            download.url,
            part,
            continuation=download.continuation,
            progress=progress,
            limits=self.limits,
        )
        named = re.search(r'filename="(.*)"', done.content_disposition)
        name = named[1] if named else "book.epub"
        return Fetched(name, done.size_bytes, done.etag, done.modified, sha256=done.sha256)


def entry_at(url: str) -> Entry:
    file = replace(acquisition("7"), href=ServerUrl(url))
    return Entry(key="urn:7", title="Seven", acquisitions=(file,))


async def _main(folder: Path, url: str) -> None:
    nas = Nas(url)
    async with contextlib.aclosing(nas.session), a_world(folder, nas) as world:
        world.add(entry_at(url))
        job = await world.until(DownloadState.DONE, DownloadState.FAILED)
        sys.stdout.write(f"{job.state} {job.fault}\n")


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2]))
