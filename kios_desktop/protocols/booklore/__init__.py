"""The account at a BookLore or Grimmory server; others import from this package."""

from kios_desktop.protocols.booklore.address import server_base
from kios_desktop.protocols.booklore.answers import may_have_been_done
from kios_desktop.protocols.booklore.api import TOTAL_S
from kios_desktop.protocols.booklore.capabilities import (
    Variant,
    capabilities,
    product_of,
    variant_of,
)
from kios_desktop.protocols.booklore.client import BookloreClient
from kios_desktop.protocols.booklore.identity import id_in, id_of_entitlement, id_of_entry
from kios_desktop.protocols.booklore.keeper import AccountSecrets
from kios_desktop.protocols.booklore.matching import (
    Choices,
    Evidence,
    MatchedBook,
    agrees,
    match,
)
from kios_desktop.protocols.booklore.public import PublicSettings
from kios_desktop.protocols.booklore.records import (
    KoreaderUser,
    RemoteAnnotation,
    RemoteBook,
    RemoteBookmark,
    RemoteBookNote,
    RemotePlaceNote,
    RemoteSession,
    RemoteShelf,
    SavedSession,
    SearchRow,
    SessionPage,
)
from kios_desktop.protocols.booklore.tokens import secrets_in
from kios_desktop.protocols.booklore.values import (
    BATCH,
    AnnotationStyle,
    NewAnnotation,
    NewBookmark,
    NewBookNote,
    NewPlaceNote,
    NewSession,
    SessionKey,
)

__all__ = [
    "BATCH",
    "TOTAL_S",
    "AccountSecrets",
    "AnnotationStyle",
    "BookloreClient",
    "Choices",
    "Evidence",
    "KoreaderUser",
    "MatchedBook",
    "NewAnnotation",
    "NewBookNote",
    "NewBookmark",
    "NewPlaceNote",
    "NewSession",
    "PublicSettings",
    "RemoteAnnotation",
    "RemoteBook",
    "RemoteBookNote",
    "RemoteBookmark",
    "RemotePlaceNote",
    "RemoteSession",
    "RemoteShelf",
    "SavedSession",
    "SearchRow",
    "SessionKey",
    "SessionPage",
    "Variant",
    "agrees",
    "capabilities",
    "id_in",
    "id_of_entitlement",
    "id_of_entry",
    "match",
    "may_have_been_done",
    "product_of",
    "secrets_in",
    "server_base",
    "variant_of",
]
