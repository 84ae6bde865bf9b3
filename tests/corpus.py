"""Where the third-party books are: beside the project, never in it."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"


def corpus() -> Path:
    """The folder of the corpus; skips the test when it is absent, fails it in continuous runs."""
    if not CORPUS.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the corpus is not at {CORPUS}")
        pytest.skip(f"the corpus is not at {CORPUS}")
    return CORPUS


def book_names() -> list[str]:
    """The names of all books, without extension; empty when the corpus is absent."""
    return sorted(path.stem for path in (CORPUS / "books").glob("*.epub"))


def book(name: str) -> Path:
    """One book by its name without extension."""
    return corpus() / "books" / f"{name}.epub"


@cache
def truth(kind: str, name: str) -> list[dict[str, Any]]:
    """The records of `xpointer`, `cfi` or `kobospan` for one book; empty when there are none."""
    file = CORPUS / kind / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
