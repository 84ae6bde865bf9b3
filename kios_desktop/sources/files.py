"""Downloads the files of a catalog."""

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
    """Downloads a file into `part`, or the rest of it.

    Raises `RemoteError`, `StorageError` and `TooLarge`.
    """
    listed = _listed(download)
    url = download.url if listed is None else (await client.direct(listed)).href
    got = await transfer(session, url, part, continuation=download.continuation, progress=progress)
    # calibre's size in a feed is that of the stored file; it sends one with updated metadata
    same_bytes = listed is not None and listed.length_bytes == got.size_bytes
    return replace(fetched(download, got), same_bytes=same_bytes or bool(got.sha256))


def fetched(download: Download, got: Transferred) -> Fetched:
    """The result of a transfer, with the name for the file."""
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
    """The chosen acquisition, from the entry of the feed."""
    return next((a for a in download.entry.acquisitions if a.href == download.url), None)
