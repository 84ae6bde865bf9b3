"""What an answer means at the address of a catalog itself, and nowhere below it."""

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
    """`url` is that address.

    A 404 there is no list that is gone, and who may not look at all lacks no single permission:
    Grimmory and BookLore answer 403 while OPDS is switched off, which it is at first; Storyteller
    404 to whoever comes with its cookie. A name asked for where the address holds a key means that
    the key is not known.
    """
    if isinstance(error, NotMatched):
        return Unsupported("nothing at the address of the catalog", Lacks.CATALOG)
    if isinstance(error, Rejected) and error.refusal is Refusal.FORBIDDEN:
        return Rejected(Refusal.CATALOG_OFF, error.said)
    if isinstance(error, Rejected) and error.refusal is Refusal.NEEDED and keys_of(url):
        return Rejected(Refusal.KEY, error.said)
    return error
