"""The last copy of a page: there without the server, which may be silent, refuse, or answer."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.domain.errors import Unreachable
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.http import RetryPolicy, Session
from kios_desktop.protocols.opds import OpdsClient
from kios_desktop.sources.opds_catalog import OpdsCatalog
from kios_desktop.storage.feed_copies import FeedCopies
from tests.fakes import opds_feeds as feeds
from tests.fakes.loopback import Asked, Loopback, Says

ID = "7" * 32


def catalog(session: Session, root: ServerUrl, folder: Path) -> OpdsCatalog:
    source = Source(ID, SourceKind.OPDS, "other", "Home", root)
    return OpdsCatalog(source, OpdsClient(session, root), FeedCopies(folder, ID, root))


async def test_a_copy_is_there_while_the_server_says_nothing_or_is_gone(tmp_path: Path) -> None:
    silent = asyncio.Event()
    silent.set()

    async def answer(_asked: Asked) -> Says:
        await silent.wait()
        return Says(200, feeds.grimmory(), {"Content-Type": "application/atom+xml"})

    async with Loopback(answer) as server:
        root = ServerUrl(server.origin + "/opds")
        session = Session(root, retry_policy=RetryPolicy(repeats_s=()))
        first = catalog(session, root, tmp_path)
        assert await first.copy(None) is None
        seen = (await first.feed(None)).feed
        await first.aclose()
        silent.clear()
        later = catalog(session, root, tmp_path)  # after a restart: nothing in memory
        asking = asyncio.create_task(later.feed(None))
        copy = await later.copy(None)
        assert copy is not None and copy.kept_at is not None and copy.error is None
        assert [entry.key for entry in copy.feed.entries] == [entry.key for entry in seen.entries]
        assert not asking.done()
        silent.set()
        assert (await asking).kept_at is None
        await later.aclose()
    shown = await later.feed(None, fresh=True)
    assert isinstance(shown.error, Unreachable)
    assert await later.copy(ServerUrl(root.reveal() + "/other")) is None
    with pytest.raises(Unreachable):
        await later.feed(ServerUrl(root.reveal() + "/other"))
    await session.aclose()
