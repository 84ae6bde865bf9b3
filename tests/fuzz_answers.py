"""Gives every client answers that no server should send, for as long as it is asked to.

    python -m tests.fuzz_answers [--minutes M] [--seed N] [--wire SHARE] [--only NUMBER]

Each answer must become a value that can be stored and shown, or one of our own errors with words
for it, within its time. Most inputs go in above the network, where reading begins; some as bytes
over the loopback, where connections, redirects, signatures and compression are ours as well.

Prints the seed, how many inputs there were, and each failure with its number; exits 0 only without
one. The same seed, share and number make the same input.
"""

import argparse
import asyncio
import random
import sys
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.errors import KiosError, RemoteError
from kios_desktop.protocols.http import (
    Reply,
    retry_after_s,
)
from kios_desktop.ui.kit.error_texts import explain, explain_catalog
from tests.books import write_book
from tests.every_client import NOW, Ask, EveryClient
from tests.fakes.given import reply
from tests.fakes.raw_server import RawServer
from tests.hostile_words import unclean
from tests.odd_answers import Answer, changed, packed, seeds

LIMIT_S = 5.0  # for one input; a hang is a failure
WIRE_SHARE = 0.06  # of the inputs go over the loopback: those take a hundred times as long


@dataclass
class Failure:
    number: int
    where: str
    answer: Answer
    trace: str


class Fuzz:
    """One run."""

    def __init__(self, clients: EveryClient, seed: int) -> None:
        self.clients, self.seed = clients, seed
        self.counted: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self._seeds = seeds()

    async def run(self, numbers: "range | Minutes", server: RawServer, wire_share: float) -> None:
        readers = self.clients.readers()
        over_the_wire = self.clients.over_the_wire(server.origin)
        for number in numbers:
            dice = random.Random(f"{self.seed}/{number}")
            answer = changed(dice.choice(self._seeds), dice)
            if dice.random() < wire_share:
                name = dice.choice(list(over_the_wire))
                server.says = _bytes_of(answer, dice)
                await self._one(number, name, answer, over_the_wire[name])
                continue
            name = dice.choice(list(readers))
            said = reply(answer.status, answer.headers, answer.body)
            self.clients.http.says = self.clients.session.says = said
            retry_after_s(said.headers, said.date)
            await self._one(number, name, answer, readers[name])

    async def _one(self, number: int, name: str, answer: Answer, ask: Ask) -> None:
        self.counted[name] += 1
        begun = time.monotonic()
        try:
            async with asyncio.timeout(LIMIT_S):
                _use(await ask())
            self.ended["a value"] += 1
        except KiosError as error:
            self.ended[type(error).__name__] += 1
            if not isinstance(error, RemoteError) and name != "file":
                self._failed(number, name, answer)
            try:
                for words in (explain(error, "Home"), explain_catalog(error, "Home")):
                    f"{words.title}{words.text}".encode()
            except Exception:  # noqa: BLE001  (which is what is looked for)
                self._failed(number, name, answer)
        except (Exception, asyncio.CancelledError):  # noqa: BLE001
            self._failed(number, name, answer)
        if time.monotonic() - begun > LIMIT_S:
            self._failed(number, name, answer)

    def _failed(self, number: int, name: str, answer: Answer) -> None:
        self.failures.append(Failure(number, name, answer, traceback.format_exc()))


class Minutes:
    """Numbers, until the time is over."""

    def __init__(self, minutes: float) -> None:
        self._until = time.monotonic() + 60 * minutes
        self._next = 0

    def __iter__(self) -> "Minutes":
        return self

    def __next__(self) -> int:
        if time.monotonic() >= self._until:
            raise StopIteration
        self._next += 1
        return self._next


def _use(value: object) -> None:
    """Looks at everything, as storing and showing it would."""
    text = repr(value)
    for entry in getattr(value, "entries", ()):
        text += entry.title + repr(entry)
    text.encode()
    if found := unclean(value):
        raise AssertionError(found)
    for at in _times(value):
        _ = at.astimezone(UTC).isoformat(), at - NOW
    if isinstance(value, Reply):
        _ = value.said, value.is_html, value.media_type


def _times(value: object) -> list[datetime]:
    one = getattr(value, "report", None) or getattr(value, "progress", None) or value
    names = ("at", "changed_at", "modified", "server_now", "updated", "date")
    found = [getattr(one, name, None) for name in names]
    found += [getattr(entry, "updated", None) for entry in getattr(value, "entries", ())]
    return [at for at in found if isinstance(at, datetime)]


def _bytes_of(answer: Answer, dice: random.Random) -> bytes:
    headers, body = packed(answer, dice)
    location = headers.get("location", "")
    if "//" in location and "[" not in location and "a:b" not in location:
        headers["location"] = dice.choice(("http://127.0.0.1:9/x", "/x", "http://[::1]:9/login"))
    if dice.random() < 0.8:
        headers["content-length"] = str(max(0, len(body) + dice.choice((0, 0, 0, 0, 1, -1, 50))))
    elif dice.random() < 0.3:
        headers["transfer-encoding"] = "chunked"
    head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    raw = head.encode("latin-1", "replace") + b"\r\n" + body
    if dice.random() < 0.1:
        at = dice.randint(0, min(len(raw), len(head) + 20))
        raw = raw[:at] + dice.randbytes(dice.randint(0, 3)) + raw[at + dice.randint(0, 2) :]
    return raw


async def fuzz(seed: int, numbers: "range | Minutes", wire_share: float = WIRE_SHARE) -> Fuzz:
    """Runs these inputs."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = write_book(folder / "book.epub", "<p>One.</p>", "<p id='a'>Two words.</p><p>3</p>")
        opened = open_publication(path, None)
        opened.places.measure()
        run = Fuzz(EveryClient(opened.places, folder), seed)
        try:
            async with RawServer() as server:
                await run.run(numbers, server, wire_share)
        finally:
            await run.clients.session.aclose()
            await run.clients.http.aclose()
            opened.close()
    return run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--wire", type=float, default=WIRE_SHARE, help="share over the loopback")
    parser.add_argument("--only", type=int, default=None, help="the number of one input")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**9)
    one = given.only
    warnings.simplefilter("error")
    print(f"seed {seed}", flush=True)
    begun = time.monotonic()
    numbers = Minutes(given.minutes) if one is None else range(one, one + 1)
    run = asyncio.run(fuzz(seed, numbers, given.wire))
    took_min = (time.monotonic() - begun) / 60
    seen: set[str] = set()
    for failure in run.failures:
        last = failure.trace.strip().rpartition("\n")[2]
        kind = f"{failure.where}: {last}"[:200]
        if kind in seen:
            continue
        seen.add(kind)
        print(f"--- input {failure.number}, {failure.where}: {failure.answer!r:.600}")
        print(failure.trace[-2500:])
    for name, count in sorted(run.counted.items()):
        print(f"{count:8} {name}")
    print("ended in", dict(run.ended.most_common()))
    total = sum(run.counted.values())
    print(f"seed {seed}: {total} inputs in {took_min:.1f} min, {len(run.failures)} failures")
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
