"""Dictionaries that others made: stardict-czech and stardict-xmlittre of Debian, in two languages.

The first is small and installed with the programs of the tests; the other is looked at where it is.
"""

import time
from pathlib import Path

import pytest

from kios_desktop.dictionaries import adding
from kios_desktop.dictionaries.dictionary import Dictionary
from kios_desktop.dictionaries.looking_up import look_up
from tests.stardict import StarDict

FOLDER = Path("/usr/share/stardict/dic")


def added(name: str, folder: Path) -> Dictionary:
    file = FOLDER / f"{name}.ifo"
    if not file.exists():
        pytest.skip(f"{file.name} is not installed")
    [facts] = adding.add(file, folder).added
    assert facts.problem is None
    return Dictionary(folder / facts.id)


@pytest.mark.parametrize(
    ("asked", "word", "says"),
    [
        ("kapely", "kapela", "hudební"),
        ("Akrobacie", "akrobacie", ""),
        ("A  capella", "a capella", "bez instrumentálního doprovodu"),
        ("apriorní", "apriorní", ""),
    ],
)
def test_czech(tmp_path: Path, asked: str, word: str, says: str) -> None:
    dictionary = added("czech-cizi", tmp_path)
    assert dictionary.facts().words > 18_000
    [found] = look_up([dictionary], asked, "cs").found
    assert found.dictionary == "Slovník cizích slov"
    assert word in [one.word for one in found.entries]
    assert says in found.entries[0].markup


@pytest.mark.parametrize(
    ("asked", "word", "says"),
    [
        ("apothicaires", "APOTHICAIRE", "Celui qui prépare et vend des médicaments"),
        ("l’été", "ÉTÉ", "saison"),
        ("chevaux", "CHEVAL", "animal"),
        ("chef-d’œuvre", "CHEF-D'OEUVRE", ""),
        ("aimerions", "AIMER", ""),
    ],
)
def test_french(tmp_path: Path, asked: str, word: str, says: str) -> None:
    dictionary = added("XMLittre", tmp_path)
    assert dictionary.facts().words > 120_000
    [found] = look_up([dictionary], asked, "fr").found
    entries = {one.word: one.markup for one in found.entries}
    assert word in entries, [*entries]
    assert says in entries[word]


def test_a_look_up_takes_no_time_to_speak_of(tmp_path: Path) -> None:
    dictionary = added("XMLittre", tmp_path)
    look_up([dictionary], "mot", "fr")
    begun = time.perf_counter()
    for word in ("maison", "marchaient", "zzzz", "qu’il", "pommes de terre"):
        look_up([dictionary], word, "fr")
    assert (time.perf_counter() - begun) / 5 < 0.1


TABLE = """\
go\twent, gone, goes\t<k>go</k> <tr>ɡəʊ</tr>\\nTo move; see <kref>come</kref>.
come\tcame\t<k>come</k>\\nTo move <b>here</b>.
mouse\tmice\t<k>mouse</k>\\nA small animal.
"""


def test_english_converted_from_a_table(tmp_path: Path) -> None:
    """Words, their irregular forms and XDXF, as converters of word lists write them."""
    lines = [line.split("\t") for line in TABLE.splitlines()]
    forms = [(form, at) for at, line in enumerate(lines) for form in line[1].split(", ")]
    entries = [(word, text.replace("\\n", "\n")) for word, _forms, text in lines]
    made = StarDict(entries, name="Small English", types="x", synonyms=forms, pack_index=True)
    [facts] = adding.add(made.write(tmp_path / "given"), tmp_path / "kept").added
    dictionary = Dictionary(tmp_path / "kept" / facts.id)
    for asked, word in (("went", "go"), ("Mice", "mouse"), ("coming", "come"), ("mouses", "mouse")):
        [found] = look_up([dictionary], asked, "en").found
        assert [one.word for one in found.entries] == [word], asked
    [found] = look_up([dictionary], "gone", "en").found
    assert found.entries[0].markup == (
        '<b>go</b> <i>ɡəʊ</i><br>To move; see <a href="look:come">come</a>.'
    )
