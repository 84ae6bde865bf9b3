"""Known secrets, one request of every kind and every fault: they turn up nowhere."""

import base64
import hashlib
import io
import logging
import traceback
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import KiosError
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Header, Source
from kios_desktop.log import RedactingFormatter
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.probe import test_connection as probe
from tests.fakes.device import BOOK, Device, source_of
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import locator

PASSWORD, KEY, HEADER = "sekrit-pass word", "sekrit0key1of2the3address4", "sekrit-header-value"
FORMS = (
    PASSWORD,
    "sekrit-pass%20word",
    hashlib.md5(PASSWORD.encode()).hexdigest(),
    base64.b64encode(f"alice:{PASSWORD}".encode()).decode(),
    KEY,
    HEADER,
    "sekrit",
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, at every level, without the redaction of the real handlers."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.NOTSET)


def secretive(server: KosyncServer, auth: AuthMethod) -> Source:
    return replace(
        source_of(server),
        url=ServerUrl(f"http://alice:{PASSWORD.replace(' ', '')}@127.0.0.1:{server.port}/{KEY}"),
        auth=auth,
        username="alice",
        password=Secret(PASSWORD),
        headers=(Header("X-Extra", Secret(HEADER)),),
    )


@pytest.mark.parametrize("auth", [AuthMethod.BASIC, AuthMethod.KOREADER_HEADERS])
@pytest.mark.parametrize("mode", ["ok", "wrong", "broken", "busy", "cut off", "huge", "gone"])
async def test_no_secret_turns_up_anywhere(
    auth: AuthMethod, mode: str, logged: io.StringIO
) -> None:
    texts: list[str] = []
    async with KosyncServer() as server:
        device = Device(server)
        source = secretive(server, auth)
        remote = KosyncRemote(
            source, lambda: "desk", "ID", device._book, device._places, device.notebook
        )
        server.mode = mode
        if mode == "gone":
            await server.stop()
        prepared = await remote.prepare(BOOK, locator(1, 5), None, None)
        for request in (remote.pull(BOOK, []), remote.push(BOOK, prepared)):
            try:
                texts.append(repr(await request))
            except KiosError as error:
                texts += [str(error), repr(error), repr(vars(error))]
                texts.append("".join(traceback.format_exception(error)))
        async for result in probe(source, []):
            texts += [repr(result), repr(result.error), repr(vars(result.error or object))]
        texts += [repr(source), str(source), repr(remote)]
        await remote.aclose()
    everything = "\n".join([*texts, logged.getvalue()])
    assert [form for form in FORMS if form in everything] == []


def test_the_log_would_not_show_them_either() -> None:
    formatter = RedactingFormatter()
    for secret in (PASSWORD, KEY, HEADER):
        formatter.hide(secret, "alice")
    record = logging.LogRecord("x", logging.INFO, "", 1, " ".join(FORMS[:-1]), (), None)
    shown = formatter.format(record)
    assert [form for form in FORMS[:-1] if form in shown] == []
