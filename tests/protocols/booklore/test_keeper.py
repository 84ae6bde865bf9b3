"""Tokens: few sign-ins, one renewal at a time, and nobody asked for a password without need."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kios_desktop.domain.errors import (
    Faulty,
    KeystoreLocked,
    LockedOut,
    Malformed,
    Refusal,
    Rejected,
    RemoteError,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore import BookloreClient
from kios_desktop.protocols.booklore.tokens import KeptTokens, Tokens, packed, unpacked
from kios_desktop.protocols.http import Http
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import PASSWORD, Clock, KeptSecrets, signing_in

LOGIN, REFRESH = "POST /api/v1/auth/login", "POST /api/v1/auth/refresh"
SHELVES = "GET /api/v1/shelves"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["PF", "GR3", "BL2"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BookloreServer]:
    async with BookloreServer(request.param) as made:
        yield made


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def bearers(server: BookloreServer) -> list[str]:
    return [one.headers.get("authorization", "") for one in server.asked]


async def test_one_sign_in_serves_many_requests(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        await asyncio.gather(*(client.shelves.all() for _ in range(8)))
        assert client.tokens.user_id == 2
    async with signing_in(server, secrets, clock) as client:  # the next start
        await client.shelves.all()
    assert server.paths() == [LOGIN, *[SHELVES] * 9]


@pytest.mark.parametrize("still_left_s", [599, 601])
async def test_a_pair_is_renewed_before_it_ends(server: BookloreServer, still_left_s: int) -> None:
    """Under ten minutes or a tenth of its life, whichever is longer."""
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        tenth_s = server.variant.lifetime_s / 10
        margin_s = max(tenth_s, 600) - 600 + still_left_s
        clock.pass_(server.variant.lifetime_s - margin_s)
        await client.shelves.all()
    assert (REFRESH in server.paths()) is (still_left_s == 599)
    assert server.paths().count(LOGIN) == 1


async def test_many_at_once_renew_once(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        await asyncio.gather(*(client.shelves.all() for _ in range(8)))
    assert server.paths().count(REFRESH) == 1
    assert server.paths().count(LOGIN) == 1


async def test_a_refused_token_is_renewed_once(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(120)
        server.accounts.revoked_before = server.accounts.now
        await client.shelves.all()
    assert server.paths() == [LOGIN, SHELVES, SHELVES, REFRESH, SHELVES]


async def test_the_refresh_token_is_never_a_bearer_and_no_token_goes_with_a_sign_in(
    server: BookloreServer,
) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    seen: list[str] = []
    async with signing_in(server, secrets, clock) as client:
        for _ in range(3):
            await client.shelves.all()
            seen.append(secrets.pair(server).refresh.reveal())
            clock.pass_(server.variant.lifetime_s + 1)
    assert not [one for one in bearers(server) if any(token in one for token in seen)]
    without = [one for one in server.asked if "/auth/" in one.path]
    assert len(without) >= 3
    assert not [one for one in without if "authorization" in one.headers]


async def test_two_that_run_share_one_renewal(server: BookloreServer) -> None:
    """Two of Kios with one password store: who comes second takes what the first has put there."""
    secrets, clock = KeptSecrets(), Clock(server)
    async with (
        signing_in(server, secrets, clock) as first,
        signing_in(server, secrets, clock) as second,
    ):
        await first.shelves.all()
        await second.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        await first.shelves.all()
        await second.shelves.all()
    assert server.paths().count(REFRESH) == 1
    assert server.paths().count(LOGIN) == 1


async def test_two_devices_renew_at_the_same_moment(server: BookloreServer) -> None:
    """One store cloned: the second's token is spent, and it signs in with the password."""
    one, two, clock = KeptSecrets(), KeptSecrets(), Clock(server)
    async with signing_in(server, one, clock) as first, signing_in(server, two, clock) as second:
        await first.shelves.all()
        two.kept = one.kept
        await second.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        await asyncio.gather(first.shelves.all(), second.shelves.all())
    assert server.paths().count(REFRESH) == 2
    assert server.paths().count(LOGIN) == 2


