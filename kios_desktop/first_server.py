"""After the first server was added: can it keep the reader's place as well?

Part of the composition root, apart from `browse.py` only for its size.
"""

import logging
import uuid
from collections.abc import Callable

from kios_desktop.accounts import Accounts
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.settings import Settings
from kios_desktop.sources.sync_account import keeps_places_at, sync_account_of
from kios_desktop.ui.main_window import MainWindow
from kios_desktop.ui.settings.ports import SyncForm

logger = logging.getLogger(__name__)


class FirstServer:
    """`settings` opens Settings."""

    def __init__(self, accounts: Accounts, settings: Callable[[], Settings]) -> None:
        self._accounts, self._settings = accounts, settings

    async def offer(self, source: Source, window: MainWindow) -> None:
        """“Keep your place with this server too”, where that is so and nothing does it yet."""
        account = sync_account_of(source, uuid.uuid4().hex)
        if account is None or source.kind is not SourceKind.OPDS:
            return
        stored = await self._accounts.sources.all()
        if any(one.kind is SourceKind.KOSYNC for one in stored):
            return
        try:
            if (await self._accounts.catalogs.check(source)).keeps_places:
                return
        except RemoteError as error:  # the catalog says so itself
            logger.info("a new catalog does not answer: %s", error)
            return
        if not await keeps_places_at(account):
            return
        form = form_of(account)
        window.offer_to_keep_places(account.url.shown, lambda: self._settings().set_up_sync(form))


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
