"""What an answer means at the address of a catalog itself, and nowhere below it."""

from kios_desktop.domain.errors import (
    Lacks,
    NotMatched,
    Refusal,
    Rejected,
    RemoteError,
    Unsupported,
)


def at_root(error: RemoteError) -> RemoteError:
    """A 404 there is no list that is gone, and who may not look at all lacks no single permission.

    Grimmory and BookLore answer 403 while OPDS is switched off, which it is at first; Storyteller
    404 to whoever comes with its cookie.
    """
    if isinstance(error, NotMatched):
        return Unsupported("nothing at the address of the catalog", Lacks.CATALOG)
    if isinstance(error, Rejected) and error.refusal is Refusal.FORBIDDEN:
        return Rejected(Refusal.CATALOG_OFF, error.said)
    return error