async def test_two_sign_ins_in_one_second(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as first, signing_in(server, None, clock) as second:
        await first.shelves.all()
        await second.shelves.all()
    assert clock.slept == [1.5]
    assert server.paths().count(LOGIN) == 3


@pytest.mark.parametrize("password", ["wrong", "a", "i", "invalid", "credentials", "Invalid c"])
async def test_a_wrong_password_is_sent_once(server: BookloreServer, password: str) -> None:
    """Whatever of it the server's sentence may contain."""
    secrets = KeptSecrets(password)
    async with signing_in(server, secrets) as client:
        for _ in range(9):
            with pytest.raises(Rejected) as raised:
                await client.shelves.all()
            assert raised.value.refusal is Refusal.CREDENTIALS
        assert server.paths() == [LOGIN]
        secrets.change(PASSWORD)
        await client.shelves.all()


async def test_without_a_password_nothing_is_sent(server: BookloreServer) -> None:
    async with signing_in(server, KeptSecrets(None)) as client:
        with pytest.raises(Rejected) as raised:
            await client.shelves.all()
    assert raised.value.refusal is Refusal.FORGOTTEN
    assert server.asked == []


async def test_a_lock_out_is_waited_for(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets("wrong"), Clock(server)
    for _ in range(5):
        async with signing_in(server, secrets, clock) as client:
            with pytest.raises(Rejected):
                await client.sign_in()
    secrets.change(PASSWORD)
    async with signing_in(server, secrets, clock) as client:
        for _ in range(9):
            with pytest.raises(LockedOut) as raised:
                await client.sign_in()
        assert raised.value.retry_after_s == 900
        assert client.tokens.locked_until == clock.now() + timedelta(seconds=900)
        assert server.paths().count(LOGIN) == 6
        clock.pass_(901)
        await client.sign_in()
        assert client.tokens.locked_until is None


async def test_a_locked_sign_in_does_not_lock_the_refresh(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("busy", "auth/login")
        await client.shelves.all()


async def test_refresh_refused_means_the_password_and_nobody_is_asked(
    server: BookloreServer,
) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(31 * 86_400)
        for token in server.accounts.refresh_tokens:
            server.accounts.refresh_tokens[token] = (2, False)
        await client.shelves.all()
    assert server.paths()[-3:] == [REFRESH, LOGIN, SHELVES]


async def test_a_lost_refresh_is_not_sent_again(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("lost", "auth/refresh", times=1)
        with pytest.raises(Unreachable):
            await client.shelves.all()
        clock.pass_(5)
        await client.shelves.all()
    assert server.paths().count(REFRESH) == 1
    assert server.paths().count(LOGIN) == 2


async def test_a_lost_refresh_costs_nothing_while_the_old_token_is_good(
    server: BookloreServer,
) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s - 300)
        server.fail("lost", "auth/refresh", times=1)
        await client.shelves.all()
    assert server.paths() == [LOGIN, SHELVES, REFRESH, SHELVES]


async def test_a_dead_database_asks_nobody_for_a_password(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        for seconds in (5, 120, server.variant.lifetime_s):
            clock.pass_(seconds)
            server.fail("database down")
            with pytest.raises(Faulty) as raised:
                await client.shelves.all()
            assert raised.value.retryable
        server.fail("ok")
        await client.shelves.all()
    assert server.paths().count(LOGIN) == 1


async def test_a_missing_right_is_no_reason_to_sign_in(server: BookloreServer) -> None:
    async with signing_in(server) as client:
        await client.sign_in()
        server.fail("no right")
        for _ in range(3):
            with pytest.raises(Rejected) as raised:
                await client.shelves.all()
            assert raised.value.refusal is Refusal.FORBIDDEN
            assert raised.value.said == server.variant.denied
    assert server.paths() == [LOGIN, *[SHELVES] * 3]


@pytest.mark.parametrize("password", [PASSWORD, "OIDC", "l"])
async def test_only_another_service_signs_in(server: BookloreServer, password: str) -> None:
    server.accounts.oidc_only = True
    async with signing_in(server, KeptSecrets(password)) as client:
        with pytest.raises(Rejected) as raised:
            await client.sign_in()
    assert raised.value.refusal is Refusal.ELSEWHERE


@pytest.mark.parametrize("mode", ["page", "login page", "moved", "half", "plain text"])
async def test_a_sign_in_that_is_none(server: BookloreServer, mode: str) -> None:
    server.fail(mode)
    async with signing_in(server) as client:
        with pytest.raises(Malformed):
            await client.sign_in()


async def test_a_store_that_refuses_costs_a_sign_in_at_the_next_start(
    server: BookloreServer, said: pytest.LogCaptureFixture
) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    secrets.fails = True
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        await client.shelves.all()
    assert server.paths().count(LOGIN) == 1
    assert "could not be kept" in said.text


@pytest.mark.parametrize("days", [-1, 1])
async def test_our_clock_may_be_a_day_off(server: BookloreServer, days: int) -> None:
    clock = Clock(server)
    clock.at += timedelta(days=days)  # the server's stays
    async with signing_in(server, None, clock) as client:
        for _ in range(3):
            await client.shelves.all()
        clock.pass_(5)
        clock.at -= timedelta(days=2 * days)  # and is set right, too far
        await client.shelves.all()
        await client.shelves.all()
    assert server.paths().count(LOGIN) == 1
    assert server.paths().count(REFRESH) <= 1


async def test_a_refresh_goes_on_when_nobody_waits_for_it_any_more(
    server: BookloreServer,
) -> None:
    """A cancelled request must not lose the pair that only one answer has."""
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        before = secrets.pair(server)
        clock.pass_(server.variant.lifetime_s + 1)
        reached, go = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            reached.set()
            await go.wait()

        secrets.slow = slow
        asking = asyncio.create_task(client.shelves.all())
        await reached.wait()  # the answer is here, and not stored yet
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        secrets.slow = None
        go.set()
        await client.shelves.all()
        assert secrets.pair(server) != before
    assert server.paths() == [LOGIN, SHELVES, REFRESH, SHELVES]


async def test_one_that_is_cancelled_takes_nobody_along(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        first = asyncio.create_task(client.shelves.all())
        others = [asyncio.create_task(client.shelves.all()) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        assert len(await asyncio.gather(*others)) == 3
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (1, 1)


async def test_a_refresh_that_fails_for_nobody_is_not_told(
    server: BookloreServer, said: pytest.LogCaptureFixture
) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("broken", "auth/")
        asking = asyncio.create_task(client.shelves.all())
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        while client.tokens._renewing is not None:
            await asyncio.sleep(0.01)
    assert "never retrieved" not in said.text


async def test_all_who_wait_have_the_same_failure(server: BookloreServer) -> None:
    """Else each of them would wait for a dead database in its turn, half a minute each."""
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("database down")
        ended = await asyncio.gather(
            *(client.shelves.all() for _ in range(8)), return_exceptions=True
        )
        assert [type(one) for one in ended] == [Faulty] * 8
    assert server.paths().count(REFRESH) == 1


async def test_while_the_old_token_is_good_a_failed_renewal_is_not_tried_with_every_request(
    server: BookloreServer,
) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s - 500)
        server.fail("broken", "auth/")
        for _ in range(10):
            await client.shelves.all()
            clock.pass_(5)
        assert server.paths().count(REFRESH) == 1
        clock.pass_(20)
        server.fail("ok")
        await client.shelves.all()
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (2, 1)


async def test_who_comes_second_waits_for_the_pair_of_the_first(server: BookloreServer) -> None:
    """Two of Kios with one store ask at the same moment; the first has not stored its pair yet."""
    secrets, clock = KeptSecrets(), Clock(server)
    async with (
        signing_in(server, secrets, clock) as first,
        signing_in(server, secrets, clock) as second,
    ):
        await first.shelves.all()
        await second.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        reached, go = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            reached.set()
            await go.wait()

        async def while_it_pauses(_seconds: float) -> None:
            secrets.slow = None
            go.set()
            await asyncio.sleep(0.05)

        secrets.slow = slow
        second.tokens._sleep = while_it_pauses
        asking = asyncio.create_task(first.shelves.all())
        await reached.wait()
        await second.shelves.all()
        await asking
        assert first.tokens._tokens == second.tokens._tokens == secrets.pair(server)
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (2, 1)


async def test_a_spent_token_does_not_replace_the_pair_of_another(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with (
        signing_in(server, secrets, clock) as first,
        signing_in(server, secrets, clock) as second,
    ):
        await first.shelves.all()
        await second.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        await second.tokens.token()
        theirs = secrets.pair(server)
        await first.tokens._spent(first.tokens._tokens)  # type: ignore[arg-type]
        assert secrets.pair(server) == theirs
        await first.shelves.all()
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (1, 1)


async def test_an_older_pair_in_a_store_that_keeps_nothing_is_not_taken(
    server: BookloreServer,
) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        secrets.fails = True
        for _ in range(3):
            clock.pass_(server.variant.lifetime_s + 1)
            await client.shelves.all()
        clock.pass_(120)
        server.accounts.revoked_before = server.accounts.now
        await client.shelves.all()
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (4, 1)


async def test_a_locked_store_does_not_stop_who_is_signed_in(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        secrets.locked = True
        clock.pass_(server.variant.lifetime_s - 500)
        await client.shelves.all()
    async with signing_in(server, secrets, clock) as client:
        with pytest.raises(KeystoreLocked):
            await client.shelves.all()
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (1, 1)


async def test_a_lock_out_outlives_a_restart(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    server.fail("busy", "auth/login")
    async with signing_in(server, secrets, clock) as client:
        with pytest.raises(LockedOut):
            await client.sign_in()
    server.fail("ok")
    for passed_s, left_s in ((300, 600), (599, 1)):
        clock.pass_(passed_s)
        async with signing_in(server, secrets, clock) as client:
            with pytest.raises(LockedOut) as raised:
                await client.sign_in()
            assert raised.value.retry_after_s == left_s
            assert client.tokens.locked_until == clock.now() + timedelta(seconds=left_s)
    assert server.paths() == [LOGIN]
    clock.pass_(2)
    async with signing_in(server, secrets, clock) as client:
        await client.sign_in()
    async with signing_in(server, secrets, clock) as client:
        await client.sign_in()
    assert server.paths() == [LOGIN] * 2


async def test_a_lock_out_costs_no_tokens(server: BookloreServer) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("busy", "auth/")
        with pytest.raises(LockedOut):
            await client.shelves.all()
        server.fail("ok")
        clock.pass_(901)
        await client.shelves.all()
    assert server.paths().count(LOGIN) == 2, "one while locked, and none after"


async def test_a_clock_that_was_set_back_locks_nobody_out_for_a_day(
    server: BookloreServer,
) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    async with signing_in(server, secrets, clock) as client:
        server.fail("busy", "auth/login", times=1)
        with pytest.raises(LockedOut):
            await client.sign_in()
        clock.at -= timedelta(days=1)
        await client.sign_in()


async def test_neither_door_is_asked_while_both_are_locked(server: BookloreServer) -> None:
    clock = Clock(server)
    async with signing_in(server, None, clock) as client:
        await client.shelves.all()
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail("busy", "auth/")
        for _ in range(9):
            with pytest.raises(LockedOut):
                await client.shelves.all()
    assert (server.paths().count(REFRESH), server.paths().count(LOGIN)) == (1, 2)


@pytest.mark.parametrize("what", ["server", "name"])
async def test_tokens_are_of_one_name_and_one_server(server: BookloreServer, what: str) -> None:
    """After a change of the address they would else be sent to somebody else."""
    secrets = KeptSecrets()
    async with signing_in(server, secrets) as client:
        await client.shelves.all()
    known = secrets.pair(server)
    async with BookloreServer(server.variant.name) as other:
        other.pass_(5)  # else its tokens would be the same
        at = other if what == "server" else server
        async with signing_in(
            at, secrets, username="mira" if what == "server" else "plain"
        ) as there:
            with contextlib.suppress(RemoteError):
                await there.shelves.all()
        seen = [(one.headers.get("authorization", ""), one.body) for one in at.asked]
    for token in (known.access.reveal(), known.refresh.reveal()):
        told = [one for one in seen[2 if what == "name" else 0 :] if token in str(one)]
        assert not told


@pytest.mark.parametrize("mode", ["ok", "page", "half", "database down", "busy", "no right"])
async def test_no_secret_is_told(
    server: BookloreServer, said: pytest.LogCaptureFixture, mode: str
) -> None:
    secrets, clock = KeptSecrets(), Clock(server)
    told: list[str] = []
    async with signing_in(server, secrets, clock) as client:
        await client.shelves.all()
        known = secrets.pair(server)
        clock.pass_(server.variant.lifetime_s + 1)
        server.fail(mode)
        for ask in (client.sign_in, client.shelves.all, client.koreader.user):
            try:
                await ask()
            except RemoteError as error:
                told += [repr(error), str(error), repr(vars(error))]
        told += [repr(client), repr(client.tokens), repr(known), repr(secrets.kept), said.text]
    for secret in (PASSWORD, known.access.reveal(), known.refresh.reveal()):
        assert not [one for one in told if secret in one]


async def test_a_server_that_quotes_the_password(said: pytest.LogCaptureFixture) -> None:
    from tests.fakes.booklore_answers import error
    from tests.fakes.loopback import Loopback, Says

    def answer(asked: object) -> Says:
        return error(403, f"No access for {PASSWORD}")

    async with Loopback(answer) as server:
        http = Http()
        client = BookloreClient(http, ServerUrl(server.origin), "mira", KeptSecrets())
        with pytest.raises(Rejected) as raised:
            await client.sign_in()
        await http.aclose()
    assert PASSWORD not in raised.value.said
    assert raised.value.said.startswith("No access for")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
async def test_a_server_that_quotes_tokens_and_passwords(
    server: BookloreServer, status: int
) -> None:
    from tests.fakes.booklore_answers import error
    from tests.fakes.loopback import Asked, Loopback, Says

    def answer(asked: Asked) -> Says:
        if "/auth/" in asked.path:
            return server.answer(asked)
        return error(status, f"Got {asked.headers['authorization']} and {asked.body.decode()}")

    secrets = KeptSecrets()
    async with Loopback(answer) as quoting:
        http = Http()
        client = BookloreClient(http, ServerUrl(quoting.origin), "mira", secrets)
        with pytest.raises(RemoteError) as raised:
            await client.koreader.save_user("mira-ko", Secret("sync-password"))
        token = (await client.tokens.token()).reveal()
        await http.aclose()
    told = f"{raised.value!r} {raised.value} {vars(raised.value)}"
    assert token not in told
    assert "sync-password" not in told


async def test_nothing_signs_anybody_out(server: BookloreServer) -> None:
    async with signing_in(server, KeptSecrets("wrong")) as client:
        with pytest.raises(Rejected):
            await client.sign_in()
    assert not [path for path in server.paths() if "logout" in path]


async def test_another_kind_of_server(server: BookloreServer) -> None:
    from kios_desktop.domain.errors import Lacks
    from tests.fakes.loopback import Loopback, Says

    async with Loopback(lambda _: Says(404, b"Not Found", {"Content-Type": "text/plain"})) as other:
        http = Http()
        client = BookloreClient(http, ServerUrl(other.origin), "mira", KeptSecrets())
        with pytest.raises(Unsupported) as raised:
            await client.sign_in()
        await http.aclose()
    assert raised.value.lacks is Lacks.BOOKLORE


def test_tokens_are_packed_for_the_store() -> None:
    tokens = Tokens(Secret("a.b.c"), Secret("d.e.f"), NOW)
    for kept in (KeptTokens(tokens, NOW), KeptTokens(tokens), KeptTokens(None, NOW), KeptTokens()):
        assert unpacked(packed(kept, "mira http://h"), "mira http://h") == kept
        for other in ("anna http://h", "mira http://h2", ""):
            assert unpacked(packed(kept, other), "mira http://h") == KeptTokens()
    for text in ("", "{", "[]", '{"access":"a"}', '{"access":"a","obtained_at":"2026-01-01"}'):
        assert unpacked(Secret(text), "") == KeptTokens()


def test_a_token_that_tells_nothing_is_used_until_it_is_refused() -> None:
    tokens = Tokens(Secret("opaque"), Secret("r"), NOW)
    assert tokens.left_s(NOW) is None
    assert not tokens.is_due(NOW + timedelta(days=300))
