"""The .ifo file of a StarDict dictionary.

Source: StarDict 3, doc/StarDictFileFormat.
"""

from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.errors import DictionaryError, DictionaryFault
from kios_desktop.domain.text import clean_line

MOST_BYTES: Final = 256 * 1024
_FIRST_LINES: Final = ("StarDict's dict ifo file", "StarDict's treedict ifo file")
_TYPES: Final = frozenset("mltgxykwhnrWPX")


@dataclass(frozen=True, slots=True)
class Description:
    """`types` are those of the parts of every entry (sametypesequence); "" where each names its
    own. `index_bytes` is the length of the index, not packed; 0 where it is not told."""

    name: str
    words: int
    index_bytes: int
    offset_bytes: int  # 4 or 8, of an offset in the index
    types: str


def description_of(content: bytes, file: str) -> Description:
    """`file` is the name of the .ifo file. Raises DictionaryError."""
    lines = content.decode("utf-8-sig", "replace").replace("\r", "\n").split("\n")
    if len(content) > MOST_BYTES or lines[0].strip() not in _FIRST_LINES:
        raise DictionaryError(DictionaryFault.DAMAGED, file)
    values: dict[str, str] = {}
    for line in lines[1:]:
        name, equals, value = line.partition("=")
        if equals:
            values.setdefault(name.strip().lower(), value.strip())
    types = values.get("sametypesequence", "")
    bits = values.get("idxoffsetbits", "32")
    if not set(types) <= _TYPES or bits not in ("32", "64"):
        raise DictionaryError(DictionaryFault.DAMAGED, file)
    return Description(
        clean_line(values.get("bookname"), 200) or clean_line(file.rpartition(".")[0], 200),
        _number(values.get("wordcount", "")),
        _number(values.get("idxfilesize", "")),
        int(bits) // 8,
        types,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
