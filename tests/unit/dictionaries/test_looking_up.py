"""A word or a phrase of a text finds its headwords, in every form that dictionaries come in."""

import asyncio
import threading
import time
from itertools import islice, product
from pathlib import Path

import pytest

from kios_desktop.dictionaries import adding
from kios_desktop.dictionaries.dictionary import Dictionary
from kios_desktop.dictionaries.looking_up import look_up
from kios_desktop.domain.dictionaries import LookUp
from tests.stardict import StarDict

WORDS = [
    ("Bank", "Money is there."),
    ("bank", "The side of a river."),
    ("côte", "A coast."),
    ("côté", "A side."),
    ("homme", "A man."),
    ("run", "To go fast."),
    ("run away", "To flee."),
    ("study", "To learn."),
    ("well-known", "Known to many."),
    ("Zoo", "Animals."),
]


def opened(folder: Path, *drafts: StarDict) -> list[Dictionary]:
    """In the order in which they are given."""
    made: list[Dictionary] = []
    for number, draft in enumerate(drafts):
        added = adding.add(draft.write(folder / f"given{number}"), folder / "kept")
        assert not added.refused
        made += [Dictionary(folder / "kept" / one.id) for one in added.added]
    return made


def words(found: LookUp) -> list[list[str]]:
    return [[entry.word for entry in one.entries] for one in found.found]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("pack_entries", [True, False])
@pytest.mark.parametrize("pack_index", [True, False])
@pytest.mark.parametrize("types", ["m", ""])
def test_every_form_of_the_files_is_read(
    tmp_path: Path, bits: int, pack_entries: bool, pack_index: bool, types: str
) -> None:
    draft = StarDict(
        [*WORDS, ("long", "z" * 5000)],
        types=types,
        bits=bits,
        pack_entries=pack_entries,
        pack_index=pack_index,
        synonyms=[("flee", 6)],
    )
    dictionaries = opened(tmp_path, draft)
    for word, text in draft.entries:
        found = look_up(dictionaries, word, "")
        assert [e.markup for e in found.found[0].entries if e.word == word] == [text]
    [fled] = look_up(dictionaries, "flee", "").found
    assert [(one.word, one.markup) for one in fled.entries] == [("run away", "To flee.")]


@pytest.mark.parametrize(
    ("asked", "language", "expected"),
    [
        ("bank", "en", ["bank", "Bank"]),
        ("Bank", "en", ["Bank", "bank"]),
        ("BANK,", "en", ["Bank", "bank"]),
        ("côte", "fr", ["côte"]),
        ("cote", "fr", ["côte", "côté"]),
        ("l’homme", "fr", ["homme"]),
        ("l'homme", "fr", ["homme"]),
        ("hom\u00adme", "fr", ["homme"]),
        ("runs", "en", ["run"]),
        ("studies", "en-GB", ["study"]),
        ("studied", "EN", ["study"]),
        ("zoo’s", "en", ["Zoo"]),
        ("“run away”", "en", ["run away"]),
        ("run  \n away", "en", ["run away"]),
        ("well‐known", "en", ["well-known"]),
        ("studies", "", []),
        ("studies", "xx", []),
        ("", "en", []),
        ("…", "en", []),
    ],
)
def test_a_word_finds_its_headword(
    tmp_path: Path, asked: str, language: str, expected: list[str]
) -> None:
    found = look_up(opened(tmp_path, StarDict(WORDS)), asked, language)
    assert words(found) == ([expected] if expected else [])


def test_a_phrase_is_looked_up_whole_and_its_words_are_offered(tmp_path: Path) -> None:
    dictionaries = opened(tmp_path, StarDict(WORDS))
    assert words(look_up(dictionaries, "run away", "en")) == [["run away"]]
    found = look_up(dictionaries, "He studied the bank", "en")
    assert (words(found), found.suggestions) == ([], ("studied", "bank"))
    whole = look_up(dictionaries, "the bank of a river and a man who runs", "en")
    assert (words(whole), whole.suggestions) == ([], ("bank", "runs"))


def test_what_is_not_there_offers_words_that_begin_so(tmp_path: Path) -> None:
    dictionaries = opened(tmp_path, StarDict(WORDS))
    found = look_up(dictionaries, "stude", "en")
    assert found.suggestions == ("study",)
    assert found.searched == 1
    assert look_up(dictionaries, "harbours", "en").tried == ("harbour",)
    assert look_up(dictionaries, "q", "en").suggestions == ()


