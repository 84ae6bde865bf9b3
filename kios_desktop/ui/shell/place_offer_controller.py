"""After the first server was added: can it keep the reader's place as well?

Part of the composition root, apart from `browse.py` only for its size.
"""

import logging
import uuid
from collections.abc import Callable, Sequence

from kios_desktop.application.sync_accounts import Accounts
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.sources.sync_account import keeps_places_at, sync_account_of
from kios_desktop.ui.settings.controller import Settings
from kios_desktop.ui.settings.ports import SyncForm
from kios_desktop.ui.shell.main_window import MainWindow

logger = logging.getLogger(__name__)


class FirstServer:
    """`settings` opens Settings."""

    def __init__(self, accounts: Accounts, settings: Callable[[], Settings]) -> None:
        self._accounts, self._settings = accounts, settings
        self._offered = ""  # the id of the catalog beside which it is

    async def offer(self, source: Source, window: MainWindow) -> None:
        """“Keep your place with this server too”, where that is so and nothing does it yet."""
        account = sync_account_of(source, uuid.uuid4().hex)
        if account is None or source.kind is not SourceKind.OPDS:
            return
        if not _is_wanted(source.id, await self._accounts.sources.all()):
            return
        try:
            if (await self._accounts.catalogs.check(source)).keeps_places:
                return
        except RemoteError as error:  # the catalog says so itself
            logger.info("a new catalog does not answer: %s", error)
            return
        if not await keeps_places_at(account):
            return
        if not _is_wanted(source.id, await self._accounts.sources.all()):  # any more
            return
        self._offered = source.id
        form = form_of(account)
        window.offer_to_keep_places(account.url.shown, lambda: self._settings().set_up_sync(form))

    def sources_changed(self, stored: Sequence[Source], window: MainWindow) -> None:
        """The offer goes with its reason: sync was set up otherwise, or the catalog is gone."""
        if self._offered and not _is_wanted(self._offered, stored):
            self._offered = ""
            window.withdraw_offers()


def _is_wanted(source_id: str, stored: Sequence[Source]) -> bool:
    """Whether the catalog is there, and nothing that KOReader sync could keep places with."""
    kinds = {one.id: one.kind for one in stored}
    return source_id in kinds and SourceKind.KOSYNC not in kinds.values()


def form_of(account: Source) -> SyncForm:
    """An account that is not stored yet, as the form of Progress sync: nothing of it is masked."""
    return SyncForm(
        preset=account.preset,
        url=account.url.reveal(),
        username=account.username,
        password=account.password,
        auth=account.auth,
        headers=account.headers,
        pin=account.pin,
    )
