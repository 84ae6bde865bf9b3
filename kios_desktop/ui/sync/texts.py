"""The state of sync in one line, and the names of its protocols."""

from datetime import datetime

from msgspec import Struct

from kios_desktop.domain.errors import NotMatched, Rejected, Untrusted
from kios_desktop.domain.progress import BookOverview, Health, Lead, Offer, ServerLine, SyncOverview
from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.kit.formats import isolated, percent, when
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.sync.devices import device_icon


class StatusLine(Struct, frozen=True):
    """An icon, its colour token, and the words beside it."""

    icon: str
    color: str
    text: str

    @property
    def spoken(self) -> str:
        return tr("Sync status: {words}", words=self.text[:1].lower() + self.text[1:])


def protocol_name(kind: SourceKind) -> str:
    """The name of a protocol that keeps places."""
    match kind:
        case SourceKind.KOSYNC:
            return tr("KOReader sync")
        case SourceKind.OPDS:
            return tr("OPDS progression")
        case SourceKind.KOBO:
            return tr("Kobo sync")
        case SourceKind.ACCOUNT:
            return tr("Account")


def status_line(overview: SyncOverview, now: datetime) -> StatusLine:
    """The state of sync as a whole."""
    waiting = len(overview.waiting)
    match overview.health:
        case Health.NOT_SET_UP:
            return StatusLine("minus-circle", "textFaint", tr("Sync is not set up"))
        case Health.NEEDS_YOU:
            name = isolated(_troubled(overview))
            return StatusLine(
                "warning-circle", "danger", tr("{source} needs attention", source=name)
            )
        case Health.NOT_REACHABLE:
            name = isolated(_troubled(overview))
            return StatusLine(
                "cloud-slash", "warning", tr("{source} is not reachable", source=name)
            )
        case Health.OFFLINE:
            text = tr("Offline")
            if waiting:
                text = counted("Offline · %Ln waiting", "", waiting, one="Offline · %Ln waiting")
            return StatusLine("cloud-slash", "textMuted", text)
        case Health.WAITING:
            text = counted(
                "Waiting to send · %Ln books", "", waiting, one="Waiting to send · %Ln book"
            )
            return StatusLine("clock", "warning", text)
        case Health.OFFERED:
            text = tr("Another device is elsewhere")
            if overview.open_offers:
                text = offer_line(overview.open_offers[0].offer)
            return StatusLine("device-tablet", "accent", text)
        case Health.WORKING:
            return StatusLine("arrows-clockwise", "textMuted", tr("Syncing…"))
        case Health.NOT_ASKED:
            text = tr("Sync is set up")
            if overview.last_sent_at is not None:
                text = tr("Sent · {when}", when=when(overview.last_sent_at, now))
            return StatusLine("circle-dashed", "textMuted", text)
        case Health.IN_SYNC:
            checked = max(
                (s.checked_at for s in overview.servers if s.checked_at is not None),
                default=overview.last_sent_at,
            )
            text = tr("In sync")
            if checked is not None:
                text = tr("In sync · {when}", when=when(checked, now))
            return StatusLine("check-circle", "success", text)


def book_line(book: BookOverview, overall: StatusLine) -> StatusLine:
    """The state of a book; without anything particular, that of sync `overall`."""
    if book.offer is not None:
        return StatusLine("device-tablet", "accent", offer_line(book.offer))
    if isinstance(book.error, NotMatched):
        return StatusLine("warning", "warning", unknown_file(book))
    return overall


def unknown_file(book: BookOverview) -> str:
    return tr("{source} doesn’t know this file", source=isolated(book.source_name))


def offer_line(offer: Offer) -> str:
    """“Another device is in ‘Chapter 12’”, or at a percentage if no chapter is known."""
    if chapter := offer_chapter(offer):
        return tr("Another device is in ‘{chapter}’", chapter=isolated(chapter))
    if offer.report.locator is None and offer.report.fraction is None:
        return tr("Another device is at a place Kios can’t find")
    return tr("Another device is at {n}", n=percent(offer_fraction(offer)))


def offer_chapter(offer: Offer) -> str:
    """The chapter of the other device, as exact as its file at least; else ""."""
    report, there = offer.report, offer.report.locator
    known = there is not None and (offer.lead is not Lead.UNKNOWN or report.file_known)
    return there.chapter.title.strip() if there is not None and known else ""


def offer_fraction(offer: Offer) -> float:
    """The other device's progression, 0…1: of its place if known, else as reported."""
    if offer.report.locator is not None:
        return offer.report.locator.total_progression
    return offer.report.fraction or 0.0


def offer_icon(offer: Offer) -> str:
    """The icon of the other device, never this computer's."""
    return device_icon(offer.report.device or "reader")


def needs_reader(line: ServerLine) -> bool:
    """Whether only the reader can solve a server's trouble."""
    return isinstance(line.error, Rejected | Untrusted)


def _troubled(overview: SyncOverview) -> str:
    for line in overview.servers:
        if line.error is not None or line.not_reachable_since is not None:
            return line.name
    return overview.servers[0].name if overview.servers else tr("The server")
