"""The recorded exchanges with real servers: beside the project, never in it."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent.parent.parent / "shared" / "specs" / "transcripts"

_CUT = re.compile(rb"\n?\[\.\.\. \d+ more characters\]\s*$")


def body(protocol: str, section: str) -> bytes:
    """The body of the answer in one numbered section (“4.8”); cut where the recording is.

    Skips the test when the recordings are absent, fails it in continuous runs.
    """
    if not RECORDED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the recordings are not at {RECORDED}")
        pytest.skip(f"the recordings are not at {RECORDED}")
    text = _sections(protocol)[section]
    answer = text.rpartition("```http\n")[2].rpartition("\n```")[0]
    return _CUT.sub(b"", answer.partition("\n\n")[2].encode())


@cache
def _sections(protocol: str) -> dict[str, str]:
    text = (RECORDED / f"{protocol}.md").read_text(encoding="utf-8")
    parts = re.split(r"^### ([0-9.]+) .*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
