"""The registry of open book files: each is opened once, and closed after its last user.

A user holds a lease: a window while it shows the book, a conversion of places while it runs. So no
file is closed while it is read.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at run time it would import the parsers at start
    from kios_desktop.application.open_publication import OpenPublication


class OpenFiles:
    """The registry. Use it on the event loop's thread only."""

    def __init__(self) -> None:
        self._shared: dict[Path, _Shared] = {}

    async def lease(
        self, path: Path, weights: tuple[int, ...] | None = None, *, ours: bool = False
    ) -> "Lease":
        """A share in the open file; see `open_publication` for `weights` and `ours`.

        Raises PublicationError.
        """
        shared = self._shared.get(path)
        if shared is None:
            opening = asyncio.ensure_future(asyncio.to_thread(_open, path, weights, ours=ours))
            shared = self._shared[path] = _Shared(path, opening, self._unused)
        lease = Lease(shared)
        try:
            await shared.opened()
        except BaseException:
            lease.give_back()
            raise
        return lease

    def close(self) -> None:
        """Close every file, leases or not."""
        for shared in self._shared.values():
            shared.close()
        self._shared.clear()

    def _unused(self, shared: "_Shared") -> None:
        if self._shared.get(shared.path) is shared:
            del self._shared[shared.path]
            shared.close()


class Lease:
    """A share in an open file. As a context manager it is given back at the end."""

    def __init__(self, shared: "_Shared") -> None:
        self._shared, self._held = shared, True
        shared.leases += 1

    @property
    def publication(self) -> "OpenPublication":
        return self._shared.publication

    def duplicate(self) -> "Lease":
        """A further lease of the same file, while this one is held."""
        return Lease(self._shared)

    def give_back(self) -> None:
        """End the lease. A second call does nothing."""
        if self._held:
            self._held = False
            self._shared.given_back()

    def __enter__(self) -> "OpenPublication":
        return self.publication

    def __exit__(self, *_error: object) -> None:
        self.give_back()


class _Shared:
    """One file, from the start of its opening to its closing."""

    def __init__(
        self,
        path: Path,
        opening: "asyncio.Future[OpenPublication]",
        unused: Callable[["_Shared"], None],
    ) -> None:
        self.path, self.leases = path, 0
        self._opening, self._unused = opening, unused

    async def opened(self) -> None:
        # a caller that is cancelled must not cancel the opening for the others
        await asyncio.shield(self._opening)

    def given_back(self) -> None:
        self.leases -= 1
        if self.leases == 0:
            self._unused(self)

    @property
    def publication(self) -> "OpenPublication":
        return self._opening.result()

    def close(self) -> None:
        if self._opening.done():
            _close(self._opening)
        else:
            self._opening.add_done_callback(_close)


def _open(path: Path, weights: tuple[int, ...] | None, *, ours: bool) -> "OpenPublication":
    """Runs in a thread. Raises PublicationError."""
    from kios_desktop.application.open_publication import open_publication

    return open_publication(path, weights, ours=ours)


def _close(opening: "asyncio.Future[OpenPublication]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
