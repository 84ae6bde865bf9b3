"""The doctor at servers that are well, ill, dead and none at all: a code for each."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from kios_desktop.cli.command import BadArguments
from kios_desktop.cli.doctor import COMMAND, password_from
from kios_desktop.cli.doctor_account import examine_account
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.ui.kit.server_report import DoctorReport, FaultCode, as_json, as_text
from tests.fakes.booklore_server import BookloreServer
from tests.fakes.loopback import Loopback, Says
from tests.fakes.tls import identity

RIGHT = Secret("a right password")


@pytest.fixture(params=["PF", "GR3", "BL2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    async with BookloreServer(request.param) as made:
        yield made


async def examined(url: str, password: Secret = RIGHT, total_s: float = 5.0) -> DoctorReport:
    return await examine_account(ServerUrl(url), "mira", password, total_s=total_s)


def codes(report: DoctorReport) -> list[str]:
    for fault in report.faults:
        assert fault.sentence.endswith((".", "?"))
        assert fault.remedy.endswith(".")
    return [fault.code.value for fault in report.faults]


async def test_a_server_that_is_well(server: BookloreServer) -> None:
    report = await examined(f"{server.url}/api/v1/opds")
    assert codes(report) == []
    given = json.loads(as_json(report))
    assert list(given) == [
        *("signed_in", "product", "variant", "capabilities", "token_seconds", "faults")
    ]
    assert list(given["capabilities"]) == [
        *("by_hash", "search", "batch", "annotations", "notes_v1", "notes_v2"),
        *("bookmarks", "rating", "shelves", "sessions", "koreader"),
    ]
    assert given["capabilities"]["by_hash"] is server.variant.fork
    assert given["signed_in"] is True
    assert 0 < given["token_seconds"] <= server.variant.lifetime_s
    assert given["faults"] == []
    assert as_text(report).startswith("Signed in.\nThe server is ")


async def test_nothing_is_written(server: BookloreServer) -> None:
    await examined(server.url)
    assert {one.path for one in server.asked if one.method != "GET"} == {"/api/v1/auth/login"}


async def test_a_name_that_nobody_has() -> None:
    assert codes(await examined("http://no-such-server.invalid:6060")) == ["name"]


async def test_an_address_that_is_none() -> None:
    assert codes(await examined("http://[x")) == ["name"]


async def test_nobody_at_the_port() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert codes(await examined(f"http://127.0.0.1:{port}")) == ["refused"]


async def test_no_answer(server: BookloreServer) -> None:
    server.fail("dead")
    assert codes(await examined(server.url, total_s=0.3)) == ["timeout"]


async def test_a_certificate_of_its_own() -> None:
    async with BookloreServer("GR3", tls=identity().context()) as server:
        assert codes(await examined(server.url)) == ["certificate"]


async def test_a_server_that_has_moved(server: BookloreServer) -> None:
    async with Loopback(
        lambda asked: Says(301, b"", {"Location": server.url + asked.path})
    ) as before:
        report = await examined(before.origin)
    assert codes(report) == ["redirect"]
    assert server.asked == [], "nothing is sent there"


@pytest.mark.parametrize("mode", ["page", "login page", "moved"])
async def test_a_page_where_json_belongs(server: BookloreServer, mode: str) -> None:
    server.fail(mode)
    assert codes(await examined(server.url)) == ["portal"]


@pytest.mark.parametrize("typed", ["/grimmory", "/book/7"])
async def test_a_path_that_is_not_the_servers(server: BookloreServer, typed: str) -> None:
    assert codes(await examined(server.url + typed)) == ["path"]


@pytest.mark.parametrize(
    "says",
    [
        Says(404, b"Not Found", {"Content-Type": "text/plain"}),
        Says(200, b'{"version": 1}', {"Content-Type": "application/json"}),
        Says(401, b'{"detail": "no"}', {"Content-Type": "application/json"}),
    ],
)
async def test_another_kind_of_server(says: Says) -> None:
    async with Loopback(lambda _: says) as other:
        assert codes(await examined(other.origin)) == ["path"]


async def test_a_wrong_password(server: BookloreServer) -> None:
    report = await examined(server.url, Secret("not the right one"))
    assert codes(report) == ["credentials"]
    assert (report.signed_in, report.token_seconds) == (False, None)
    assert "not the right one" not in as_json(report) + as_text(report) + repr(report)


async def test_too_many_wrong_passwords(server: BookloreServer) -> None:
    for _ in range(5):
        await examined(server.url, Secret("wrong"))
    assert codes(await examined(server.url)) == ["locked-out"]


async def test_a_server_without_passwords(server: BookloreServer) -> None:
    server.accounts.oidc_only = True
    assert codes(await examined(server.url)) == ["oidc-only"]


async def test_no_permission_for_koreader_sync(server: BookloreServer) -> None:
    server.state.people[2].may_sync = False
    report = await examined(server.url)
    assert codes(report) == ["permission"]
    assert report.signed_in
    assert not report.capabilities["koreader"]


@pytest.mark.parametrize("hours", [-24, 24])
async def test_clocks_that_differ(hours: int) -> None:
    async with BookloreServer("BL2") as server:

        def dated(asked: object) -> Says:
            says = server.answer(asked)  # type: ignore[arg-type]
            date = datetime.now(UTC) + timedelta(hours=hours)
            stamp = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
            return Says(says.status, says.body, {**says.headers, "Date": stamp})

        async with Loopback(dated) as front:
            report = await examined(front.origin)
    assert codes(report) == ["clock"]
    assert report.signed_in


async def test_a_server_whose_database_is_away(server: BookloreServer) -> None:
    for concerns in ("", "v1/auth"):
        server.fail("database down", concerns)
        assert codes(await examined(server.url)) == ["server"]
    server.fail("database down", "shelves")
    report = await examined(server.url)
    assert (codes(report), report.signed_in) == (["server"], True)


def test_every_code_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in FaultCode if f'"{code.value}"' not in source] == []


@pytest.mark.parametrize(
    ("variable", "typed", "password"),
    [
        ("from the variable", "from the input\n", "from the variable"),
        ("", "from the input\r\nnot this\n", "from the input"),
        ("", " with spaces \n", " with spaces "),
    ],
)
def test_where_the_password_comes_from(variable: str, typed: str, password: str) -> None:
    assert password_from({"KIOS_PASSWORD": variable}, StringIO(typed)) == Secret(password)


async def test_a_password_that_is_no_text(server: BookloreServer) -> None:
    """Bytes of another encoding, as Python gives them from the environment."""
    for name, password in (("mira", "caf\udce9"), ("mir\udce4", "x")):
        report = await examine_account(ServerUrl(server.url), name, Secret(password), total_s=5)
        assert codes(report) == ["credentials"]
    assert "POST /api/v1/auth/login" not in server.paths()


def test_without_a_password() -> None:
    with pytest.raises(BadArguments, match="password is missing"):
        password_from({}, StringIO(""))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["catalogue", "http://h"],
        ["account"],
        ["account", "http://h"],
        ["account", "http://h", "--user", "m", "--password", "x"],
    ],
)
def test_words_that_make_no_sense(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMAND.main(words) == 2
    said = capsys.readouterr()
    assert said.err.startswith("usage: ")
    assert said.out == ""


@pytest.fixture
async def run(server: BookloreServer) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def started(*words: str, typed: str) -> "subprocess.CompletedProcess[str]":
        environment = {name: value for name, value in os.environ.items() if name != "KIOS_PASSWORD"}
        return subprocess.run(
            [sys.executable, "-m", "kios_desktop", "doctor", *words],
            input=typed,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return started


async def test_as_a_program(
    server: BookloreServer, run: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    import asyncio

    words = ("account", server.url, "--user", "mira", "--json")
    well = await asyncio.to_thread(run, *words, typed="a right password\n")
    assert (well.returncode, well.stderr) == (0, "")
    assert json.loads(well.stdout)["signed_in"] is True
    ill = await asyncio.to_thread(run, *words, typed="wrong\n")
    assert ill.returncode == 1
    assert [fault["code"] for fault in json.loads(ill.stdout)["faults"]] == ["credentials"]
