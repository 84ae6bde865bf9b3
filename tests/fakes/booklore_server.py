"""A loopback BookLore or Grimmory that behaves as a recorded one, with faults on demand.

In a test: `async with BookloreServer("PF") as server`. As a program, for tests of the whole
application: `python -m tests.fakes.booklore_server --variant GR3` prints its address;
`POST /__control` with a JSON object of `mode`, `fault_at` or `pass_s` changes it, and answers what
it keeps.
"""

import argparse
import asyncio
import json
import re
import ssl
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.booklore_accounts import Accounts
from tests.fakes.booklore_answers import (
    STAMP,
    Failed,
    conflict,
    error,
    framework,
    js,
    malformed,
    nothing,
    page,
    unexpected,
)
from tests.fakes.booklore_books import Books
from tests.fakes.booklore_rows import Annotations, Bookmarks, BookNotes, PlaceNotes, Rows
from tests.fakes.booklore_sessions import Sessions
from tests.fakes.booklore_shelves import Shelves
from tests.fakes.booklore_state import Person, State, usual_state
from tests.fakes.booklore_variants import VARIANTS, Variant
from tests.fakes.loopback import Asked, Loopback, Says

MODES = (
    *("ok", "lost", "killed", "busy", "broken", "page", "login page", "moved", "half", "huge"),
    *("database down", "no right", "plain text", "dead", "race", "deadlock", "short"),
)
"""“lost”: carried out, and then no answer. “killed”: no answer, and nothing was carried out.
“race”, “deadlock”: somebody has done the same just before, and the database refuses ours. “short”:
the last row of the answer is missing.
"""

_PUBLIC = ("/api/v1/auth/", "/api/v1/healthcheck", "/api/v1/public-settings")
_LOGIN_PAGE = b"<html><title>Sign in</title><form><input type='password'></form></html>"


