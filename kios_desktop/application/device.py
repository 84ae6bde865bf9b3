"""The id and the name under which servers know this computer."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from kios_desktop.storage.device import (
    default_device_name,
    device_id,
    host_fingerprint,
    wire_name,
)


class Device:
    """`machine` is the profile's folder for this computer; `chosen_name` is "" without a choice."""

    def __init__(self, machine: Path, chosen_name: Callable[[], str]) -> None:
        self._file, self._chosen_name = machine / "device.json", chosen_name
        self._id = ""

    async def id(self) -> str:
        """32 upper-case hex digits, made at first use."""
        if not self._id:
            self._id = await asyncio.to_thread(device_id, self._file, host_fingerprint())
        return self._id

    def name(self) -> str:
        """At most 100 characters, with a few of the id, which has to be known by then."""
        return wire_name(self._chosen_name() or default_device_name(), self._id)
