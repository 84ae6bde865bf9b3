"""Copies of a source's feeds in the cache folder, shown when the server can't be reached.

Files are named by a hash, for an address may hold a key; keys in a feed's links are masked.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kios_desktop.domain.catalog import Feed
from kios_desktop.domain.disk import make_folder, write_private
from kios_desktop.domain.secret import KeyMask, ServerUrl
from kios_desktop.storage.errors import translated
from kios_desktop.storage.masked import from_masked_json, to_masked_json

KEPT_FEEDS: Final = 200  # of one source; the oldest go first
LARGEST_BYTES: Final = 4 * 1024 * 1024


class FeedCopies:
    """The copies of one source, in `folder`/`source_id`. Raises `StorageError` when writing."""

    def __init__(self, folder: Path, source_id: str, root: ServerUrl) -> None:
        self._folder = folder / source_id
        self._mask = KeyMask(root)

    async def get(self, url: ServerUrl) -> tuple[Feed, datetime] | None:
        """The copy of a page and when it was made; None when none can be read."""
        return await asyncio.to_thread(self._read, self._path(url))

    async def put(self, url: ServerUrl, feed: Feed, at: datetime) -> None:
        await asyncio.to_thread(self._write, self._path(url), feed, at)

    async def forget(self) -> None:
        """Remove all of them."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _path(self, url: ServerUrl) -> Path:
        name = hashlib.sha256(url.reveal().encode()).hexdigest()[:40]
        return self._folder / f"{name}.json"

    def _read(self, path: Path) -> tuple[Feed, datetime] | None:
        try:
            text = path.read_text(encoding="utf-8")
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            feed = from_masked_json(text, Feed, self._mask)
        except (OSError, ValueError):  # missing, incomplete, or of another version
            return None
        return feed, at

    def _write(self, path: Path, feed: Feed, at: datetime) -> None:
        text = to_masked_json(feed, self._mask)
        if len(text) > LARGEST_BYTES:
            return
        with translated():
            make_folder(path.parent)
            part = path.with_suffix(f".{os.getpid()}.part")
            write_private(part, text.encode())
            os.utime(part, (at.timestamp(), at.timestamp()))
            part.replace(path)
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        with contextlib.suppress(OSError):  # another window may be deleting too
            files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in files[:-KEPT_FEEDS]:
                path.unlink(missing_ok=True)
