"""What is shown while a server has not answered: the cached copy of the page, else placeholders."""

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
    """Delays in seconds, each after the one before; after a quick answer nothing of this is
    shown."""

    copy_s: float = 0.1
    loading_s: float = 0.2
    notice_s: float = 1.5


class LoadingDisplay:
    """`show_copy` receives the item, its cached copy, and whether to show a notice about it."""

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
        """Whether the cached copy of this item is on screen."""
        return self._copied is item

    async def during(self, item: HistoryItem, work: Awaitable[T]) -> T:
        """The result of `work`, which fetches `item`; shows the copy or placeholders meanwhile."""
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
