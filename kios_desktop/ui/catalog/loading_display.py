"""What is on the screen until a server answers: the last copy of the page, else placeholders."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Shown
from kios_desktop.ui.catalog.history import FeedTarget, HistoryItem
from kios_desktop.ui.kit.unforeseen import noted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delays:
    """In seconds, one after the other: a server that is quick enough is all that is seen."""

    copy_s: float = 0.1
    loading_s: float = 0.2
    notice_s: float = 1.5


class LoadingDisplay:
    """`show_copy` gets the copy of a stop, and whether to say by now that it is one."""

    def __init__(
        self,
        catalog: Catalog,
        show_loading: Callable[[], None],
        show_copy: Callable[[HistoryItem, Shown, bool], None],
        delays: Delays | None = None,
    ) -> None:
        self._catalog, self._show_loading, self._show_copy = catalog, show_loading, show_copy
        self._delays = delays or Delays()
        self._copied: HistoryItem | None = None

    def has_copy_of(self, item: HistoryItem) -> bool:
        """Whether the reader sees the copy of this stop."""
        return self._copied is item

    async def during(self, item: HistoryItem, work: Awaitable[T]) -> T:
        """What the server says, when it does."""
        self._copied = None
        showing = asyncio.get_running_loop().create_task(self._show(item))
        try:
            return await work
        finally:
            showing.cancel()

    async def _show(self, item: HistoryItem) -> None:
        await asyncio.sleep(self._delays.copy_s)
        copy = await self._copy_of(item)
        if copy is None:
            await asyncio.sleep(self._delays.loading_s)
            self._show_loading()
            return
        self._copied = item
        self._show_copy(item, copy, False)
        await asyncio.sleep(self._delays.notice_s)
        self._show_copy(item, copy, True)

    async def _copy_of(self, item: HistoryItem) -> Shown | None:
        if not isinstance(item.target, FeedTarget):
            return None
        try:
            return await self._catalog.copy(item.target.url)
        except Exception as error:  # noqa: BLE001 (noted; placeholders do as well)
            noted(error)
            return None
