"""Offers above a new catalog to keep places with its server as well."""

from collections.abc import Callable, Sequence

from kios_desktop.application.place_offer import PlaceOffer, is_useful
from kios_desktop.domain.source import Source
from kios_desktop.ui.settings.controller import SettingsController
from kios_desktop.ui.settings.ports import SyncForm
from kios_desktop.ui.shell.main_window import MainWindow


class PlaceOfferController:
    """`settings` opens Settings."""

    def __init__(self, offer: PlaceOffer, settings: Callable[[], SettingsController]) -> None:
        self._offer, self._settings = offer, settings
        self._offered = ""  # the id of the catalog that the offer is about

    async def offer(self, source: Source, window: MainWindow) -> None:
        """Show the offer if the server can keep places and nothing else does."""
        account = await self._offer.account_beside(source)
        if account is None:
            return
        self._offered = source.id
        form = form_of(account)
        window.offer_to_keep_places(account.url.shown, lambda: self._settings().set_up_sync(form))

    def sources_changed(self, stored: Sequence[Source], window: MainWindow) -> None:
        """Withdraw the offer when sync was set up or the catalog was removed."""
        if self._offered and not is_useful(self._offered, stored):
            self._offered = ""
            window.withdraw_offers()


def form_of(account: Source) -> SyncForm:
    """The form of Progress sync for an account that is not stored yet, so nothing is masked."""
    return SyncForm(
        preset=account.preset,
        url=account.url.reveal(),
        username=account.username,
        password=account.password,
        auth=account.auth,
        headers=account.headers,
        pin=account.pin,
    )
