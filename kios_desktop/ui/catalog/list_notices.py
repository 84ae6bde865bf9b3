"""The notices above a list, and which part of the list is shown."""

from dataclasses import replace
from datetime import datetime

from kios_desktop.domain.catalog import Shown
from kios_desktop.ui.catalog.history import HistoryItem
from kios_desktop.ui.catalog.ports import Notice, Paging
from kios_desktop.ui.catalog.texts import looped_text, missing_text, paging_text, unread_text
from kios_desktop.ui.kit.error_texts import Action, explain_catalog
from kios_desktop.ui.kit.formats import clock, day, isolated
from kios_desktop.ui.kit.translation import tr


def list_notices(
    item: HistoryItem, load_error: Exception | None, source_name: str, now: datetime
) -> list[Notice]:
    """The notices of a list, the most severe first. `load_error`: why it could not be extended."""
    found: list[Notice] = []
    shown, pages = item.shown, item.pages
    if shown is not None and shown.kept_at is not None and shown.error is not None:
        found.append(_copy_notice(shown.error, shown.kept_at, source_name, now))
    if load_error is not None:
        words = explain_catalog(load_error, source_name)
        found.append(Notice(words.line, action=Action.TRY_AGAIN))
    if shown is not None and (text := unread_text(shown.feed)):
        found.append(Notice(text))
    if pages is not None and pages.walk.missing:
        walk = pages.walk
        found.append(Notice(missing_text(walk.missing, walk.listed, walk.repeated), "info"))
    elif pages is not None and pages.looped:
        found.append(Notice(looped_text(pages.rows), "info"))
    return found


def list_paging(item: HistoryItem, endless: bool) -> Paging:
    """Which part of a list is shown, and where the reader can turn to; nowhere if `endless`."""
    if item.pages is None or item.shown is None:
        return Paging()
    feed, pages = item.shown.feed, item.pages
    more = pages.next is not None and pages.walk.has_more
    whole = replace(feed, next=pages.next if more else None)
    text = paging_text(whole, item.page, item.first, pages)
    if endless:
        return Paging(text)
    # Stump's first page links to a page 0 before it
    before = feed.previous is not None and (item.page > 1 or (feed.first or 1) > 1)
    return Paging(text, before, more)


def copy_notices(copy: Shown, source_name: str, now: datetime) -> list[Notice]:
    """The notices for a cached copy that is shown while the server has not answered."""
    if copy.kept_at is None:
        return []
    asking = tr("Waiting for {source}.", source=isolated(source_name))
    return [Notice(f"{asking} {_copy_text(copy.kept_at, now)}", "info")]


def _copy_text(at: datetime, now: datetime) -> str:
    return tr("You see what was here on {day} at {time}.", day=day(at, now), time=clock(at))


def _copy_notice(error: Exception, at: datetime, source_name: str, now: datetime) -> Notice:
    message = explain_catalog(error, source_name)
    sentence = message.text if message.title in message.text else message.line
    action = message.action if message.action is not Action.NONE else Action.TRY_AGAIN
    return Notice(f"{sentence} {_copy_text(at, now)}", "warning", action)
