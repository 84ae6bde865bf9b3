"""The summary of a page of Wikipedia, or of another wiki that answers in the same way.

Source: Wikimedia REST API, /page/summary/{title}.
"""

from typing import Final

from kios_desktop.domain.errors import NotMatched
from kios_desktop.domain.loose import passage_of, said_of
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.web_look_up import PageSummary
from kios_desktop.protocols.http import (
    RetryPolicy,
    Session,
    check_answered,
    in_json,
    not_understood,
)

CAP_BYTES: Final = 512 * 1024
TOTAL_S: Final = 10.0
_ONCE: Final = RetryPolicy(repeats_s=())


async def page_summary(address: ServerUrl) -> PageSummary | None:
    """What a wiki says in short; None where it has no such page.

    Nothing is sent but the address, to its own host only, and no cookie is kept. Raises
    RemoteError.
    """
    session = Session(address, retry_policy=_ONCE, same_origin_only=True)
    try:
        reply = await session.get(
            address, accept="application/json", cap_bytes=CAP_BYTES, total_s=TOTAL_S, secret=False
        )
        check_answered(reply)
    except NotMatched:
        return None
    finally:
        await session.aclose()
    body = in_json(reply)
    text = passage_of(body.get("extract")) if isinstance(body, dict) else ""
    if not isinstance(body, dict) or not text:
        raise not_understood(reply, "no summary of a page")
    return PageSummary(said_of(body.get("title")), said_of(body.get("description")), text)
