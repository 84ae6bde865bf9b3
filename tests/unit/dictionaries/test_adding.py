"""What a reader chooses is copied into the profile, or refused with the name of a file."""

import gzip
import io
import os
import resource
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kios_desktop.dictionaries import adding
from kios_desktop.dictionaries.dictionary import Dictionary
from kios_desktop.dictionaries.looking_up import look_up
from kios_desktop.domain.errors import DictionaryError, DictionaryFault, Full
from tests.disks import full, small_disk  # noqa: F401 (a fixture)
from tests.stardict import StarDict, dictzip, write_files

DRAFT = StarDict(
    [("one", "First."), ("two", "Second."), ("three", "Third." * 400)], name="Counting"
)
Files = dict[str, bytes]


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def found(folder: Path, word: str) -> str:
    dictionaries = [Dictionary(folder / one) for one in adding.dictionaries_in(folder)]
    [section] = look_up(dictionaries, word, "en").found
    return section.entries[0].markup


@pytest.mark.parametrize("name", ["words.ifo", "words.idx", "words.dict.dz", ""])
def test_any_of_its_files_or_its_folder_leads_to_a_dictionary(tmp_path: Path, name: str) -> None:
    DRAFT.write(tmp_path / "given")
    added = adding.add(tmp_path / "given" / name, tmp_path / "kept")
    [facts] = added.added
    assert (facts.name, facts.words, facts.problem) == ("Counting", 3, None)
    assert facts.size_bytes > 100
    assert kept(tmp_path / "kept") == [facts.id]
    for file in (tmp_path / "given").iterdir():
        file.unlink()
    assert found(tmp_path / "kept", "two") == "Second."


def test_a_folder_may_have_several_and_names_in_capitals(tmp_path: Path) -> None:
    DRAFT.write(tmp_path / "given" / "a")
    other = StarDict([("four", "Fourth.")], name="More").files()
    write_files(tmp_path / "given" / "b", {name.upper(): one for name, one in other.items()})
    added = adding.add(tmp_path / "given", tmp_path / "kept")
    assert [one.name for one in added.added] == ["Counting", "More"]
    again = adding.add(tmp_path / "given", tmp_path / "kept")
    assert [one.id for one in again.added] == [one.id for one in added.added]
    assert len(kept(tmp_path / "kept")) == 2


def zipped(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as packed:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.zip", zipped),
        ("a.tar.gz", tarred),
        ("a.tar.bz2", lambda files: tarred(files, "w:bz2")),
        ("a.tar.xz", lambda files: tarred(files, "w:xz")),
    ],
)
def test_a_packed_folder_is_unpacked(
    tmp_path: Path, name: str, pack: Callable[[Files], bytes]
) -> None:
    files = {f"dic/{file}": content for file, content in DRAFT.files().items()}
    (tmp_path / name).write_bytes(pack({**files, "dic/res/a.png": b"png", "README": b"read"}))
    adding.add(tmp_path / name, tmp_path / "kept")
    assert found(tmp_path / "kept", "one") == "First."
    assert len(kept(tmp_path / "kept")) == 1


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_in_a_packed_file_lead_nowhere_else(
    tmp_path: Path, pack: Callable[[Files], bytes]
) -> None:
    files = {f"../../../evil/{file}": content for file, content in DRAFT.files().items()}
    name = "a.zip" if pack is zipped else "a.tar.gz"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(pack(files))
    adding.add(tmp_path / "in" / name, tmp_path / "deep" / "er" / "kept")
    assert found(tmp_path / "deep" / "er" / "kept", "one") == "First."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "in"]


def changed(**changes: Callable[[bytes], bytes] | None) -> Files:
    """The files of a dictionary, each changed by a function; None removes one."""
    files = DRAFT.files()
    for end, change in changes.items():
        [name] = [name for name in files if name.startswith(f"words.{end}")]
        content = files.pop(name)
        if change is not None:
            files[name] = change(content)
    return files


def shifted(index: bytes) -> bytes:
    """The first entry begins far behind the end."""
    return index[:4] + struct.pack(">II", 0x7FFFFFFF, 10) + index[12:]


