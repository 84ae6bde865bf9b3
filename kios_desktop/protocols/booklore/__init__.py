"""The account at a BookLore or Grimmory server; others import from this package."""

from kios_desktop.protocols.booklore.address import server_base
from kios_desktop.protocols.booklore.answers import may_have_been_done
from kios_desktop.protocols.booklore.client import BookloreClient
from kios_desktop.protocols.booklore.keeper import AccountSecrets
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
    "AccountSecrets",
    "AnnotationStyle",
    "BookloreClient",
    "KoreaderUser",
    "NewAnnotation",
    "NewBookNote",
    "NewBookmark",
    "NewPlaceNote",
    "NewSession",
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
    "may_have_been_done",
    "server_base",
]
