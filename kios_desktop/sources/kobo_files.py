"""Downloads the files of a Kobo sync source."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from kios_desktop.domain.catalog import Format
from kios_desktop.domain.download import Arrived, Download, Fetched
from kios_desktop.domain.errors import NotMatched
from kios_desktop.protocols.http import Session, Transferred, transfer
from kios_desktop.sources.files import fetched


async def fetch(
    session: Session,
    download: Download,
    part: Path,
    progress: Callable[[Arrived], None],
) -> Fetched:
    """Downloads a file into `part`, or the rest of it: the original, else the converted one.

    Raises `RemoteError`, `StorageError` and `TooLarge`.
    """
    return fetched(download, await _transferred(session, download, part, progress))


async def _transferred(
    session: Session, download: Download, part: Path, progress: Callable[[Arrived], None]
) -> Transferred:
    converted = [one.href for one in download.entry.acquisitions if one.format is Format.KEPUB]
    *others, last = dict.fromkeys([download.url, *converted])
    for url in others:
        with contextlib.suppress(NotMatched):
            return await transfer(
                session, url, part, continuation=download.continuation, progress=progress
            )
    return await transfer(
        session, last, part, continuation=download.continuation, progress=progress
    )