def endless(packed: bytes) -> bytes:
    """A table of chunks that promises more than is there."""
    at = packed.index(b"RA") + 4
    count = int.from_bytes(packed[at + 4 : at + 6], "little")
    return packed[: at + 6] + b"\xff\xff" * count + packed[at + 6 + 2 * count :]


NOT_PACKED = StarDict(DRAFT.entries, pack_entries=False).files()["words.dict"]

REFUSED: list[tuple[str, Files, DictionaryFault, str]] = [
    ("nothing", {}, DictionaryFault.NONE_HERE, "given"),
    ("no index", changed(idx=None), DictionaryFault.INCOMPLETE, "words.idx"),
    ("no entries", changed(dict=None), DictionaryFault.INCOMPLETE, "words.dict"),
    ("no ifo at all", changed(ifo=lambda _: b"\0" * 90), DictionaryFault.DAMAGED, "words.ifo"),
    ("huge ifo", changed(ifo=lambda b: b + b"x" * 300_000), DictionaryFault.DAMAGED, "words.ifo"),
    (
        "other types",
        changed(ifo=lambda b: b.replace(b"sequence=m", b"sequence=mZ")),
        DictionaryFault.DAMAGED,
        "words.ifo",
    ),
    (
        "other offsets",
        changed(ifo=lambda b: b + b"idxoffsetbits=7\n"),
        DictionaryFault.DAMAGED,
        "words.ifo",
    ),
    ("empty index", changed(idx=lambda _: b""), DictionaryFault.CUT, "words.idx"),
    ("cut index", changed(idx=lambda b: b[:-3]), DictionaryFault.CUT, "words.idx"),
    ("cut at a word", changed(idx=lambda b: b[:12]), DictionaryFault.CUT, "words.idx"),
    ("no index", changed(idx=lambda _: b"x" * 5000), DictionaryFault.DAMAGED, "words.idx"),
    ("far entries", changed(idx=shifted), DictionaryFault.CUT, "words.dict.dz"),
    ("cut entries", changed(dict=lambda b: b[:-100]), DictionaryFault.CUT, "words.dict.dz"),
    ("cut header", changed(dict=lambda b: b[:15]), DictionaryFault.CUT, "words.dict.dz"),
    ("no entries", changed(dict=lambda _: b"x" * 500), DictionaryFault.DAMAGED, "words.dict.dz"),
    ("wrong table", changed(dict=endless), DictionaryFault.CUT, "words.dict.dz"),
    (
        "rotten entries",
        changed(dict=lambda b: b[:-40] + b"\xff" * 10 + b[-30:]),
        DictionaryFault.DAMAGED,
        "words.dict.dz",
    ),
    (
        "other entries",
        changed(dict=lambda b: b[:-8] + b"\0\0\0\0" + b[-4:]),
        DictionaryFault.DAMAGED,
        "words.dict.dz",
    ),
    (
        "cut gzip",
        changed(dict=lambda _: gzip.compress(NOT_PACKED)[:-20]),
        DictionaryFault.CUT,
        "words.dict.dz",
    ),
    (
        "cut plain",
        {**changed(dict=None), "words.dict": NOT_PACKED[:-1]},
        DictionaryFault.CUT,
        "words.dict",
    ),
    ("cut synonyms", {**DRAFT.files(), "words.syn": b"a\0\0"}, DictionaryFault.CUT, "words.syn"),
]


