"""Signing in: the right scheme, and a wrong password goes out once."""

import asyncio

import pytest

from kios_desktop.domain.errors import Malformed, Refusal, Rejected, Unreachable
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Purpose, Reply, Session
from tests.fakes.gatekeeper import Gatekeeper
from tests.fakes.loopback import Asked, Loopback, Says
from tests.protocols.http.sessions import Clock, get, session_with, signing

COVERS = [f"/cover/{number}" for number in range(30)]


async def covers(session: Session, server: Loopback) -> list[Reply | BaseException]:
    wanted = (get(session, server, path, purpose=Purpose.IMAGE) for path in COVERS)
    return await asyncio.gather(*wanted, return_exceptions=True)


def refusals(results: list[Reply | BaseException]) -> set[Refusal | None]:
    return {one.refusal if isinstance(one, Rejected) else None for one in results}


@pytest.mark.parametrize("scheme", [AuthMethod.BASIC, AuthMethod.DIGEST])
async def test_the_right_password_opens_everything(scheme: AuthMethod) -> None:
    gate = Gatekeeper(scheme.value)
    async with Loopback(gate) as server, session_with(server, signing(scheme)) as session:
        assert (await get(session, server)).status == 200
        assert refusals(await covers(session, server)) == {None}
        assert server.most <= 4
        assert gate.wrong == 0


async def test_digest_asks_for_a_nonce_once_and_for_a_new_one_when_it_is_stale() -> None:
    gate = Gatekeeper("digest")
    async with (
        Loopback(gate) as server,
        session_with(server, signing(AuthMethod.DIGEST)) as session,
    ):
        for _ in range(3):
            await get(session, server, "/opds/search?query=a%20b")
        assert len(server.asked) == 4
        assert gate.counts[0] == "00000001"
        gate.nonce, gate.counts = "nonce-2", []
        assert (await get(session, server)).status == 200
        assert len(server.asked) == 6


async def test_digest_sends_no_password_and_a_wrong_one_is_tried_once() -> None:
    gate = Gatekeeper("digest")
    wrong = signing(AuthMethod.DIGEST, "wrong-password")
    async with Loopback(gate) as server, session_with(server, wrong) as session:
        for _ in range(2):
            with pytest.raises(Rejected):
                await get(session, server)
        assert gate.wrong == 1
        assert not [asked for asked in server.asked if "wrong-password" in asked.raw]


async def test_a_400_to_basic_makes_digest_of_it_once_and_for_all() -> None:
    gate = Gatekeeper("digest")
    async with Loopback(gate) as server, session_with(server, signing()) as session:
        assert (await get(session, server)).status == 200
        assert session.credentials.auth is AuthMethod.DIGEST
        before = len(server.asked)
        assert (await get(session, server)).status == 200
        assert len(server.asked) == before + 1


async def test_a_400_of_another_kind_stays_a_400_and_basic_stays_basic() -> None:
    async with Loopback(lambda _: Says(400, b"no such feed")) as server:
        async with session_with(server, signing()) as session:
            assert [(await get(session, server)).status for _ in range(3)] == [400, 400, 400]
            assert session.credentials.auth is AuthMethod.BASIC
        signed = [asked for asked in server.asked if "authorization" in asked.headers]
        assert (len(server.asked), len(signed)) == (4, 3)


@pytest.mark.parametrize("scheme", [AuthMethod.BASIC, AuthMethod.DIGEST])
async def test_without_a_scheme_the_first_challenge_settles_it(scheme: AuthMethod) -> None:
    gate = Gatekeeper(scheme.value)
    unsettled = signing(AuthMethod.AUTOMATIC)
    async with Loopback(gate) as server, session_with(server, unsettled) as session:
        assert (await get(session, server)).status == 200
        assert session.credentials.auth is scheme
        assert len(server.asked) == 2
        assert refusals(await covers(session, server)) == {None}
        gate.counts.clear()
        session.credentials = signing(AuthMethod.AUTOMATIC, "wrong")
        assert refusals(await covers(session, server)) == {Refusal.CREDENTIALS}
        assert gate.wrong == 1


async def test_a_401_without_a_challenge_is_tried_with_basic_once() -> None:
    async with (
        Loopback(lambda asked: Says(200 if "authorization" in asked.headers else 401)) as server,
        session_with(server, signing(AuthMethod.AUTOMATIC)) as session,
    ):
        assert (await get(session, server)).status == 200
        assert session.credentials.auth is AuthMethod.BASIC


async def test_an_api_key_goes_into_its_header() -> None:
    async with Loopback(lambda _: Says(200)) as server:
        async with session_with(server, signing(AuthMethod.API_KEY, "the-key", "")) as session:
            await get(session, server)
        assert server.asked[0].headers["x-api-key"] == "the-key"
        assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("scheme", [AuthMethod.BASIC, AuthMethod.DIGEST])
async def test_thirty_covers_try_a_wrong_password_once(scheme: AuthMethod) -> None:
    gate = Gatekeeper(scheme.value)
    async with Loopback(gate) as server, session_with(server, signing(scheme, "wrong")) as session:
        assert refusals(await covers(session, server)) == {Refusal.CREDENTIALS}
        assert gate.wrong == 1
        assert refusals(await covers(session, server)) == {Refusal.CREDENTIALS}
        with pytest.raises(Rejected):
            await get(session, server)
        assert gate.wrong == 1, "nothing is signed any more"
        gate.counts.clear()
        session.credentials = signing(scheme)
        assert refusals(await covers(session, server)) == {None}


