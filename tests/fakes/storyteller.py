"""A Storyteller on the loopback device: signing in and files.

Each request with Basic is a new session, also beside a good cookie; a wrong Basic beside a good
cookie is a 401; the cookie alone is enough. Files tell their SHA-256.
"""

import base64
import hashlib
import re
from typing import Final

from tests.fakes.gatekeeper import basic
from tests.fakes.loopback import Asked, Loopback, Says

USER: Final = "mira"
PASSWORD: Final = "quiet evening"
COVER: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_ROOT: Final = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>catalog</id><title>Storyteller Catalog</title>
<updated>2026-11-29T13:03:37.995Z</updated></feed>"""


class Storyteller(Loopback):
    """`logins` counts its sessions; `guests` may look without one, as Calibre-Web lets them."""

    def __init__(self, book: bytes = b"", *, guests: bool = False) -> None:
        super().__init__(self._answer)
        self.book = book
        self.hash = hashlib.sha256(book).hexdigest()
        self.logins = 0
        self.good: set[str] = set()
        self.cookies_sign = True
        self._guests = guests

    def forget(self) -> None:
        """Every session is over."""
        self.good.clear()

    def _answer(self, asked: Asked) -> Says:
        headers: dict[str, str] = {}
        said = asked.headers.get("authorization")
        cookie = re.search(r"st_token=(\w+)", asked.headers.get("cookie", ""))
        if said is not None:
            if said != basic(USER, PASSWORD):
                return self._challenge(asked)
            self.logins += 1
            self.good.add(f"t{self.logins}")
            headers["Set-Cookie"] = f"st_token=t{self.logins}; Path=/; HttpOnly; SameSite=lax"
        elif not (cookie and cookie[1] in self.good and self.cookies_sign) and not self._guests:
            return self._challenge(asked)
        return self._found(asked, headers)

    def _challenge(self, asked: Asked) -> Says:
        if asked.path.startswith("/opds"):
            return Says(401, b"", {"WWW-Authenticate": 'Basic realm="Storyteller"'})
        return Says(401, b'{"message":"Not authenticated"}', {"WWW-Authenticate": "Bearer"})

    def _found(self, asked: Asked, headers: dict[str, str]) -> Says:
        if asked.path.startswith("/opds"):
            return Says(200, _ROOT, {**headers, "Content-Type": "application/atom+xml"})
        if "/cover" in asked.path:
            return Says(200, COVER, headers)
        headers |= {
            "Content-Type": "application/epub+zip",
            "Accept-Ranges": "bytes",
            "ETag": '"593be62e87f166e84b39e57a2cb98749"',
            "X-Storyteller-Hash": self.hash,
        }
        begun = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
        if begun is None:
            return Says(200, self.book, headers)
        at, size = int(begun[1]), len(self.book)
        headers["Content-Range"] = f"bytes {at}-{size - 1}/{size}"
        return Says(206, self.book[at:], headers)
