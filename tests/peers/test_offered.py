"""What is offered for a wrong address of a real server: its catalog, never what is not there."""

import pytest

from tests.offered import ANSWERS, TYPED, Host, in_catalog_form, in_sync_form
from tests.peers.servers import Peer

pytestmark = [pytest.mark.peers, pytest.mark.long]

EXPECTED = {typed: ANSWERS if typed in ("/opds", "/opds/") else "/opds" for typed in TYPED}
"""Both answer with the slash as well."""


def host_of(peer: Peer) -> Host:
    return Host("real", peer.origin, peer.username, peer.password, sync_name=peer.username)


@pytest.mark.shows("right address offered")
async def test_calibre_is_found_from_any_address(content_server: Peer) -> None:
    """It answers without its prefix, too."""
    found = {typed: await in_catalog_form(host_of(content_server), typed) for typed in TYPED}
    assert found == EXPECTED


@pytest.mark.shows("no sync offered")
async def test_calibre_has_no_koreader_sync(content_server: Peer) -> None:
    found = {typed: await in_sync_form(host_of(content_server), typed) for typed in TYPED[::5]}
    assert set(found.values()) == {""}


@pytest.mark.shows("right address offered")
async def test_calibre_web_is_found_from_any_address(web_server: Peer) -> None:
    found = {typed: await in_catalog_form(host_of(web_server), typed) for typed in TYPED}
    assert found == EXPECTED


@pytest.mark.shows("no sync offered")
async def test_calibre_web_has_no_koreader_sync(web_server: Peer) -> None:
    found = {typed: await in_sync_form(host_of(web_server), typed) for typed in TYPED[::5]}
    assert set(found.values()) == {""}
