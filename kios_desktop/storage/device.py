"""This installation's device id, and how it knows that it has been copied.

Servers take two installations with one id for one device and hide each other's places (kosync.md
6.7). So the id is stored next to a fingerprint of the computer; on another computer it is renewed.
"""

import ctypes
import ctypes.util
import hashlib
import logging
import socket
import sys
import uuid
from pathlib import Path

import msgspec

from kios_desktop.domain.disk import make_folder, write_private
from kios_desktop.domain.text import line

log = logging.getLogger(__name__)

_NAME_LENGTH = 100


class _Device(msgspec.Struct):
    id: str
    host: str


def device_id(path: Path, fingerprint: str) -> str:
    """32 upper-case hex digits; made at first use, and again when `fingerprint` changed.

    `path` belongs with the caches of this computer, not with what people copy. An id that can't
    be stored still holds for this run.
    """
    known = _read(path)
    if known is not None and known.host == fingerprint:
        return known.id
    made = _Device(uuid.uuid4().hex.upper(), fingerprint)
    part = path.with_name(path.name + ".part")
    try:
        make_folder(path.parent)
        write_private(part, msgspec.json.encode(made))
        part.replace(path)
    except OSError as error:
        log.warning("the device id could not be stored: %s", type(error).__name__)
    return made.id


def host_fingerprint() -> str:
    """16 hex digits that stay the same on this computer and give nothing about it away."""
    return hashlib.sha256(f"kios-desktop {_machine()}".encode()).hexdigest()[:16]


def default_device_name() -> str:
    """“Kios Desktop (host)”, at most 100 characters."""
    host = socket.gethostname().split(".")[0] or "computer"
    return line(f"Kios Desktop ({host})", _NAME_LENGTH)


def wire_name(name: str, identity: str) -> str:
    """A device name as it goes to servers: with a few characters of the id, at most 100 in all.

    Two computers may have one name, and Stump has room for only one of a name (it answers 500).
    """
    mark = f" · {identity[:4].lower()}"
    return line(name, _NAME_LENGTH - len(mark)) + mark


def _read(path: Path) -> _Device | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Device)
    except (OSError, msgspec.DecodeError):
        return None


def _machine() -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    if sys.platform == "darwin":
        library = ctypes.CDLL(ctypes.util.find_library("c"))
        found = (ctypes.c_ubyte * 16)()
        wait = (ctypes.c_long * 2)(1, 0)  # struct timespec: at most a second
        if library.gethostuuid(found, wait) == 0:
            return bytes(found).hex()
    for name in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            return Path(name).read_text(encoding="ascii").strip()
        except OSError:
            continue
    return socket.gethostname()
