"""The dictionaries of a profile, in the order in which the reader wants them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.dictionaries import adding
from kios_desktop.dictionaries.dictionary import Dictionary
from kios_desktop.dictionaries.looking_up import look_up
from kios_desktop.domain.dictionaries import (
    AddedDictionaries,
    DictionaryId,
    ListedDictionary,
    LookUp,
)
from kios_desktop.domain.preferences import LookUpPreferences


class Dictionaries:
    """`folder` is that of the profile. Disk work is done in threads, one at a time for changes."""

    def __init__(self, folder: Path, live: LivePreferences) -> None:
        self._folder, self._live = folder, live
        self._opened: dict[DictionaryId, Dictionary] = {}
        self._changing = asyncio.Lock()

    async def all(self) -> list[ListedDictionary]:
        """Also those that are not in use or can't be read, in order."""
        opened = await asyncio.to_thread(self._in_order)
        facts = await asyncio.to_thread(lambda: [one.facts() for one in opened])
        return [ListedDictionary(one, one.id not in self._wanted.off) for one in facts]

    async def add(self, chosen: Path) -> AddedDictionaries:
        """Raises DictionaryError and StorageError."""
        async with self._changing:
            before = await asyncio.to_thread(self._in_order)
            added = await asyncio.to_thread(adding.add, chosen, self._folder)
            known = [one.id for one in before]
            self._set_order([*known, *(one.id for one in added.added if one.id not in known)])
            return added

    async def remove(self, dictionary: DictionaryId) -> None:
        """Raises StorageError."""
        async with self._changing:
            await asyncio.to_thread(adding.remove, self._folder, dictionary)
            self._opened.pop(dictionary, None)
            wanted = self._wanted
            self._want(
                replace(
                    wanted,
                    order=tuple(one for one in wanted.order if one != dictionary),
                    off=tuple(one for one in wanted.off if one != dictionary),
                )
            )

    async def move(self, dictionary: DictionaryId, by: int) -> None:
        """Earlier (-1) or later (1) in the order."""
        async with self._changing:
            order = [one.id for one in await asyncio.to_thread(self._in_order)]
            if dictionary not in order:
                return
            at = order.index(dictionary)
            to = max(0, min(len(order) - 1, at + by))
            order.insert(to, order.pop(at))
            self._set_order(order)

    def use(self, dictionary: DictionaryId, on: bool) -> None:
        others = tuple(one for one in self._wanted.off if one != dictionary)
        self._want(replace(self._wanted, off=others if on else (*others, dictionary)))

    async def look_up(self, text: str, language: str) -> LookUp:
        """Look a selected text up in all that are in use. Takes milliseconds, in a thread."""

        def work() -> LookUp:
            used = [one for one in self._in_order() if one.id not in self._wanted.off]
            return look_up(used, text, language)

        return await asyncio.to_thread(work)

    def _in_order(self) -> list[Dictionary]:
        there = adding.dictionaries_in(self._folder)
        order = {one: number for number, one in enumerate(self._wanted.order)}
        there.sort(key=lambda one: order.get(one, len(order)))
        for one in there:
            if one not in self._opened:
                self._opened[one] = Dictionary(self._folder / one)
        return [self._opened[one] for one in there]

    @property
    def _wanted(self) -> LookUpPreferences:
        return self._live.value.look_ups

    def _set_order(self, order: Sequence[DictionaryId]) -> None:
        self._want(replace(self._wanted, order=tuple(order)))

    def _want(self, wanted: LookUpPreferences) -> None:
        self._live.change(replace(self._live.value, look_ups=wanted))
