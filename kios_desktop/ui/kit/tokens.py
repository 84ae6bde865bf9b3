"""The design tokens, and the folder of files that come with Kios. No Qt."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

RESOURCES: Final = Path(__file__).resolve().parents[3] / "resources"


@cache
def tokens() -> Mapping[str, Any]:
    """The whole of `tokens.json`."""
    loaded: Mapping[str, Any] = json.loads((RESOURCES / "tokens.json").read_text(encoding="utf-8"))
    return loaded
