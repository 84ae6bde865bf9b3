"""The least that adding books can cost: each is read and hashed, and its small files are parsed."""

import hashlib
import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

_PARSED = ("container.xml", ".opf", "nav.xhtml")


def books_a_second(paths: Sequence[Path]) -> float:
    """Of one thread that keeps nothing."""
    since = time.perf_counter()
    for path in paths:
        content = path.read_bytes()
        hashlib.sha256(content).hexdigest()
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for name in book.namelist():
                if name.endswith(_PARSED):
                    etree.fromstring(book.read(name))
    return len(paths) / (time.perf_counter() - since)