@pytest.mark.parametrize(
    ("files", "fault", "name"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_what_is_damaged_is_named_and_nothing_is_left(
    tmp_path: Path, files: Files, fault: DictionaryFault, name: str
) -> None:
    write_files(tmp_path / "given", files)
    try:
        added = adding.add(tmp_path / "given", tmp_path / "kept")
    except DictionaryError as error:
        refused = error
    else:
        assert not added.added
        [refused] = added.refused
    assert (refused.fault, refused.file) == (fault, name)
    assert kept(tmp_path / "kept") == []


def test_a_damaged_one_costs_no_other(tmp_path: Path) -> None:
    write_files(tmp_path / "given" / "a", changed(idx=lambda b: b[:-3]))
    StarDict([("four", "Fourth.")], name="More").write(tmp_path / "given" / "b")
    added = adding.add(tmp_path / "given", tmp_path / "kept")
    assert [one.name for one in added.added] == ["More"]
    assert [one.file for one in added.refused] == ["words.idx"]


def test_an_ordinary_gzip_file_of_entries_is_unpacked(tmp_path: Path) -> None:
    files = changed(dict=lambda _: gzip.compress(NOT_PACKED))
    write_files(tmp_path / "given", files)
    adding.add(tmp_path / "given", tmp_path / "kept")
    assert found(tmp_path / "kept", "two") == "Second."


def test_numbers_that_are_wrong_in_the_description_do_not_matter(tmp_path: Path) -> None:
    StarDict(DRAFT.entries, changed={"wordcount": "9" * 30, "idxfilesize": "1"}).write(
        tmp_path / "given"
    )
    [facts] = adding.add(tmp_path / "given", tmp_path / "kept").added
    assert facts.words == 3


def test_a_synonym_of_nothing_leads_nowhere(tmp_path: Path) -> None:
    StarDict(DRAFT.entries, synonyms=[("uno", 0), ("x", 4_000_000_000)]).write(tmp_path / "given")
    adding.add(tmp_path / "given", tmp_path / "kept")
    assert found(tmp_path / "kept", "uno") == "First."
    assert (
        look_up([Dictionary(tmp_path / "kept" / kept(tmp_path / "kept")[0])], "x", "").found == ()
    )


@pytest.mark.parametrize("name", ["words.idx.gz", "words.dict.dz"])
def test_what_unpacks_without_end_costs_neither_memory_nor_disk(tmp_path: Path, name: str) -> None:
    """300 MB of zeros."""
    files = changed(idx=None) if "idx" in name else changed(dict=None)
    bomb = gzip.compress(b"\0" * 1024 * 1024) * 300
    write_files(tmp_path / "given", {**files, name: bomb})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    added = adding.add(tmp_path / "given", tmp_path / "kept")
    size = sum(path.stat().st_size for path in (tmp_path / "kept").rglob("*"))
    assert size < 100_000
    assert bool(added.added) == ("dict" in name), "of entries only what the index knows is unpacked"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_a_table_of_65535_chunks_costs_little(tmp_path: Path) -> None:
    content = dictzip(b"x" * 30_000, chunk_bytes=1)
    write_files(tmp_path / "given", changed(dict=lambda _: content))
    begun = time.perf_counter()
    adding.add(tmp_path / "given", tmp_path / "kept")
    assert time.perf_counter() - begun < 5


def test_a_packed_file_that_is_none_is_named(tmp_path: Path) -> None:
    for name in ("a.zip", "a.tar.gz"):
        (tmp_path / name).write_bytes(b"no packed file at all")
        with pytest.raises(DictionaryError) as refused:
            adding.add(tmp_path / name, tmp_path / "kept")
        assert (refused.value.fault, refused.value.file) == (DictionaryFault.DAMAGED, name)
    assert kept(tmp_path / "kept") == []


def test_removing_frees_the_place_and_a_kill_leaves_nothing(tmp_path: Path) -> None:
    DRAFT.write(tmp_path / "given")
    [facts] = adding.add(tmp_path / "given", tmp_path / "kept").added
    adding.remove(tmp_path / "kept", facts.id)
    adding.remove(tmp_path / "kept", facts.id)
    assert kept(tmp_path / "kept") == []
    (tmp_path / "kept" / "abc.part").mkdir()
    (tmp_path / "kept" / "foreign").mkdir()
    assert adding.dictionaries_in(tmp_path / "kept") == []
    adding.add(tmp_path / "given", tmp_path / "kept")
    assert kept(tmp_path / "kept") == sorted([facts.id, "foreign"])


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")
def test_what_is_copied_is_for_its_owner_only(tmp_path: Path) -> None:
    DRAFT.write(tmp_path / "given")
    [facts] = adding.add(tmp_path / "given", tmp_path / "kept").added
    place = tmp_path / "kept" / facts.id
    assert place.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o600}


def test_a_full_disk_is_told_and_leaves_nothing(small_disk: Path, tmp_path: Path) -> None:  # noqa: F811
    DRAFT.write(tmp_path / "given")
    (small_disk / "kept").mkdir()
    with full(small_disk), pytest.raises(Full):
        adding.add(tmp_path / "given", small_disk / "kept")
    assert kept(small_disk / "kept") == []
    assert adding.add(tmp_path / "given", small_disk / "kept").added
