"""A server that requires authentication, as calibre and Calibre-Web do."""

import base64
import hashlib
import re

from tests.fakes.loopback import Asked, Says

REALM = "Kios tests"


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


class Gatekeeper:
    """`scheme` "basic" or "digest"; `refuse` are paths that stay shut for everybody.

    As calibre does, it answers 400 to Basic when it wants Digest. `wrong` counts what was signed
    with a wrong password.
    """

    def __init__(self, scheme: str, username: str = "alice", password: str = "s3cret") -> None:
        self.scheme, self.username, self.password = scheme, username, password
        self.open: set[str] = set()
        self.refuse: set[str] = set()
        self.nonce, self.wrong, self.counts = "nonce-1", 0, list[str]()
        self.content = b"<feed/>"

    def __call__(self, asked: Asked) -> Says:
        path = asked.path.partition("?")[0]
        if path in self.open:
            return Says(200, self.content)
        said = asked.headers.get("authorization", "")
        if said and self.scheme == "digest" and not said.startswith("Digest "):
            return Says(400, b"Unsupported authentication method", {"Content-Type": "text/plain"})
        if not said:
            return self._challenge()
        stale = self.scheme == "digest" and f'nonce="{self.nonce}"' not in said
        if stale:
            return self._challenge(stale=True)
        if not self._right(asked, said):
            self.wrong += 1
            return self._challenge()
        if path in self.refuse:
            return self._challenge()
        return Says(200, self.content, {"ETag": '"1"'})

    def _challenge(self, stale: bool = False) -> Says:
        if self.scheme == "basic":
            return Says(401, b"no", {"WWW-Authenticate": f'Basic realm="{REALM}"'})
        more = ', stale="true"' if stale else ""
        value = f'Digest realm="{REALM}", nonce="{self.nonce}", algorithm="MD5", qop="auth"{more}'
        return Says(401, b"", {"WWW-Authenticate": value})

    def _right(self, asked: Asked, said: str) -> bool:
        if self.scheme == "basic":
            return said == basic(self.username, self.password)
        parts: dict[str, str] = dict(
            re.findall(r'(\w+)="?([^",]*)"?', said.removeprefix("Digest "))
        )
        if parts["uri"] != asked.path or parts["nc"] in self.counts:
            return False
        self.counts.append(parts["nc"])
        one = _md5(f"{self.username}:{REALM}:{self.password}")
        two = _md5(f"{asked.method}:{asked.path}")
        middle = ":".join((parts["nonce"], parts["nc"], parts["cnonce"], "auth"))
        return parts["response"] == _md5(f"{one}:{middle}:{two}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
