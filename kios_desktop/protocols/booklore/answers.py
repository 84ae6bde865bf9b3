"""What an answer means: the JSON of a success, or the error.

Success is the documented status with the documented kind of body: behind a proxy's sign-in, and for
requests that they do not have, these servers answer 200 with a web page.
"""

import asyncio
from typing import Any, Final

from kios_desktop.domain.errors import (
    Conflict,
    Faulty,
    Gone,
    Lacks,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Throttled,
    Unreachable,
    Unsupported,
)
from kios_desktop.protocols.booklore.endpoints import Endpoint
from kios_desktop.protocols.booklore.records import message_in
from kios_desktop.protocols.http import (
    Reply,
    check_busy,
    check_intermediary,
    in_json,
    loose_json,
    not_understood,
)

NOT_JSON: Final = "the answer is not JSON"

_AT_ONCE: Final = 32 * 1024  # bytes read without a thread
_NO_BOOK: Final = ("book not found", "book with hash")
_NO_ROUTE: Final = "resource not found"
_CONFLICT: Final = ("data conflict", "already exist", "duplicate entry")


async def json_of(reply: Reply, endpoint: Endpoint) -> object:
    """The JSON of a success, None where success has none. Raises as `check`, and `Malformed`."""
    check(reply, endpoint)
    if endpoint.empty:
        if reply.body.strip():
            raise not_understood(reply, "a body where none is promised")
        return None
    if not is_json(reply):
        raise not_understood(reply, NOT_JSON)
    if len(reply.body) <= _AT_ONCE:
        return in_json(reply)
    return await asyncio.to_thread(in_json, reply)


def check(reply: Reply, endpoint: Endpoint) -> None:
    """Raises the `RemoteError` of a status other than the documented one.

    A 500 may mean that what was asked for is not there, or that two wrote it at once: only a list
    tells. It raises `Faulty`, as does a 401 that says nothing, which comes of a dead database.
    """
    status = reply.status
    if status == endpoint.status:
        return
    check_intermediary(reply)
    if 200 <= status < 300:
        raise not_understood(reply, f"status {status} instead of {endpoint.status}")
    check_busy(reply)
    if not is_json(reply) and reply.body.strip():
        _raise_for_page(reply)
    body = _error(reply)
    message = message_in(body)
    said = reply.quoted(_with_details(message, body))
    if status == 401 and not message:
        raise Faulty(401)
    if status in (401, 403):
        raise Rejected(Refusal.FORBIDDEN, said)
    if status == 409 or (status in (400, 500) and _says(message, *_CONFLICT)):
        raise Conflict(status, said)
    if status in (404, 410):
        raise _not_found(message, said)
    if status in (405, 501):
        raise Unsupported(f"{status} on {endpoint.path}", Lacks.REQUEST)
    if status >= 500:
        raise Faulty(status, said=said)
    raise Refused(status, said)


def is_json(reply: Reply) -> bool:
    return "json" in reply.media_type


def said_in(reply: Reply) -> str:
    """The sentence of an error as it came: to be compared, and not to be shown."""
    return message_in(_error(reply))


def names_nobody(reply: Reply) -> bool:
    """Whether a 401 or 403 is about the token: it has no message of the application."""
    return reply.status in (401, 403) and not said_in(reply)


def may_have_been_done(error: RemoteError) -> bool:
    """Whether a write that ended in this error may have been carried out all the same.

    Then what the server has is to be listed before it is written again. So it is, too, when the
    task of the write was cancelled.
    """
    if error.not_done:
        return False
    if isinstance(error, Faulty | Throttled):
        return error.status >= 500
    return isinstance(error, Unreachable | Conflict | Malformed)


def _raise_for_page(reply: Reply) -> None:
    """Raises for an error that is no JSON: it comes from a proxy, or there is no such server."""
    if reply.status >= 500:
        raise Faulty(reply.status)
    if reply.status in (404, 405, 410):
        raise Unsupported(f"{reply.status} with a page", Lacks.BOOKLORE)
    raise not_understood(reply, f"status {reply.status} with a page")


def _not_found(message: str, said: str) -> RemoteError:
    if _says(message, *_NO_BOOK):
        return NotMatched()
    if not message or _says(message, _NO_ROUTE):
        return Unsupported("no such route", Lacks.REQUEST)
    return Gone(said)


def _says(message: str, *words: str) -> bool:
    return any(one in message.lower() for one in words)


def _with_details(message: str, body: Any) -> str:
    """The message and, behind it, what is wrong with which field."""
    details = body.get("details") if isinstance(body, dict) else None
    given = [one for one in details if isinstance(one, str)] if isinstance(details, list) else []
    return f"{message} ({'; '.join(given)})" if given else message


def _error(reply: Reply) -> object:
    """The body of an error as JSON, or None."""
    try:
        return loose_json.whole(reply.body) if is_json(reply) else None
    except Malformed:
        return None
