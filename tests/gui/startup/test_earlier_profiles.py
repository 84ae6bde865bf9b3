"""The whole app opens profiles that earlier commits made, with all that was put into them."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.library import BookId, Query
from kios_desktop.domain.locator import Place
from kios_desktop.storage.backup import backups
from kios_desktop.storage.migrations import HEAD
from tests.earlier_profiles import lost, plain, unpack
from tests.gui.kios import Kios


@pytest.mark.parametrize("name", ["0001-9763f47", "0002-949a0d3", "0003-1dd144f"])
async def test_an_earlier_profile_is_opened_and_read_on(
    qapp: QApplication, tmp_path: Path, name: str
) -> None:
    put_in = unpack(name, tmp_path)
    async with Kios(qapp, tmp_path, connect=False) as kios:
        parts = kios.app.parts
        await parts.credentials.seal(put_in["passphrase"])
        assert sorted(await parts.books.ids(Query())) == [one["id"] for one in put_in["books"]]
        assert not lost(put_in["preferences"], plain(parts.live.value))
        assert not lost(put_in["sources"], plain(await parts.sources.all()))
        copies = backups(parts.paths.database.with_name("backups"))
        assert len(copies) == (not name.startswith(HEAD))

        last = put_in["places"][0]["last"]["locator"]["place"]
        opened = await kios.open(BookId(1))
        assert Place(1, 0) < opened.place <= Place(last["spine_index"], last["ordinal"])
