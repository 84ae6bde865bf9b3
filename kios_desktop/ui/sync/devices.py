"""Names and icons of other devices."""

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
    """The device's own name on one line, isolated from the sentence around, or “another device”."""
    return isolated(device) or tr("another device")
