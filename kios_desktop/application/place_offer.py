"""Finds out whether the server of a new catalog can keep the reader's place as well."""

import logging
import uuid
from collections.abc import Sequence

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.sources.sync_account import keeps_places_at, sync_account_of
from kios_desktop.storage.sources import Sources

logger = logging.getLogger(__name__)


class PlaceOffer:
    """Looks for KOReader sync on a catalog's server, unless something keeps places already."""

    def __init__(self, sources: Sources, catalogs: Catalogs) -> None:
        self._sources, self._catalogs = sources, catalogs

    async def account_beside(self, catalog: Source) -> Source | None:
        """The account to offer, with the secrets that are known; None for no offer.

        The server is asked without credentials. Raises `StorageError`.
        """
        account = sync_account_of(catalog, uuid.uuid4().hex)
        if account is None or catalog.kind is not SourceKind.OPDS:
            return None
        if not is_useful(catalog.id, await self._sources.all()):
            return None
        try:
            if (await self._catalogs.check(catalog)).keeps_places:
                return None
        except RemoteError as error:  # the catalog's own page shows the error
            logger.info("a new catalog does not answer: %s", error)
            return None
        if not await keeps_places_at(account):
            return None
        still_useful = is_useful(catalog.id, await self._sources.all())
        return account if still_useful else None


def is_useful(catalog_id: str, stored: Sequence[Source]) -> bool:
    """Whether the catalog is configured, and no KOReader sync is."""
    kinds = {one.id: one.kind for one in stored}
    return catalog_id in kinds and SourceKind.KOSYNC not in kinds.values()
