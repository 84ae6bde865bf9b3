"""What is on the screen until a server answers: the last copy of the page, else placeholders."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Shown
from kios_desktop.ui.catalog.history import FeedAt, Stop
from kios_desktop.ui.kit.unforeseen import noted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delays:
    """In seconds, one after the other: a server that is quick enough is all that is seen."""

    copy_s: float = 0.1
    loading_s: float = 0.2
    said_s: float = 1.5


class Meanwhile:
    """`show_copy` gets the copy of a stop, and whether to say by now that it is one."""

    def __init__(
        self,
        catalog: Catalog,
        show_loading: Callable[[], None],
        show_copy: Callable[[Stop, Shown, bool], None],
        delays: Delays | None = None,
    ) -> None:
        self._catalog, self._show_loading, self._show_copy = catalog, show_loading, show_copy
        self._delays = delays or Delays()
        self._copied: Stop | None = None

    def has_copy_of(self, stop: Stop) -> bool:
        """Whether the reader sees the copy of this stop."""
        return self._copied is stop

    async def until(self, stop: Stop, work: Awaitable[T]) -> T:
        """What the server says, when it does."""
        self._copied = None
        showing = asyncio.get_running_loop().create_task(self._show(stop))
        try:
            return await work
        finally:
            showing.cancel()

    async def _show(self, stop: Stop) -> None:
        await asyncio.sleep(self._delays.copy_s)
        copy = await self._copy_of(stop)
        if copy is None:
            await asyncio.sleep(self._delays.loading_s)
            self._show_loading()
            return
        self._copied = stop
        self._show_copy(stop, copy, False)
        await asyncio.sleep(self._delays.said_s)
        self._show_copy(stop, copy, True)

    async def _copy_of(self, stop: Stop) -> Shown | None:
        if not isinstance(stop.target, FeedAt):
            return None
        try:
            return await self._catalog.copy(stop.target.url)
        except Exception as error:  # noqa: BLE001 (noted; placeholders do as well)
            noted(error)
            return None
