"""StarDict dictionaries made by code: every form of their files, sound or not."""

import gzip
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Parts = Sequence[tuple[str, bytes]]


def dictzip(content: bytes, chunk_bytes: int = 1000, *, name: bytes = b"") -> bytes:
    """A gzip file of chunks that are unpacked alone, with the table of their packed sizes."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    chunks: list[bytes] = []
    for start in range(0, len(content), chunk_bytes):
        chunk = packing.compress(content[start : start + chunk_bytes])
        chunks.append(chunk + packing.flush(zlib.Z_FULL_FLUSH))
    end = packing.flush(zlib.Z_FINISH)
    table = struct.pack("<HHH", 1, chunk_bytes, len(chunks))
    table += b"".join(struct.pack("<H", len(chunk)) for chunk in chunks)
    extra = b"xx\x02\x00..RA" + struct.pack("<H", len(table)) + table
    head = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, 4 | (8 if name else 0), 0, 2, 3)
    head += struct.pack("<H", len(extra)) + extra + (name + b"\0" if name else b"")
    tail = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return head + b"".join(chunks) + end + tail


@dataclass
class StarDict:
    """A dictionary to be written. `entries` are words with their text, or with parts of types."""

    entries: Sequence[tuple[str, str | Parts]]
    name: str = "Words"
    types: str = "m"  # sametypesequence; "" gives each part its type
    synonyms: Sequence[tuple[str, int]] = ()
    bits: int = 32
    pack_entries: bool = True
    pack_index: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)  # lines of the .ifo file

    def files(self, stem: str = "words") -> dict[str, bytes]:
        """The content of each file, by its name."""
        text, index = bytearray(), bytearray()
        for word, entry in self.entries:
            content = self._content(entry)
            place = struct.pack(">II" if self.bits == 32 else ">QI", len(text), len(content))
            index += word.encode() + b"\0" + place
            text += content
        synonyms = b"".join(
            word.encode() + b"\0" + struct.pack(">I", number) for word, number in self.synonyms
        )
        lines = {
            "version": "2.4.2" if self.bits == 32 else "3.0.0",
            "bookname": self.name,
            "wordcount": str(len(self.entries)),
            "idxfilesize": str(len(index)),
        }
        if self.synonyms:
            lines["synwordcount"] = str(len(self.synonyms))
        if self.bits == 64:
            lines["idxoffsetbits"] = "64"
        if self.types:
            lines["sametypesequence"] = self.types
        lines.update(self.changed)
        about = "\n".join(f"{key}={value}" for key, value in lines.items())
        made = {f"{stem}.ifo": f"StarDict's dict ifo file\n{about}\n".encode()}
        if self.pack_index:
            made[f"{stem}.idx.gz"] = gzip.compress(bytes(index))
        else:
            made[f"{stem}.idx"] = bytes(index)
        if self.pack_entries:
            made[f"{stem}.dict.dz"] = dictzip(bytes(text))
        else:
            made[f"{stem}.dict"] = bytes(text)
        if synonyms:
            made[f"{stem}.syn"] = synonyms
        return made

    def _content(self, entry: str | Parts) -> bytes:
        if isinstance(entry, str):
            entry = [(self.types or "m", entry.encode())]
        made = b""
        for number, (kind, content) in enumerate(entry):
            is_last = bool(self.types) and number == len(entry) - 1
            made += b"" if self.types else kind.encode()
            if kind.isupper():
                made += b"" if is_last else struct.pack(">I", len(content))
            made += content
            if kind.islower() and not is_last:
                made += b"\0"
        return made

    def write(self, folder: Path, stem: str = "words") -> Path:
        """The .ifo file."""
        write_files(folder, self.files(stem))
        return folder / f"{stem}.ifo"


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
