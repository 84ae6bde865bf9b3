"""What a screen reader gets of the programs on the screen: the names in their trees, over AT-SPI.

Asked from outside, as a screen reader does, with `busctl`.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACCESSIBLE = "org.a11y.atspi.Accessible"
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher")
NEEDED = ("busctl", "dbus-run-session")
MOST = 3000  # objects
PATIENCE_S = 10
Node = tuple[str, str]  # name on the bus, path


def is_possible() -> bool:
    """Whether this computer has what the bus of assistive technology needs."""
    return all(map(shutil.which, NEEDED)) and any(Path(one).exists() for one in LAUNCHERS)


def _asked(*words: str) -> list[Any]:
    """The values of an answer; none when there is no answer."""
    done = subprocess.run(
        ["busctl", "--json=short", *words], capture_output=True, text=True, timeout=PATIENCE_S
    )
    if done.returncode:
        return []
    data = json.loads(done.stdout)["data"]
    return data if isinstance(data, list) else [data]


class SpokenTree:
    """The trees of all programs of this session. Making one starts the bus."""

    def __init__(self) -> None:
        found = _asked(
            "--user", "call", "org.a11y.Bus", "/org/a11y/bus", *["org.a11y.Bus"], "GetAddress"
        )
        self._address = str(found[0])

    def _ask(self, what: str, node: Node, *words: str) -> list[Any]:
        return _asked(f"--address={self._address}", what, *node, ACCESSIBLE, *words)

    def children(self, node: Node) -> list[Node]:
        found = self._ask("call", node, "GetChildren")
        return [(name, path) for name, path in found[0]] if found else []

    def names(self) -> Iterator[str]:
        """The names of every object of every program, from the top."""
        stack, seen = [REGISTRY], set[Node]()
        while stack and len(seen) < MOST:
            here = stack.pop()
            if here not in seen:
                seen.add(here)
                yield from (str(name) for name in self._ask("get-property", here, "Name") if name)
                stack.extend(reversed(self.children(here)))
