"""The hashes servers match books by, against vectors made with KOReader's own Lua."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.epub.document_hash import file_name_id, hashes_of

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).with_name("kosync-vectors.json").read_text(encoding="utf-8")
)


def generated(kind: str, size: int) -> bytes:
    if kind == "A":
        return bytes((i * 7 + 3) % 256 for i in range(256)) * (size // 256 + 1)
    count = size // 16 + 1
    return b"".join(hashlib.md5(str(k).encode()).digest() for k in range(count))


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda v: f"{v['gen']}-{v['size']}")
def test_hashes_are_those_of_koreader_komga_and_stump(vector: dict[str, Any]) -> None:
    content = generated(vector["gen"], vector["size"])[: vector["size"]]
    hashes = hashes_of(io.BytesIO(content))
    assert hashes.partial_md5 == vector["koreader"]
    assert hashes.partial_md5_komga == vector["komga"]
    assert hashes.partial_md5_stump == vector["stump"]
    assert hashes.sha256 == hashlib.sha256(content).hexdigest()


def test_file_name_id_is_koreaders() -> None:
    assert file_name_id("leaves.epub") == "f086cbeb952dd7911a6c677d87db5dcf"
    assert file_name_id("Émile.epub") == "cd039e3c52a2b711215aa00b3539135a"


def test_file_name_id_of_a_name_that_is_no_text_is_that_of_its_bytes() -> None:
    expected = hashlib.md5(b"caf\xe9.epub", usedforsecurity=False).hexdigest()
    assert file_name_id(b"caf\xe9.epub".decode("utf-8", "surrogateescape")) == expected
    assert len(file_name_id("half \ud83d.epub")) == 32
