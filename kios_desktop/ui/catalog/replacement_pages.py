"""Pages shown instead of a list: why it is empty or failed, and what helps."""

from collections.abc import Callable

from kios_desktop.ui.catalog.notice_column import action_text
from kios_desktop.ui.catalog.ports import Listing
from kios_desktop.ui.catalog.texts import nothing_found_text
from kios_desktop.ui.kit.error_texts import Action, Message
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.empty_state import EmptyState


def empty_page(
    listing: Listing,
    source_name: str,
    *,
    is_shelf: bool,
    clear_search: Callable[[], None],
    sync: Callable[[], None],
) -> EmptyState:
    """The page for a feed without entries and links. `is_shelf`: the source is a Kobo shelf."""
    if listing.query:
        title = nothing_found_text(listing.query, source_name)
        clear = (tr("Clear search"), clear_search)
        return EmptyState(title, icon_name="magnifying-glass", primary=clear)
    if not is_shelf:
        return EmptyState(tr("This shelf is empty"), icon_name="folder")
    if listing.feed.up is not None:
        return EmptyState(tr("No books here"), icon_name="books")
    text = tr(
        "Put books on the shelf that {server} sends to Kobo, then sync.",
        server=isolated(source_name),
    )
    return EmptyState(tr("Your Kobo shelf is empty"), text, primary=(tr("Sync now"), sync))


def problem_page(message: Message, act: Callable[[Action], None]) -> EmptyState:
    """The page for a feed that could not be fetched. `act` performs the actions of its buttons."""
    again = (tr("Try again"), lambda: act(Action.TRY_AGAIN))
    text = action_text(message.action)
    other = None
    if text and message.action not in {Action.TRY_AGAIN, Action.RETRY}:
        other = (text, lambda: act(message.action))
    return EmptyState(
        message.title,
        message.text,
        "cloud-slash",
        primary=other or again,
        secondary=again if other else None,
    )
