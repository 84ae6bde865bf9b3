"""The hashes that servers know a file by: SHA-256, KOReader's partial MD5 and two variants of it.

Source: koreader, frontend/util.lua (partialMD5). Komga's and Stump's variants differ where the last
sample is short: Komga hashes the whole reused buffer, Stump pads the sample with zeros.
"""

import hashlib
from typing import BinaryIO

from kios_desktop.domain.library import DocumentHashes

_SAMPLE_BYTES = 1024
# KOReader's lshift(1024, 2 * i) for i = -1…10; LuaJIT takes the shift modulo 32, so the first is 0
OFFSETS = (0, *(1024 * 4**i for i in range(11)))
_CHUNK_BYTES = 256 * 1024


def hashes_of(file: BinaryIO) -> DocumentHashes:
    """All hashes of what can be read from here to the end."""
    whole = hashlib.sha256()
    samples = [b""] * len(OFFSETS)
    position = 0
    while chunk := file.read(_CHUNK_BYTES):
        whole.update(chunk)
        end = position + len(chunk)
        for i, offset in enumerate(OFFSETS):
            if offset < end and offset + _SAMPLE_BYTES > position:
                start = max(offset, position) - position
                samples[i] += chunk[start : offset + _SAMPLE_BYTES - position]
        position = end
    taken = [sample for sample in samples if sample]
    partial = _md5(taken)
    if all(len(sample) == _SAMPLE_BYTES for sample in taken):  # then nothing is padded
        return DocumentHashes(whole.hexdigest(), partial, partial, partial)
    return DocumentHashes(
        sha256=whole.hexdigest(),
        partial_md5=partial,
        partial_md5_komga=_md5(_padded_with_stale_bytes(taken)),
        partial_md5_stump=_md5([sample.ljust(_SAMPLE_BYTES, b"\0") for sample in taken]),
    )


def file_name_id(name: str) -> str:
    """KOReader's other id: MD5 of the file name with extension, without folder, in UTF-8.

    For a name that is not valid text, the bytes on the disk are hashed.
    """
    try:
        encoded = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # lone surrogates, which only Windows allows in names
        encoded = name.encode("utf-8", "surrogatepass")
    return hashlib.md5(encoded, usedforsecurity=False).hexdigest()


def _padded_with_stale_bytes(samples: list[bytes]) -> list[bytes]:
    """Komga reads into one reused buffer and always hashes all of it."""
    buffer = bytes(_SAMPLE_BYTES)
    padded: list[bytes] = []
    for sample in samples:
        buffer = sample + buffer[len(sample) :]
        padded.append(buffer)
    return padded


def _md5(samples: list[bytes]) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for sample in samples:
        digest.update(sample)
    return digest.hexdigest()
