"""The real servers, started once for all tests that need them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.servers import Peer, calibre, calibre_web, lacking


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for libraries and settings; skips without the servers."""
    if missing := lacking():
        pytest.skip(f"{missing} is not installed; packaging/tasks.py peers installs it")
    return tmp_path_factory.mktemp("peers")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("none", ""), id="no password", marks=pytest.mark.long),
        pytest.param(("digest", ""), id="digest"),
        pytest.param(("basic", "/calibre"), id="basic below a prefix", marks=pytest.mark.long),
    ],
)
def content_server(work: Path, request: pytest.FixtureRequest) -> Iterator[Peer]:
    """calibre, with each way of signing in."""
    auth, prefix = request.param
    with calibre(work, auth, prefix) as peer:
        yield peer


@pytest.fixture(scope="module")
def web_server(work: Path) -> Iterator[Peer]:
    """Calibre-Web."""
    with calibre_web(work) as peer:
        yield peer
