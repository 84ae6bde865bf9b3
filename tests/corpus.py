"""Where the third-party books are: beside the project, never in it."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parent.parent.parent / "shared"
CORPUS = SHARED / "corpus"
INPUTS = SHARED / "inputs"  # small books of our own that went wrong


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


def input_names() -> list[str]:
    """The names of the small books that went wrong; empty when they are absent."""
    return sorted(path.stem for path in INPUTS.glob("*.epub"))


def input_book(name: str) -> Path:
    """One of them; skips the test when they are absent, fails it in continuous runs."""
    if not INPUTS.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the small books are not at {INPUTS}")
        pytest.skip(f"the small books are not at {INPUTS}")
    return INPUTS / f"{name}.epub"


@cache
def truth(kind: str, name: str) -> list[dict[str, Any]]:
    """The records of `xpointer`, `cfi` or `kobospan` for one book; empty when there are none."""
    file = CORPUS / kind / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
