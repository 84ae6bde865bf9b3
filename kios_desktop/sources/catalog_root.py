"""Errors that mean something else at the root of a catalog than below it."""

from kios_desktop.domain.errors import (
    Lacks,
    NotMatched,
    Refusal,
    Rejected,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.secret import ServerUrl, keys_of


def at_root(error: RemoteError, url: ServerUrl) -> RemoteError:
    """The error for a failed request to the root `url`.

    404 means that there is no catalog (Storyteller answers so to requests with its cookie while
    OPDS is switched off). 403 means that OPDS is switched off, as it is at first in Grimmory and
    BookLore. A 401 where the address holds a key means that the key is wrong.
    """
    if isinstance(error, NotMatched):
        return Unsupported("nothing at the address of the catalog", Lacks.CATALOG)
    if isinstance(error, Rejected) and error.refusal is Refusal.FORBIDDEN:
        return Rejected(Refusal.CATALOG_OFF, error.said)
    if isinstance(error, Rejected) and error.refusal is Refusal.NEEDED and keys_of(url):
        return Rejected(Refusal.KEY, error.said)
    return error