class BookloreServer:
    """`mode` is the fault of every request that `concerns`, and of `times` of them at most.

    `accounts.now` is its clock; `pass_` lets time go by. Every request is in `asked`.
    """

    def __init__(
        self, variant: str = "PF", state: State | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.variant: Variant = VARIANTS[variant]
        self.state = state or usual_state()
        self.accounts = Accounts(self.variant, self.state)
        self.books = Books(self.variant, self.state)
        self.sessions = Sessions(self.variant, self.state)
        self.shelves = Shelves(self.variant, self.state)
        self.rows: dict[str, Rows] = {
            "v1/annotations": Annotations(self.variant, self.state, self._stamp),
            "v2/book-notes": PlaceNotes(self.variant, self.state, self._stamp),
            "v1/book-notes": BookNotes(self.variant, self.state, self._stamp),
            "v1/bookmarks": Bookmarks(self.variant, self.state, self._stamp),
        }
        self.mode, self.concerns, self.times, self.after = "ok", "", -1, 0
        self.retry_after = ""
        self.ticks = False  # whether its clock goes, as the computer's does
        self._stamps = 0
        self._loopback = Loopback(self._handle, tls)

    @property
    def url(self) -> str:
        return self._loopback.origin

    @property
    def asked(self) -> list[Asked]:
        return self._loopback.asked

    def paths(self) -> list[str]:
        return [f"{one.method} {urlsplit(one.path).path}" for one in self.asked]

    def pass_(self, seconds: float) -> None:
        self.accounts.now += seconds

    def fail(self, mode: str, concerns: str = "", times: int = -1, after: int = 0) -> None:
        """Requests with `concerns` in method and path, `times` of them, `after` so many others."""
        assert mode in MODES
        self.mode, self.concerns, self.times, self.after = mode, concerns, times, after

    async def start(self, port: int = 0) -> Self:
        self._loopback.port = port
        await self._loopback.__aenter__()
        return self

    async def stop(self) -> None:
        await self._loopback.__aexit__(None, None, None)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def answer(self, asked: Asked) -> Says:
        """What it answers, without faults; an error leaves everything as it was."""
        try:
            return self._routed(asked)
        except Failed as failure:
            return failure.says

    async def _handle(self, asked: Asked) -> Says:
        if self.ticks:
            self.accounts.now = max(self.accounts.now, time.time())
        if asked.path == "/__control":
            return self._control(asked)
        mode = self._mode_of(asked)
        match mode:
            case "killed":
                raise OSError("no answer")
            case "dead":
                await asyncio.sleep(3600)
            case "lost":
                self.answer(asked)
                raise OSError("no answer")
            case "race" | "deadlock":
                self.answer(asked)
                return self._outrun(asked, mode)
        return self._faulty(mode, asked) or self.answer(asked)

    def _mode_of(self, asked: Asked) -> str:
        if self.concerns not in f"{asked.method} {asked.path}" or self.times == 0:
            return "ok"
        if self.mode == "ok":
            return "ok"
        if self.after > 0:
            self.after -= 1
            return "ok"
        self.times -= 1
        return self.mode

    def _faulty(self, mode: str, asked: Asked) -> Says | None:
        path = urlsplit(asked.path).path
        match mode:
            case "busy":
                headers = {"Retry-After": self.retry_after} if self.retry_after else {}
                busy = error(429, "Too many requests")
                return Says(429, busy.body, {**busy.headers, **headers})
            case "broken":
                return Says(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"})
            case "page":
                return page()
            case "login page":
                return Says(200, _LOGIN_PAGE, {"Content-Type": "text/html"})
            case "moved":
                return Says(302, b"", {"Location": "https://portal.example/login?from=x"})
            case "plain text":
                return Says(200, b"starting up", {"Content-Type": "text/plain"})
            case "no right":
                return error(403, self.variant.denied)
            case "database down":
                if path.startswith("/api/koreader/"):
                    said = {"timestamp": STAMP, "status": 500, "error": "Internal Server Error"}
                    return js(500, {**said, "path": path})
                if path == "/api/v1/healthcheck":
                    return None
                unsigned = path.startswith("/api/v1/auth/") or path == "/api/v1/public-settings"
                return unexpected().says if unsigned else nothing(401)
            case "half":
                says = self.answer(asked)
                assert isinstance(says.body, bytes)
                return Says(says.status, says.body[: len(says.body) // 2], says.headers)
            case "short":
                says = self.answer(asked)
                assert isinstance(says.body, bytes)
                body = json.loads(says.body)
                body["results"].pop()
                return js(says.status, body)
            case "huge":
                body = b"[" + b" " * 40_000_000 + b"]"
                return Says(200, body, {"Content-Type": "application/json"})
        return None

    def _outrun(self, asked: Asked, mode: str) -> Says:
        """What the second of two gets: mostly a conflict, for changes of a row an error."""
        is_put = asked.method == "PUT" and "rating" not in asked.path
        changes_row = is_put or asked.method == "DELETE"
        return (unexpected() if changes_row or mode == "deadlock" else conflict()).says

    def _routed(self, asked: Asked) -> Says:
        parts = urlsplit(asked.path)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        if not path.startswith("/api/"):
            return page()
        below = path.removeprefix("/api/")
        if below.startswith("koreader/"):
            return self._koreader(asked, below)
        if path.startswith(_PUBLIC):
            self.accounts.person_of(asked, public=True)
            return self._public(asked, below)
        person = self.accounts.person_of(asked)
        if person is None and self.variant.fork and below.startswith("v1/reading-sessions"):
            person = self.accounts.koreader_person(asked)
        if person is None:
            return framework(self.variant.unsigned, path)
        return self._signed(asked, person, below, query)

    def _public(self, asked: Asked, below: str) -> Says:
        match asked.method, below:
            case "POST", "v1/auth/login":
                if "content-type" not in asked.headers:
                    raise unexpected()
                return self.accounts.sign_in(_json(asked))
            case "POST", "v1/auth/refresh":
                return self.accounts.refresh(_json(asked))
            case "GET", "v1/healthcheck":
                message = "Application is running smoothly."
                data = {"status": "UP", "message": message, "version": self.variant.version}
                data["timestamp"] = STAMP
                pong = {"data": data, "message": "Pong", "status": 200, "timestamp": STAMP}
                return js(200, pong)
            case "GET", "v1/public-settings":
                return js(
                    200,
                    {
                        "oidcEnabled": self.accounts.oidc_only,
                        "remoteAuthEnabled": False,
                        "oidcProviderDetails": None,
                        "oidcForceOnlyMode": self.accounts.oidc_only,
                    },
                )
        raise unexpected()

    def _koreader(self, asked: Asked, below: str) -> Says:
        person = self.accounts.koreader_person(asked)
        if person is None:
            return framework(self.variant.unsigned, f"/api/{below}")
        if (asked.method, below) == ("GET", "koreader/users/auth"):
            assert person.koreader is not None
            return js(200, {"username": person.koreader["username"]})
        if self.variant.fork and below.startswith("koreader/books/by-hash/"):
            return self.books.by_hash(person, below.rpartition("/")[2])
        return page() if asked.method == "GET" else self._absent(asked)

    def _signed(self, asked: Asked, person: Person, below: str, query: dict[str, str]) -> Says:
        for route, rows in self.rows.items():
            if (found := re.fullmatch(rf"{route}(?:/(book/)?(-?\d+))?", below)) is not None:
                return self._row(asked, person, rows, found[1] is not None, found[2])
        fork = self.variant.fork
        match asked.method, below.split("/"):
            case "GET", ["v1", "koreader-users", "me"]:
                return self.accounts.koreader_user(person)
            case "PUT", ["v1", "koreader-users", "me"]:
                return self.accounts.save_koreader_user(person, _json(asked))
            case "GET", ["v1", "books", "search"] if fork:
                return self.books.search(person, query)
            case "GET", ["v1", "books", "by-hash", given] if fork:
                return self.books.by_hash(person, given)
            case "GET", ["v1", "books", book]:
                return self.books.get(person, book)
            case "GET", ["v1", "app", "books", "search"] if self.variant.modern:
                return self.books.app_search(person, query)
            case "GET", ["mobile", "v1", "books", "search"] if fork:
                return self.books.app_search(person, query)
            case "PUT", ["v1", "books", "personal-rating"]:
                return self.books.rate(person, _json(asked))
            case "POST", ["v1", "books", "reset-personal-rating"]:
                return self.books.clear_ratings(person, _json(asked))
            case "POST", ["v1", "books", "shelves"]:
                return self.shelves.assign(person, _json(asked))
            case "POST", ["v1", "reading-sessions"]:
                return self.sessions.save(person, _json(asked))
            case "POST", ["v1", "reading-sessions", "batch"] if fork:
                return self.sessions.save_all(person, _json(asked))
            case "GET", ["v1", "reading-sessions", "book", book]:
                return self.sessions.of_book(person, int(book), query)
            case "GET", ["v1", "shelves"]:
                return self.shelves.all(person)
            case "POST", ["v1", "shelves"]:
                return self.shelves.create(person, _json(asked))
            case "GET", ["v1", "shelves", shelf, "books"]:
                return self.shelves.books(person, int(shelf))
        return self._absent(asked)

    def _row(
        self, asked: Asked, person: Person, rows: Rows, of_book: bool, number: str | None
    ) -> Says:
        match asked.method:
            case "GET" if of_book and number is not None:
                return rows.of_book(person, int(number))
            case "GET" if number is not None:
                return rows.get(person, int(number))
            case "POST" if number is None:
                return rows.create(person, _json(asked))
            case "PUT" if number is not None and not isinstance(rows, BookNotes):
                return rows.update(person, int(number), _json(asked))
            case "DELETE" if number is not None:
                return rows.delete(person, int(number))
        raise unexpected()

    def _absent(self, asked: Asked) -> Says:
        """An unknown path is the web app for a GET, and an error for everything else."""
        if asked.method == "GET":
            return page()
        raise unexpected()

    def _stamp(self) -> str:
        """In the zone of the server; lists have it without the fraction."""
        self._stamps += 1
        at = datetime.fromtimestamp(int(self.accounts.now), UTC) - timedelta(hours=5)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{self._stamps:06}"

    def _control(self, asked: Asked) -> Says:
        for name, value in (json.loads(asked.body) if asked.body else {}).items():
            if name == "pass_s":
                self.pass_(value)
            elif name in ("mode", "concerns", "times", "after", "retry_after"):
                setattr(self, name, value)
        kept = asdict(self.state)
        kept["on_shelves"] = sorted(self.state.on_shelves)
        kept["ratings"] = [[*key, value] for key, value in self.state.ratings.items()]
        requests = [{"method": one.method, "path": one.path} for one in self.asked]
        kept["people"] = sorted(self.state.people)
        return js(200, {"variant": self.variant.name, "state": kept, "requests": requests})


def _json(asked: Asked) -> Any:
    try:
        return json.loads(asked.body)
    except ValueError:
        raise malformed() from None


async def _main(arguments: Any) -> None:
    server = await BookloreServer(arguments.variant).start(arguments.port)
    server.ticks = True
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", default="PF", choices=sorted(VARIANTS))
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_main(parser.parse_args()))
