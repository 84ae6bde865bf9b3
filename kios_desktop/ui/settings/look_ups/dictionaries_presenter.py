"""Adds, orders, switches and removes dictionaries. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.dictionaries import (
    AddedDictionaries,
    DictionaryFacts,
    DictionaryId,
    ListedDictionary,
)
from kios_desktop.domain.errors import DictionaryError, StorageError
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr


class DictionaryStorePort(Protocol):
    """The part of `application.dictionaries.Dictionaries` used here.

    `add` raises DictionaryError; all but `use` raise StorageError.
    """

    async def all(self) -> list[ListedDictionary]: ...
    async def add(self, chosen: Path) -> AddedDictionaries: ...
    async def remove(self, dictionary: DictionaryId) -> None: ...
    async def move(self, dictionary: DictionaryId, by: int) -> None: ...
    def use(self, dictionary: DictionaryId, on: bool) -> None: ...


class DictionariesScreen(Protocol):
    """The list, as its presenter sees it."""

    def show_dictionaries(self, dictionaries: Sequence[ListedDictionary]) -> None: ...
    def show_adding(self, adding: bool) -> None: ...
    def say(self, text: str) -> None: ...
    def tell(self, message: Message) -> None: ...


class DictionariesPresenter:
    """Shows what is there after each change."""

    def __init__(
        self, store: DictionaryStorePort, screen: DictionariesScreen, tasks: Tasks
    ) -> None:
        self._store, self._screen, self._tasks = store, screen, tasks

    def load(self) -> None:
        self._tasks.start(self._load())

    def add(self, files: Sequence[Path]) -> None:
        self._tasks.start(self._add(files))

    def remove(self, dictionary: DictionaryId) -> None:
        self._run(lambda: self._store.remove(dictionary))

    def move(self, dictionary: DictionaryId, by: int) -> None:
        self._run(lambda: self._store.move(dictionary, by))

    def use(self, dictionary: DictionaryId, on: bool) -> None:
        self._store.use(dictionary, on)
        self.load()

    def _run(self, change: Callable[[], Awaitable[None]]) -> None:
        async def work() -> None:
            try:
                await change()
            except StorageError as error:
                self._screen.tell(explain(error))
            await self._load()

        self._tasks.start(work())

    async def _load(self) -> None:
        self._screen.show_dictionaries(await self._store.all())

    async def _add(self, files: Sequence[Path]) -> None:
        added: dict[DictionaryId, DictionaryFacts] = {}
        refused: list[DictionaryError | StorageError] = []
        self._screen.show_adding(True)
        try:
            for file in files:
                try:
                    found = await self._store.add(file)
                except (DictionaryError, StorageError) as error:
                    refused.append(error)
                else:
                    added.update((one.id, one) for one in found.added)
                    refused += found.refused
        finally:
            self._screen.show_adding(False)
        await self._load()
        if added:
            self._screen.say(_added([one.name for one in added.values()]))
        if refused:
            self._screen.tell(_refused(refused))


def _added(names: Sequence[str]) -> str:
    if len(names) == 1:
        return tr("“{name}” is added", name=isolated(names[0]))
    return counted("%Ln dictionaries are added", "", len(names), one="1 dictionary is added")


def _refused(errors: Sequence[DictionaryError | StorageError]) -> Message:
    messages = [explain(error) for error in errors]
    lines = dict.fromkeys(message.rest for message in messages)
    return Message(messages[0].title, "\n".join(lines))
