"""Calibre-Web with Kobo sync while it runs: what it keeps, and an e-reader that uses it as well."""

import contextlib
import json
import sqlite3
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from tests.peers.servers import Peer, calibre_web

TOKEN: Final = "00112233445566778899aabbccddeeff"
# The port in its addresses is left wrong, as on many installations
SETTINGS: Final = {
    "config_kobo_sync": 1,
    "config_kobo_proxy": 0,
    "config_ratelimiter": 0,
    "config_external_port": 8083,
}
_FORGET: Final = (
    "kobo_synced_books",
    "kobo_reading_state",
    "kobo_bookmark",
    "kobo_statistics",
    "book_read_link",
    "archived_book",
)


@dataclass(frozen=True)
class KoboWeb:
    """A running Calibre-Web with a token for its first user."""

    peer: Peer

    @property
    def base(self) -> ServerUrl:
        return ServerUrl(f"{self.peer.origin}/kobo/{TOKEN}")

    @property
    def source(self) -> Source:
        return Source("1" * 32, SourceKind.KOBO, "kobo-cwa", "Home", self.base)

    def change(self, statement: str, values: Sequence[object] = ()) -> None:
        """Of what the server keeps; it may run."""
        with self._open() as connection:
            connection.execute(statement, values)
            connection.commit()

    def count(self, table: str) -> int:
        with self._open() as connection:
            found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            return found

    def allow(self, token: str = TOKEN) -> None:
        """This token is the user's, and no other."""
        self.change("DELETE FROM remote_auth_token WHERE user_id = 1 AND token_type = 1")
        self.change(
            "INSERT INTO remote_auth_token (auth_token, user_id, verified, expiration, token_type)"
            " VALUES (?, 1, 0, '9999-12-31 23:59:59.999999', 1)",
            (token,),
        )

    def forget(self) -> None:
        """Nothing was ever announced or read."""
        for table in _FORGET:
            self.change(f"DELETE FROM {table}")

    def ask(self, path: str, document: object = None) -> Any:
        """What the e-reader asks."""
        content = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(
            f"{self.base.reveal()}/{path}",
            data=content,
            headers={"Content-Type": "application/json"},
            method="GET" if document is None else "PUT",
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = self.peer.work / "calibre-web" / "app.db"
        with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
            yield connection


@contextlib.contextmanager
def kobo_web(work: Path, books: int, **settings: object) -> Iterator[KoboWeb]:
    """`settings` are columns of its settings table, over those of `SETTINGS`."""
    work.mkdir(exist_ok=True)
    with calibre_web(work, books, {**SETTINGS, **settings}) as peer:
        made = KoboWeb(peer)
        made.allow()
        yield made
