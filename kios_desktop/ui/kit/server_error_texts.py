"""The texts of errors of servers: what happened, and what the reader can do about it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from kios_desktop.domain.errors import (
    BadAddress,
    ClockAhead,
    Conflict,
    Fault,
    Faulty,
    Gone,
    InCircles,
    Instead,
    Lacks,
    LockedOut,
    Malformed,
    MatchingHelp,
    NotACatalog,
    NotMatched,
    Overtaken,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    SignInFields,
    Stripped,
    Throttled,
    TrustProblem,
    Unreachable,
    Unsupported,
    Untrusted,
    WebPage,
)
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.message import (
    Action,
    Message,
    locked_text,
    minutes,
    needs_attention,
    not_reachable,
    says,
)
from kios_desktop.ui.kit.translation import marked, tr

MATCHING: Final[Mapping[MatchingHelp, str]] = {
    MatchingHelp.OWN_CATALOG: marked(
        "Books match when they were downloaded from the server’s own catalog."
    ),
    MatchingHelp.KOMGA: marked(
        "Turn on ‘Compute hash for KOReader’ for the library and scan it once."
    ),
    MatchingHelp.KAVITA: marked(
        "Needs Kavita 0.8.7 or newer. Older libraries need one forced scan."
    ),
    MatchingHelp.STUMP: marked(
        "Off by default on Stump: set ENABLE_KOREADER_SYNC=true, allow it for your user, "
        "turn on KOReader hashes for the library, then scan."
    ),
    MatchingHelp.SAME_FILE: marked("The same file has to be read on all devices."),
}
"""What helps when a server does not know a file; to be shown through `tr`."""

_PORT: Final = re.compile(r":\d+$")
_SAID_WITH: Final = frozenset({Refusal.FORBIDDEN, Refusal.CATALOG_OFF})
_AFTER_REFUSAL: Final = {
    Refusal.CREDENTIALS: Action.ENTER_AGAIN,
    Refusal.NEEDED: Action.ENTER_AGAIN,
    Refusal.TOKEN: Action.CHANGE_ADDRESS,
    Refusal.KEY: Action.CHANGE_ADDRESS,
    Refusal.API_KEY: Action.ENTER_AGAIN,
    Refusal.KEY_OR_ROLE: Action.ENTER_AGAIN,
    Refusal.NAME_OR_OFF: Action.ENTER_AGAIN,
    Refusal.FORGOTTEN: Action.ENTER_AGAIN,
    Refusal.FORBIDDEN: Action.NONE,
    Refusal.CLOSED: Action.NONE,
    Refusal.ELSEWHERE: Action.NONE,
}
"""What helps; else to try again when somebody has done something about it."""


def _unreachable(error: Unreachable, source: str) -> Message:
    host = isolated(_PORT.sub("", error.address))
    where = isolated(error.address)
    texts = {
        Fault.DNS: tr("{host} can’t be found. Check the spelling, or your VPN.", host=host),
        Fault.REFUSED: tr(
            "The connection was refused at {host}. Is the server running?", host=where
        ),
        Fault.TIMEOUT: tr(
            "{host} didn’t answer within {n} s.", host=host, n=round(error.waited_s or 10)
        ),
        Fault.OFFLINE: tr("You’re offline."),
        Fault.CUT_OFF: tr("The connection to {host} was cut off.", host=host),
    }
    action = Action.NONE if error.fault is Fault.OFFLINE else Action.TRY_AGAIN
    return Message(not_reachable(source), texts[error.fault], action)


def _untrusted(error: Untrusted, source: str) -> Message:
    host = isolated(error.address)
    if error.certificate is None:
        text = tr("{host} doesn’t speak a secure connection Kios can use.", host=host)
        return Message(not_reachable(source), text, Action.TRY_AGAIN)
    texts = {
        TrustProblem.SELF_SIGNED: tr("{host} signed its own certificate.", host=host),
        TrustProblem.UNKNOWN_AUTHORITY: tr(
            "{host} uses a certificate from an authority this computer doesn’t know.", host=host
        ),
        TrustProblem.EXPIRED: tr("The certificate of {host} has ended.", host=host),
        TrustProblem.WRONG_NAME: tr("The certificate is not for {host}.", host=host),
        TrustProblem.CHANGED: tr("The certificate of {host} has changed.", host=host),
        TrustProblem.OTHER: tr("The certificate of {host} is not trusted.", host=host),
    }
    text = texts[error.certificate.problem]
    return Message(tr("The certificate isn’t trusted"), text, Action.LOOK_AT_CERTIFICATE)


def _rejected(error: Rejected, source: str) -> Message:
    texts = {
        Refusal.CREDENTIALS: tr("The server didn’t accept the username or password."),
        Refusal.NEEDED: _asks_for(error.fields),
        Refusal.TOKEN: tr(
            "The server doesn’t accept this sync URL. Copy it again, or make a new one there."
        ),
        Refusal.KEY: tr(
            "The server doesn’t know the key in the address. Copy the whole address again."
        ),
        Refusal.API_KEY: tr(
            "The server didn’t accept the API key. Make a new one there, or sign in with a name "
            "and a password."
        ),
        Refusal.KEY_OR_ROLE: tr(
            "The server doesn’t accept this API key, or its account lacks the role KOReader Sync: "
            "it says the same to both."
        ),
        Refusal.FORBIDDEN: tr(
            "You’re signed in, but not allowed to do this. Ask whoever runs the server."
        ),
        Refusal.LOCKED: locked_text(),
        Refusal.FORGOTTEN: tr(
            "Kios doesn’t have the password of this server at hand, so nothing was sent. Unlock "
            "your passwords, or enter it again in Settings."
        ),
        Refusal.NAME_OR_OFF: tr(
            "The server didn’t accept the username or password, or its catalog is switched off: it "
            "says the same to both. Look for OPDS in its settings."
        ),
        Refusal.CATALOG_OFF: tr(
            "The server knows you, but keeps its catalog closed. Switch on OPDS in its settings, "
            "or ask for the permission to use it."
        ),
        Refusal.SWITCHED_OFF: tr("KOReader sync is turned off on the server."),
        Refusal.ACCOUNT_OFF: tr("KOReader sync is switched off in your account on the server."),
        Refusal.CLOSED: says(error.said)
        or tr("The server takes no new users, or the name is taken."),
        Refusal.ELSEWHERE: tr(
            "This server lets people sign in through another service only, and Kios can’t go that "
            "way. Its catalog, KOReader sync and Kobo sync work all the same."
        ),
    }
    said = says(error.said) if error.refusal in _SAID_WITH else ""
    action = _AFTER_REFUSAL.get(error.refusal, Action.TRY_AGAIN)
    return Message(needs_attention(source), texts[error.refusal], action, said)


def _asks_for(fields: SignInFields | None) -> str:
    if fields is None:
        return tr("The server asks for a username and password.")
    name = isolated(fields.name)
    if not fields.password:
        return tr("The server asks for a name alone: “{name}”.", name=name)
    return tr(
        "The server asks for “{name}” and “{password}”.",
        name=name,
        password=isolated(fields.password),
    )


def _not_matched(error: NotMatched, _source: str) -> Message:
    if error.duplicates:
        text = tr("The server has this file more than once and can’t tell which one is meant.")
    else:
        text = tr("The server doesn’t know this file.")
    if error.help is not None:
        text = f"{text} {tr(MATCHING[error.help])}"
    return Message(tr("Not matched"), text)


def _throttled(error: Throttled, _source: str) -> Message:
    if error.retry_after_s is None:
        text = tr("The server is busy. Kios will try again.")
    else:
        text = tr("The server is busy. Next try in {n} min.", n=minutes(error.retry_after_s))
    return Message(tr("The server is busy"), text, Action.RETRY)


def _locked_out(error: LockedOut, source: str) -> Message:
    text = tr("Too many sign-ins were wrong. The server takes the next one in a while.")
    if error.retry_after_s is not None:
        text = tr(
            "Too many sign-ins were wrong. The server takes the next one in {n} min.",
            n=minutes(error.retry_after_s),
        )
    return Message(needs_attention(source), text, Action.RETRY)


def _gone(_error: Gone, source: str) -> Message:
    return Message(needs_attention(source), tr("This is no longer on the server."))


def _conflict(error: Conflict, source: str) -> Message:
    if error.stored:
        text = tr("The server has this already.")
    else:
        text = tr("The server could not keep this beside what it has ({code}).", code=error.status)
    return Message(needs_attention(source), text, Action.RETRY, says(error.said))


def _faulty(error: Faulty, source: str) -> Message:
    text = tr("The server had a problem ({code}).", code=error.status)
    if error.long_headers:
        text = tr(
            "A proxy before the server gave up ({code}). Kobo sync has long headers: with nginx, "
            "raise proxy_buffer_size.",
            code=error.status,
        )
    if error.asks_shop:
        text = tr(
            "The server can’t finish the list ({code}): it asks the Kobo store at the end, and has "
            "no way there. What arrived is kept. Give it access to the internet, or switch off in "
            "its settings that it passes requests on to the Kobo store.",
            code=error.status,
        )
    return Message(needs_attention(source), text, Action.RETRY, says(error.said))


def _overtaken(_error: Overtaken, source: str) -> Message:
    text = tr("Another device was quicker. Kios looks again before it sends your place.")
    return Message(needs_attention(source), text, Action.RETRY)


def _clock_ahead(_error: ClockAhead, source: str) -> Message:
    text = tr(
        "The clock of another device is ahead, so the server takes your place for an older one. "
        "Kios keeps it and sends it as soon as that time has passed. If that takes too long, "
        "mark the book as unread on the server."
    )
    return Message(needs_attention(source), text, Action.RETRY)


def _unsupported(error: Unsupported, source: str) -> Message:
    texts = {
        Lacks.KOREADER_SYNC: tr("KOReader sync doesn’t answer at this address."),
        Lacks.SYNC_THERE: tr(
            "The address looks right, but KOReader sync doesn’t answer there. It may be switched "
            "off on the server, or this version of it has none."
        ),
        Lacks.CATALOG: tr("No catalog answers at this address. Check its path."),
        Lacks.KOBO_SYNC: tr(
            "Kobo sync doesn’t answer at this address. It may be turned off on the server, or the "
            "address may lack /api."
        ),
        Lacks.PLACES: tr(
            "This server delivers books, but keeps no places this way. Set up KOReader sync, and "
            "your place is kept there."
        ),
        Lacks.LATER_PLACES: tr(
            "This version of the server keeps the first place of a book and loses every later one. "
            "Update it, or use another server for KOReader sync."
        ),
        Lacks.TOKEN: tr("The address ends before its token. Copy the whole Kobo sync URL."),
        Lacks.BOOKLORE: tr("Neither BookLore nor Grimmory answers at this address."),
        Lacks.REQUEST: tr("This version of the server can’t do that."),
    }
    return Message(needs_attention(source), texts[error.lacks], Action.CHANGE_ADDRESS)


def _redirected(error: Redirected, source: str) -> Message:
    if error.same_host and error.base is None:
        text = tr("The server redirected the upload, so nothing was stored. Use the final address.")
    else:
        text = tr(
            "{host} sends Kios to {other}. Your password was not sent there.",
            host=isolated(error.address),
            other=isolated(error.location),
        )
    return Message(needs_attention(source), text, Action.USE_LOCATION)


def _stripped(_error: Stripped, source: str) -> Message:
    text = tr("A proxy in front of the server removes the Accept header.")
    return Message(needs_attention(source), text, Action.TRY_AGAIN)


def _refused(error: Refused, source: str) -> Message:
    text = tr("The server did not take what Kios sent ({code}).", code=error.status)
    return Message(needs_attention(source), text, said=says(error.said))


def _malformed(error: Malformed, source: str) -> Message:
    if error.login:
        text = tr("A login page is in the way.")
    elif error.html:
        text = tr("The server sent a web page. The address is probably missing its sub-path.")
    else:
        name = isolated(source) or tr("The server")
        return Message(
            needs_attention(source),
            tr("{source} sent an answer Kios can’t read.", source=name),
            Action.TRY_AGAIN,
        )
    return Message(needs_attention(source), text, Action.CHANGE_ADDRESS)


def _bad_address(error: BadAddress, source: str) -> Message:
    if error.from_server:
        text = tr("The server sent Kios to an address that can’t be read.")
        return Message(needs_attention(source), text, Action.TRY_AGAIN)
    text = tr("The address of the server can’t be read. Check its spelling.")
    return Message(needs_attention(source), text, Action.CHANGE_ADDRESS)


def _in_circles(_error: InCircles, source: str) -> Message:
    text = tr(
        "The server sends Kios round in circles. Check the address, and any proxy in between."
    )
    return Message(needs_attention(source), text, Action.CHANGE_ADDRESS)


def _not_a_catalog(error: NotACatalog, source: str) -> Message:
    page = isolated(error.title)
    texts = {
        Instead.WEB_PAGE: tr("The server sent a web page (“{title}”), not a catalog.", title=page)
        if page
        else tr("The server sent a web page. The address is probably missing its sub-path."),
        Instead.LOGIN: tr(
            "A login page is in the way. If a proxy asks for it, add the headers it wants."
        ),
        Instead.RSS: tr("This is a news feed, not a catalog of books."),
        Instead.TEXT: says(error.said) or tr("The server sent a text, not a catalog."),
        Instead.NOTHING: tr("The server sent an empty answer. Check the path of the address."),
        Instead.OTHER: tr("The server sent something that is not a catalog. Check the address."),
    }
    text = texts[error.instead]
    return Message(needs_attention(source), text, Action.CHANGE_ADDRESS)


def _web_page(error: WebPage, source: str) -> Message:
    if error.login:
        text = tr("The server sent a login page instead of a book. Sign in again?")
    else:
        text = tr("The server sent a web page instead of a book.")
    return Message(needs_attention(source), text, Action.TRY_AGAIN)


def _remote(_error: RemoteError, source: str) -> Message:
    return Message(not_reachable(source), tr("The server could not do this."), Action.TRY_AGAIN)


SERVER_MESSAGES: Final[Mapping[type, Callable[[Any, str], Message]]] = {
    Unreachable: _unreachable,
    Untrusted: _untrusted,
    Rejected: _rejected,
    NotMatched: _not_matched,
    Gone: _gone,
    Conflict: _conflict,
    Throttled: _throttled,
    LockedOut: _locked_out,
    Faulty: _faulty,
    Overtaken: _overtaken,
    ClockAhead: _clock_ahead,
    Unsupported: _unsupported,
    Redirected: _redirected,
    Stripped: _stripped,
    Refused: _refused,
    Malformed: _malformed,
    BadAddress: _bad_address,
    InCircles: _in_circles,
    NotACatalog: _not_a_catalog,
    WebPage: _web_page,
    RemoteError: _remote,
}
