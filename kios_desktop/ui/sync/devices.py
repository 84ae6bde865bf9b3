"""Names and icons of other devices (design.md 6.15)."""

from typing import Final

from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr

_TABLETS: Final = ("kobo", "kindle", "pocketbook", "boox", "reader", "tablet")
_PHONES: Final = ("phone", "pixel", "galaxy", "android", "mobile")


def device_icon(device: str) -> str:
    """The icon for a device by its name; "" is this computer."""
    name = device.casefold()
    if any(word in name for word in _TABLETS):
        return "device-tablet"
    if any(word in name for word in _PHONES):
        return "device-mobile"
    return "desktop"


def device_name(device: str) -> str:
    """As sent by the device, or “another device”.

    On one line, and without marks that would turn the sentence around it.
    """
    return isolated(device) or tr("another device")
