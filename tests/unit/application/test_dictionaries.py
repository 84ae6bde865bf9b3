"""The dictionaries of a profile: their order, those in use, and what becomes of damaged ones."""

import asyncio
from pathlib import Path

import pytest

from kios_desktop.application.dictionaries import Dictionaries
from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.dictionaries import DictionaryId
from kios_desktop.domain.errors import DictionaryError, DictionaryFault
from kios_desktop.domain.preferences import Preferences
from tests.stardict import StarDict


class World:
    def __init__(self, folder: Path, saved: Preferences | None = None) -> None:
        self.folder = folder
        self.live = LivePreferences(saved or Preferences(), lambda _: None, lambda _: None)
        self.dictionaries = Dictionaries(folder / "kept", self.live)

    async def add(self, *names: str) -> list[DictionaryId]:
        for name in names:
            draft = StarDict([("word", f"by {name}"), (name, "itself")], name=name)
            await self.dictionaries.add(draft.write(self.folder / name))
        return [one.facts.id for one in await self.dictionaries.all()]

    async def names(self) -> list[str]:
        return [one.facts.name for one in await self.dictionaries.all()]

    async def found(self, word: str = "word") -> list[str]:
        return [one.dictionary for one in (await self.dictionaries.look_up(word, "en")).found]


async def test_they_answer_in_the_order_that_the_reader_gives_them(tmp_path: Path) -> None:
    world = World(tmp_path)
    one, two, three = await world.add("One", "Two", "Three")
    assert await world.found() == ["One", "Two", "Three"]
    await world.dictionaries.move(three, -1)
    assert await world.found() == await world.names() == ["One", "Three", "Two"]
    await world.dictionaries.move(one, 5)
    await world.dictionaries.move(two, -9)
    assert await world.names() == ["Two", "Three", "One"]
    again = World(tmp_path, world.live.value)
    assert await again.found() == ["Two", "Three", "One"]
    await again.dictionaries.move(DictionaryId("0" * 32), 1)  # it is gone
    assert await again.names() == ["Two", "Three", "One"]


async def test_one_that_is_switched_off_is_kept_and_not_asked(tmp_path: Path) -> None:
    world = World(tmp_path)
    one, _two = await world.add("One", "Two")
    world.dictionaries.use(one, False)
    assert await world.found() == ["Two"]
    assert [listed.on for listed in await world.dictionaries.all()] == [False, True]
    world.dictionaries.use(one, True)
    assert await world.found() == ["One", "Two"]


async def test_one_that_is_removed_leaves_no_trace(tmp_path: Path) -> None:
    world = World(tmp_path)
    one, _two = await world.add("One", "Two")
    world.dictionaries.use(one, False)
    await world.dictionaries.remove(one)
    assert await world.found() == await world.names() == ["Two"]
    assert one not in (*world.live.value.look_ups.order, *world.live.value.look_ups.off)
    assert len(list((tmp_path / "kept").iterdir())) == 1


async def test_one_that_was_damaged_later_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    one, _two = await world.add("One", "Two")
    (tmp_path / "kept" / one / "dictionary.idx").write_bytes(b"")
    again = World(tmp_path, world.live.value)
    damaged, sound = await again.dictionaries.all()
    assert damaged.facts.problem is not None and sound.facts.problem is None
    assert (damaged.facts.name, damaged.facts.problem.file) == ("One", "dictionary.idx")
    assert await again.found() == ["Two"]
    looked = await again.dictionaries.look_up("word", "en")
    assert [problem.fault for problem in looked.problems] == [DictionaryFault.CUT]


async def test_a_profile_that_was_restored_sorts_its_words_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    [one] = await world.add("One")
    (tmp_path / "kept" / one / "words").unlink()
    assert await World(tmp_path, world.live.value).found() == ["One"]
    assert (tmp_path / "kept" / one / "words").exists()


async def test_looking_up_while_one_is_removed_is_no_error(tmp_path: Path) -> None:
    world = World(tmp_path)
    ids = await world.add("One", "Two", "Three")
    removing = [world.dictionaries.remove(one) for one in ids]
    looking = [world.dictionaries.look_up("word", "en") for _ in range(20)]
    await asyncio.gather(*looking, *removing)
    assert await world.found() == []


async def test_what_is_no_dictionary_changes_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "a.txt").write_text("no dictionary")
    with pytest.raises(DictionaryError):
        await world.dictionaries.add(tmp_path / "a.txt")
    assert await world.names() == []
    assert world.live.value == Preferences()
