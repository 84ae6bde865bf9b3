"""“Test connection” for KOReader sync, step by step. Never writes, never registers a user.

The first request signs in the way the person chose; no other way is tried. Where KOReader sync does
not answer, or what answers rejects everybody, other paths of the server are requested unsigned, to
suggest an address that works.
"""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec.structs import replace

from kios_desktop.domain.errors import (
    BadAddress,
    Fault,
    Faulty,
    Lacks,
    Malformed,
    NotMatched,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Stripped,
    Throttled,
    Unreachable,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.library import DocumentHashes
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import (
    AuthMethod,
    ConnectionStep,
    Source,
    StepNote,
    StepResult,
    StepState,
)
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.kosync import CAP_BYTES, KosyncClient, normalised
from kios_desktop.sources import address_search
from kios_desktop.sources.presets import KOMGA, KOREADER, LIMITS, STUMP, in_its_terms, matching_help
from kios_desktop.sources.server_paths import Sought, as_typed, is_known

NOBODYS_BOOK = "f" * 32
BOOKS_TRIED = 3
CLOCK_S = 300.0
_ANSWERS_WRONGLY = (Unsupported, Malformed, Redirected, Faulty, Throttled, Refused, Stripped)
_OTHER_AUTH = {
    AuthMethod.BASIC: AuthMethod.KOREADER_HEADERS,
    AuthMethod.KOREADER_HEADERS: AuthMethod.BASIC,
}
_PROVES_NOTHING = frozenset({Refusal.CREDENTIALS, Refusal.KEY})


async def test_connection(
    source: Source, hashes: Sequence[DocumentHashes]
) -> AsyncIterator[StepResult]:
    """Yields finished steps; ends after the first that failed.

    `hashes` are books of the library to look up on the server, the likeliest first.
    """
    http = Http(source.pin, [(h.name, h.value.reveal()) for h in source.headers])
    try:
        async for result in _steps(http, source, hashes):
            yield result
            if result.state is StepState.FAILED:
                return
    finally:
        await http.aclose()


test_connection.__test__ = False  # type: ignore[attr-defined]  # not one of ours


async def _steps(
    http: Http, source: Source, hashes: Sequence[DocumentHashes]
) -> AsyncIterator[StepResult]:
    client = KosyncClient(http, source.url, source.auth, source.username, source.password)
    begun = time.monotonic()
    error: RemoteError | None = None
    try:
        await client.authorize()
    except RemoteError as caught:
        error = caught
    took_s = time.monotonic() - begun
    if isinstance(error, Unreachable) and await _is_without_encryption(source.url, error):
        error = Untrusted(error.address, None)
    if _never_got_there(error):
        yield StepResult(ConnectionStep.FOUND, StepState.FAILED, took_s=took_s, error=error)
        return
    yield StepResult(ConnectionStep.FOUND, StepState.OK, took_s=took_s)
    yield _secure(source.url, error)
    if isinstance(error, Untrusted):
        return
    suggested = await _suggested(source, error)
    if isinstance(error, _ANSWERS_WRONGLY) or suggested is not None:
        error = _at_the_address(source, error, suggested)
        yield StepResult(
            ConnectionStep.ANSWERS, StepState.FAILED, error=error, suggested_url=suggested
        )
        return
    yield StepResult(ConnectionStep.ANSWERS, StepState.OK)
    if error is not None:
        if isinstance(error, Rejected):
            error = in_its_terms(source, error)
        other = _other_auth(source.auth, error)
        yield StepResult(ConnectionStep.SIGNED_IN, StepState.FAILED, error=error, other_auth=other)
        return
    yield StepResult(ConnectionStep.SIGNED_IN, StepState.OK)
    server_now = client.server_now
    yield await _reading(client)
    yield await _matching(client, source, hashes)
    yield _clock(server_now)


async def _is_without_encryption(url: ServerUrl, error: Unreachable) -> bool:
    """Whether a server that did not answer https answers plain http on the same port.

    Such a server hangs up, or waits for a line end in our TLS greeting. The request is unsigned.
    """
    parts = urlsplit(url.reveal())
    said_nothing = error.fault in (Fault.CUT_OFF, Fault.TIMEOUT)
    if parts.scheme != "https" or not said_nothing or isinstance(error, Untrusted):
        return False
    host = parts.netloc.rpartition("@")[2]
    bare = ServerUrl(f"http://{host}/" if parts.port else f"http://{host}:443/")
    http = Http()
    try:
        await http.request("GET", bare, route="/", cap_bytes=CAP_BYTES)
    except Malformed:
        return True
    except RemoteError:
        return False
    finally:
        await http.aclose()
    return True


def _other_auth(auth: AuthMethod, error: RemoteError) -> AuthMethod | None:
    """The other way of signing in, if the chosen way may be what was rejected."""
    if not isinstance(error, Rejected) or error.refusal is not Refusal.CREDENTIALS:
        return None
    return _OTHER_AUTH.get(auth)


def _never_got_there(error: RemoteError | None) -> bool:
    if isinstance(error, BadAddress):
        return not error.from_server
    return isinstance(error, Unreachable) and not isinstance(error, Untrusted)


def _secure(url: ServerUrl, error: RemoteError | None) -> StepResult:
    if isinstance(error, Untrusted):
        return StepResult(ConnectionStep.SECURE, StepState.FAILED, error=error)
    if urlsplit(url.reveal()).scheme == "https":
        return StepResult(ConnectionStep.SECURE, StepState.OK)
    return StepResult(ConnectionStep.SECURE, StepState.NOTE, StepNote.NOT_ENCRYPTED)


async def _reading(client: KosyncClient) -> StepResult:
    begun = time.monotonic()
    try:
        await client.progress(NOBODYS_BOOK)
    except NotMatched:
        pass
    except RemoteError as error:
        return StepResult(ConnectionStep.READING, StepState.FAILED, error=error)
    return StepResult(ConnectionStep.READING, StepState.OK, took_s=time.monotonic() - begun)


async def _matching(
    client: KosyncClient, source: Source, hashes: Sequence[DocumentHashes]
) -> StepResult:
    """Whether the server knows books of the library, as far as it can tell."""
    limits = LIMITS.get(source.preset)
    if source.preset == KOREADER:  # it has no books, and keeps a place for any file
        return StepResult(ConnectionStep.MATCHING, StepState.OK)
    known = 0
    for one in hashes[:BOOKS_TRIED]:
        names = {KOMGA: one.partial_md5_komga, STUMP: one.partial_md5_stump}
        for document in dict.fromkeys((one.partial_md5, names.get(source.preset, ""))):
            if document and await _knows(client, document):
                known += 1
                break
    if not hashes or known:
        return StepResult(
            ConnectionStep.MATCHING, StepState.NOTE if limits else StepState.OK, limits
        )
    return StepResult(
        ConnectionStep.MATCHING,
        StepState.NOTE,
        StepNote.NO_BOOK_KNOWN,
        matching_help=matching_help(source.preset),
    )


async def _knows(client: KosyncClient, document: str) -> bool:
    try:
        await client.progress(document)
    except NotMatched as error:
        return error.duplicates
    except RemoteError:
        return True  # unknown, which is no reason for a note
    return True


def _clock(server_now: datetime | None) -> StepResult:
    if server_now is None:
        return StepResult(ConnectionStep.CLOCK, StepState.OK)
    off_s = abs((server_now - datetime.now(UTC)).total_seconds())
    if off_s <= CLOCK_S:
        return StepResult(ConnectionStep.CLOCK, StepState.OK)
    return StepResult(ConnectionStep.CLOCK, StepState.NOTE, StepNote.CLOCKS_APART, apart_s=off_s)


async def _suggested(source: Source, error: RemoteError | None) -> ServerUrl | None:
    """Another address of the server at which KOReader sync answers; None if there is none.

    After a redirect: its target, which was not requested.
    """
    if isinstance(error, Redirected):
        return error.base  # the person decides whether credentials may be sent there
    lost = isinstance(error, Unsupported | Malformed) and not isinstance(error, BadAddress)
    turned_away = isinstance(error, Rejected) and error.refusal in _PROVES_NOTHING
    if not lost and not turned_away:
        return None
    typed = normalised(source.url)
    found = await address_search.find(replace(source, url=typed), Sought.SYNC)
    return None if found is None or found == typed else found


def _at_the_address(
    source: Source, error: RemoteError | None, suggested: ServerUrl | None
) -> RemoteError | None:
    """The error to show for an address at which KOReader sync does not answer.

    At a known path, a web page or a login page means that it is switched off or not installed.
    """
    if suggested is not None and isinstance(error, Rejected):
        return Unsupported("who turns everybody away is no KOReader sync")
    page = isinstance(error, Malformed) and (error.html or error.login)
    missing = suggested is None and (page or isinstance(error, Unsupported))
    if missing and is_known(as_typed(normalised(source.url)), Sought.SYNC):
        return Unsupported("a web page at the right address", Lacks.SYNC_THERE)
    return error
