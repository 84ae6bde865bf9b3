"""Texts of a book's details page: where it syncs, and its timeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kios_desktop.application.book_routes import NOWHERE, BookAccount, CameFrom, Channel, Routing
from kios_desktop.domain.accounts import LinkState
from kios_desktop.domain.library import Visit
from kios_desktop.domain.locator import Position
from kios_desktop.sync.machine import ELSEWHERE
from kios_desktop.sync.route import RouteReason
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import day, isolated, percent, since, when
from kios_desktop.ui.kit.translation import counted, marked, tr
from kios_desktop.ui.sync.devices import device_icon, device_name
from kios_desktop.ui.sync.texts import protocol_name

_TAGS = {
    "stayed": marked("You stayed"),
    "moved by sync": marked("Moved by sync"),
    "restored": marked("Restored"),
    ELSEWHERE: marked("On another device"),
}


@dataclass(frozen=True, slots=True)
class ChannelTexts:
    """A row of “Where this book syncs”."""

    icon: str
    tone: str
    title: str
    value: str
    line: str


def channel_texts(channel: Channel, used: bool, now: datetime) -> ChannelTexts:
    """The row of one server."""
    source, record = isolated(channel.name), channel.record
    if not used:
        line = tr("{source} · not used for this book", source=source)
        return ChannelTexts("minus-circle", "textFaint", protocol_name(channel.kind), "", line)
    if record is not None and record.dirty:
        value = tr("Waiting to be sent")
        if record.since is not None:
            value = tr("Waiting since {time}", time=since(record.since, now))
        return ChannelTexts(
            "clock", "warning", protocol_name(channel.kind), value, _waiting_line(channel, now)
        )
    if channel.error is not None:
        words = explain(channel.error, channel.name)
        line = tr("{source} · {reason}", source=source, reason=words.text)
        return ChannelTexts("warning-circle", "danger", protocol_name(channel.kind), "", line)
    if record is None or (record.received is None and record.sent is None):
        line = tr("{source} · no place is known yet", source=source)
        return ChannelTexts("check-circle", "success", protocol_name(channel.kind), "", line)
    return _settled(channel, now)


def account_texts(account: BookAccount) -> ChannelTexts:
    """The row of an account."""
    name = isolated(account.name)
    product = isolated(account.product) or tr("Server")
    title = tr("{product} account", product=product)
    link = account.link
    if link is None or link.state is LinkState.UNKNOWN:
        line = tr("{source} · not found there", source=name)
        if link is None:
            line = tr("{source} · not looked for yet", source=name)
        return ChannelTexts("minus-circle", "textFaint", title, "", line)
    if link.state is LinkState.OFF:
        line = tr("{source} · nothing of this book is sent", source=name)
        return ChannelTexts("minus-circle", "textFaint", title, "", line)
    if link.state is LinkState.CHOOSE:
        line = tr("{source} · say in Settings which book it is there", source=name)
        return ChannelTexts("warning-circle", "warning", title, "", line)
    there = isolated(link.title)
    if account.waiting:
        line = tr("{source} · “{title}” · something waits", source=name, title=there)
        return ChannelTexts("clock", "warning", title, account_value(account), line)
    line = tr("{source} · “{title}” · everything sent", source=name, title=there)
    return ChannelTexts("check-circle", "success", title, account_value(account), line)


def account_value(account: BookAccount) -> str:
    """“3 sessions, 8 highlights”."""
    parts = (
        (account.sessions, counted("%Ln sessions", "", account.sessions, one="%Ln session")),
        (
            account.highlights,
            counted("%Ln highlights", "", account.highlights, one="%Ln highlight"),
        ),
        (account.bookmarks, counted("%Ln bookmarks", "", account.bookmarks, one="%Ln bookmark")),
    )
    return ", ".join(text for n, text in parts if n)


def _settled(channel: Channel, now: datetime) -> ChannelTexts:
    record, source = channel.record, isolated(channel.name)
    if record is None:
        raise ValueError("a channel that settled has a record")
    report, sent = record.received, record.sent
    if report is not None:
        device = device_name(report.device)
        line = tr("{source} · received from {device}", source=source, device=device)
        fraction, at = report.fraction, report.at
    else:
        line = tr("{source} · sent from this computer", source=source)
        fraction = sent.fraction if sent is not None else None
        at = sent.at if sent is not None else None
    parts = [percent(fraction) if fraction is not None else "", when(at, now) if at else ""]
    value = " · ".join(part for part in parts if part)
    return ChannelTexts("check-circle", "success", protocol_name(channel.kind), value, line)


def _waiting_line(channel: Channel, now: datetime) -> str:
    source = isolated(channel.name)
    if channel.error is None:
        return tr("{source} · sent when the book is closed", source=source)
    reason = explain(channel.error, channel.name).text
    if channel.next_try_at is None:
        return tr("{source} · {reason}", source=source, reason=reason)
    minutes = max(1, round((channel.next_try_at - now).total_seconds() / 60))
    return tr("{source} · {reason} Next try in {n} min.", source=source, reason=reason, n=minutes)


def reason_text(routing: Routing) -> str:
    """Which server keeps the place, and why."""
    used = next((c for c in routing.channels if c.source_id == routing.used), None)
    source = isolated(used.name) if used is not None else ""
    match routing.reason:
        case RouteReason.CHOSEN:
            return tr("You chose {source} for this book.", source=source)
        case RouteReason.ORIGIN:
            return tr("This book came from {source}, so its place is kept there.", source=source)
        case RouteReason.FALLBACK:
            return tr("{source} takes every book.", source=source)
        case RouteReason.SWITCHED_OFF:
            return tr("You chose not to sync this book.")
        case RouteReason.KEEPS_NONE:
            return tr(
                "The server this book came from keeps no places. With KOReader sync set up, its "
                "place is kept there."
            )
        case RouteReason.NOWHERE:
            return tr("No server keeps the place of this book.")


def choices(routing: Routing) -> list[tuple[str, str]]:
    """(key, text) of the control; the key is a source id, `NOWHERE`, or "auto"."""
    options = [("auto", tr("Automatic"))]
    options += [
        (c.source_id, tr("{source} ({kind})", source=c.name, kind=protocol_name(c.kind)))
        for c in routing.channels
    ]
    return [*options, (NOWHERE, tr("Don’t sync this book"))]


def origin_text(came_from: Sequence[CameFrom], now: datetime) -> str:
    """The line about where the file was downloaded."""
    if not came_from:
        return tr("Added from this computer. No server copy is known.")
    first = came_from[0]
    source = isolated(first.source_name)
    if first.at is None:
        return tr("This file is byte for byte the one {source} delivered.", source=source)
    return tr(
        "This file is byte for byte the one {source} delivered on {day}.",
        source=source,
        day=day(first.at, now),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A row of the timeline. `here`: it is where this device is now."""

    icon: str
    place: str
    line: str
    tag: str
    position: Position
    here: bool

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.place, self.line, self.tag) if part)


def timeline(visits: Sequence[Visit], now: datetime) -> list[Moment]:
    """The rows, newest first. Of visits in a row on one device and day the newest is shown."""
    moments: list[Moment] = []
    here: int | None = None  # the first row that is not only known from another device
    before: tuple[object, ...] = ()
    for visit in visits:
        position = visit.position
        run = (position.device, visit.how, position.at.astimezone().date())
        if run == before:
            continue
        before = run
        if here is None and visit.how != ELSEWHERE:
            here = len(moments)
        moments.append(_moment(visit, now))
    if here is not None:
        moments[here] = replace(moments[here], here=True, tag=tr("You are here"))
    return moments


def _moment(visit: Visit, now: datetime) -> Moment:
    position = visit.position
    locator = position.locator
    far = percent(locator.total_progression)
    chapter = isolated(locator.chapter.title)
    place = tr("{chapter} · {n}", chapter=chapter, n=far) if chapter else far
    device = device_name(position.device) if position.device else tr("This computer")
    line = tr("{device} · {when}", device=device, when=when(position.at, now))
    tag = tr(_TAGS[visit.how]) if visit.how in _TAGS else ""
    return Moment(device_icon(position.device), place, line, tag, position, here=False)
