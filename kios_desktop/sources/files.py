"""Files of a source, on their way to this computer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kios_desktop.domain.catalog import Acquisition
from kios_desktop.domain.download import Arrived, Download, Fetched
from kios_desktop.protocols.http import Session, Transferred, transfer
from kios_desktop.protocols.opds import OpdsClient, file_name


async def fetch(
    session: Session,
    client: OpdsClient,
    download: Download,
    part: Path,
    progress: Callable[[Arrived], None],
) -> Fetched:
    """The file of a download into `part`, or the rest of it.

    Raises `RemoteError`, `StorageError` and `TooLarge`.
    """
    listed = _listed(download)
    url = download.url if listed is None else (await client.direct(listed)).href
    got = await transfer(session, url, part, continuation=download.continuation, progress=progress)
    # calibre's size in a feed is that of its own file, and what it sends is another one
    same_bytes = listed is not None and listed.length_bytes == got.size_bytes
    return replace(fetched(download, got), same_bytes=same_bytes or bool(got.sha256))


def fetched(download: Download, got: Transferred) -> Fetched:
    """What has come of a download, under the name its file gets."""
    entry = download.entry
    return Fetched(
        name=file_name(
            got.content_disposition, got.url, entry.title, entry.authors, download.format
        ),
        size_bytes=got.size_bytes,
        etag=got.etag,
        modified=got.modified,
        sha256=got.sha256,
    )


def _listed(download: Download) -> Acquisition | None:
    """The acquisition that was chosen, as the feed had it."""
    return next((a for a in download.entry.acquisitions if a.href == download.url), None)