def test_dictionaries_answer_in_their_order_and_each_by_its_own_best_form(tmp_path: Path) -> None:
    first = StarDict([("zebra", "A")], name="First")
    second = StarDict([("Zebras", "B"), ("zebra", "C")], name="Second")
    one, two = opened(tmp_path, first, second)
    found = look_up([two, one], "zebras", "en")
    assert [(one.dictionary, [e.word for e in one.entries]) for one in found.found] == [
        ("Second", ["Zebras"]),
        ("First", ["zebra"]),
    ]


def test_a_dictionary_that_is_gone_costs_no_other(tmp_path: Path) -> None:
    one, two = opened(tmp_path, StarDict(WORDS), StarDict([("run", "Again.")], name="Other"))
    (one.folder / "dictionary.dict.dz").unlink()
    found = look_up([Dictionary(one.folder), two], "run", "en")
    assert [one.dictionary for one in found.found] == ["Other"]
    assert [problem.file for problem in found.problems] == ["dictionary.dict.dz"]


@pytest.mark.parametrize("change", ["gone", "cut", "foreign", "rotten"])
def test_the_file_of_words_is_made_anew(tmp_path: Path, change: str) -> None:
    [one] = opened(tmp_path, StarDict(WORDS))
    file = one.folder / "words"
    content = file.read_bytes()
    if change == "gone":
        file.unlink()
    elif change == "foreign":
        file.write_bytes(content[:16] + b"\xff" * 16 + content[32:])
    else:
        file.write_bytes(content[:20] if change == "cut" else b"x" * len(content))
    assert words(look_up([Dictionary(one.folder)], "run", "en")) == [["run"]]
    assert file.read_bytes() == content


def test_damage_within_the_file_of_words_is_told(tmp_path: Path) -> None:
    [one] = opened(tmp_path, StarDict(WORDS))
    file = one.folder / "words"
    content = file.read_bytes()
    for start in range(32, len(content), 3):  # whatever byte it is, nothing but a DictionaryError
        file.write_bytes(content[:start] + b"\xff" + content[start + 1 :])
        look_up([Dictionary(one.folder)], "run", "en")
        look_up([Dictionary(one.folder)], "zz", "en")


def test_entries_of_one_word_are_all_there_up_to_a_limit(tmp_path: Path) -> None:
    draft = StarDict([("same", f"{number}") for number in range(40)])
    [found] = look_up(opened(tmp_path, draft), "same", "en").found
    assert [one.markup for one in found.entries] == [f"{number}" for number in range(12)]


def test_a_wrongly_sorted_index_is_searched_all_the_same(tmp_path: Path) -> None:
    dictionaries = opened(tmp_path, StarDict([*reversed(WORDS)]))
    for word, _text in WORDS:
        assert words(look_up(dictionaries, word, "")), word


@pytest.mark.slow
async def test_400_000_words_hold_nothing_up(tmp_path: Path) -> None:
    letters = "aeioubcdfgklmnprst"
    words = ["".join(parts) for parts in islice(product(letters, repeat=5), 400_000)]
    StarDict([(word, word) for word in words], pack_entries=False).write(tmp_path / "given")
    adds = asyncio.create_task(asyncio.to_thread(adding.add, tmp_path / "given", tmp_path / "kept"))
    longest, last = 0.0, time.perf_counter()
    while not adds.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    [facts] = adds.result().added
    assert facts.words == 400_000
    assert longest < 1  # 20 ms on a computer that does nothing else
    took: list[float] = []
    for word in words[::40_000]:
        begun = time.perf_counter()
        assert look_up([Dictionary(tmp_path / "kept" / facts.id)], word, "en").found
        took.append(time.perf_counter() - begun)
    assert sorted(took)[5] < 0.1


def test_a_dictionary_that_goes_away_at_any_moment_is_a_dictionary_error(tmp_path: Path) -> None:
    """Its folder is moved away and back while words are looked up."""
    [dictionary] = opened(tmp_path, StarDict(WORDS))
    away = dictionary.folder.with_name("away")
    stopped = threading.Event()

    def come_and_go() -> None:
        while not stopped.is_set():
            dictionary.folder.rename(away)
            away.rename(dictionary.folder)

    mover = threading.Thread(target=come_and_go)
    mover.start()
    try:
        found = 0
        for _ in range(3000):
            looked = look_up([Dictionary(dictionary.folder)], "homme", "fr")
            found += len(looked.found)
            assert len(looked.found) + len(looked.problems) <= 1
    finally:
        stopped.set()
        mover.join()
    assert found
