"""Parts are asked for by name only where there is a part of that name."""

import re
from functools import cached_property
from pathlib import Path

from kios_desktop.startup import parts
from kios_desktop.startup.parts import Parts

ASKED = re.compile(r"\b(?:is|if)_made\(\"(\w+)\"")


def test_every_name_is_that_of_a_part() -> None:
    startup = Path(parts.__file__).parent
    sources = [path.read_text(encoding="utf-8") for path in startup.glob("*.py")]
    names = {name for source in sources for name in ASKED.findall(source)}
    assert names
    assert not [name for name in names if not isinstance(vars(Parts).get(name), cached_property)]