async def test_a_password_changed_on_the_server_is_not_hammered() -> None:
    gate, clock = Gatekeeper("basic"), Clock()
    async with Loopback(gate) as server, session_with(server, signing(), clock=clock) as session:
        await get(session, server)
        assert refusals(await covers(session, server)) == {None}
        gate.password = "another"
        clock.now += 3600
        assert refusals(await covers(session, server)) == {Refusal.CREDENTIALS}
        assert gate.wrong <= 4  # what was under way, and one more to make sure


@pytest.mark.parametrize("purpose", [Purpose.IMAGE, Purpose.FILE])
async def test_a_401_on_a_file_alone_means_that_it_is_not_for_us(purpose: Purpose) -> None:
    gate = Gatekeeper("basic")
    gate.refuse = {"/shut"}
    async with Loopback(gate) as server, session_with(server, signing()) as session:
        await get(session, server)
        with pytest.raises(Rejected) as caught:
            await get(session, server, "/shut", purpose=purpose)
        assert caught.value.refusal is Refusal.FORBIDDEN
        assert (await get(session, server)).status == 200, "the password is still good"


async def test_a_download_is_never_the_first_to_try_the_password() -> None:
    gate = Gatekeeper("basic")
    gate.refuse = {"/shut"}
    async with Loopback(gate) as server, session_with(server, signing()) as session:
        with pytest.raises(Rejected) as caught:
            await get(session, server, "/shut", purpose=Purpose.FILE)
        assert caught.value.refusal is Refusal.FORBIDDEN
        assert server.paths() == ["/opds", "/shut"]


async def test_when_no_picture_is_for_us_they_are_not_asked_for_one_by_one() -> None:
    gate = Gatekeeper("basic")
    gate.refuse = set(COVERS)
    async with Loopback(gate) as server, session_with(server, signing()) as session:
        assert refusals(await covers(session, server)) == {Refusal.FORBIDDEN}
        assert len(server.asked) <= 4


async def test_without_credentials_a_401_asks_for_them_and_is_asked_again() -> None:
    gate = Gatekeeper("basic")
    async with Loopback(gate) as server, session_with(server) as session:
        for _ in range(2):
            with pytest.raises(Rejected) as caught:
                await get(session, server)
            assert caught.value.refusal is Refusal.NEEDED
        reply = await get(session, server, secret=False)
        assert (reply.status, reply.headers["www-authenticate"][:5]) == (401, "Basic")


async def test_a_bare_request_is_not_signed() -> None:
    gate = Gatekeeper("basic")
    async with Loopback(gate) as server, session_with(server, signing()) as session:
        assert (await get(session, server, secret=False)).status == 401
        assert "authorization" not in server.asked[0].headers
        assert (await get(session, server)).status == 200


async def test_a_dead_server_is_waited_for_once_and_not_thirty_times() -> None:
    async with Loopback(lambda _: Says(200)) as server:
        pass
    clock = Clock()
    async with session_with(server, signing(), clock=clock) as session:
        results = await covers(session, server)
    assert {type(one) for one in results} == {Unreachable}
    assert len(clock.slept) == 2, "one of them asked again, the others believed it"


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="x"',
        "Digest",
        'Digest realm="x", nonce="y", algorithm="WHAT"',
        'Digest realm="x", nonce="y", qop="auth-int"',
    ],
)
async def test_a_challenge_that_makes_no_sense_is_no_rejected_password(challenge: str) -> None:
    asking = Says(401, headers={"WWW-Authenticate": challenge})
    async with (
        Loopback(lambda _: asking) as server,
        session_with(server, signing(AuthMethod.DIGEST)) as session,
    ):
        with pytest.raises(Malformed):
            await get(session, server)


async def test_cookies_go_back_with_credentials_and_are_forgotten_with_them() -> None:
    def answer(asked: Asked) -> Says:
        cookie = asked.headers.get("cookie", "")
        return Says(200, cookie.encode(), {"Set-Cookie": "session=abc; Path=/; HttpOnly"})

    async with Loopback(answer) as server:
        async with session_with(server, signing()) as session:
            bodies = [(await get(session, server)).body for _ in range(2)]
            session.credentials = signing(password="other")
            bodies.append((await get(session, server)).body)
        assert bodies == [b"", b"session=abc", b""]
        async with session_with(server) as session:
            assert [(await get(session, server)).body for _ in range(2)] == [b"", b""]


@pytest.mark.parametrize(
    "odd",
    [
        "session=«abc»; Path=/",
        "é",
        "session=abc; Max-Age=" + "9" * 400,
        "session=abc; Expires=" + "9" * 30,
        "=; =",
        ";",
        'session=abc; Version=x; Port="y"',
    ],
)
async def test_a_cookie_that_cannot_go_back_ends_nothing(odd: str) -> None:
    """The standard library raises for some of them, and warns of its own mistake for others."""
    async with Loopback(lambda _: Says(200, b"", {"Set-Cookie": odd})) as server:
        for credentials in (signing(), None):
            async with session_with(server, credentials) as session:
                for _ in range(2):
                    assert (await get(session, server)).status == 200
                assert server.asked[-1].headers.get("cookie", "").isascii()
