"""This installation's device id, and how it knows that it has been copied.

A KOReader sync server takes two installations with one id for one device, and each then ignores the
other's places as its own. So the id is stored with a fingerprint of the computer, and is renewed on
another one.
"""

import ctypes
import ctypes.util
import hashlib
import logging
import socket
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kios_desktop.domain.disk import make_folder, write_private
from kios_desktop.domain.text import clean_line

log = logging.getLogger(__name__)

Source = Callable[[], str]
"""What tells this computer from others. May raise OSError or return nothing."""

_NAME_LENGTH = 100
_NOT_YET = "uninitialized"  # in systemd's machine-id until the first boot of an image is over


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


def host_fingerprint(sources: Sequence[Source] | None = None) -> str:
    """16 hex digits that stay the same on this computer and give nothing about it away.

    Of what the first of `sources` says that says something: the system's id of this computer, and
    where it has none the computer's name, which lasts until somebody changes it.
    """
    for source in _SOURCES if sources is None else sources:
        try:
            machine = source().strip()
        except (OSError, ValueError, AttributeError) as error:
            log.info("no id of this computer: %s", type(error).__name__)
            continue
        if machine and machine != _NOT_YET:
            return hashlib.sha256(f"kios-desktop {machine}".encode()).hexdigest()[:16]
    return hashlib.sha256(b"kios-desktop").hexdigest()[:16]


def default_device_name() -> str:
    """“Kios Desktop (host)”, at most 100 characters."""
    host = socket.gethostname().split(".")[0] or "computer"
    return clean_line(f"Kios Desktop ({host})", _NAME_LENGTH)


def wire_name(name: str, identity: str) -> str:
    """A device name as it goes to servers: with a few characters of the id, at most 100 in all.

    Two computers may have one name, and Stump has room for only one of a name (it answers 500).
    """
    mark = f" · {identity[:4].lower()}"
    return clean_line(name, _NAME_LENGTH - len(mark)) + mark


def _read(path: Path) -> _Device | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Device)
    except (OSError, msgspec.DecodeError):
        return None


if sys.platform == "win32":
    import winreg

    def _registry() -> str:
        # a Python of 32 bits would look where the key is not
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        path = r"SOFTWARE\Microsoft\Cryptography"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])

    _SOURCES: tuple[Source, ...] = (_registry, socket.gethostname)
elif sys.platform == "darwin":

    def _system() -> str:
        library = ctypes.CDLL(ctypes.util.find_library("c"))
        found = (ctypes.c_ubyte * 16)()
        wait = (ctypes.c_long * 2)(1, 0)  # struct timespec: at most a second
        return bytes(found).hex() if library.gethostuuid(found, wait) == 0 else ""

    _SOURCES = (_system, socket.gethostname)
else:

    def _file(name: str) -> Source:
        return lambda: Path(name).read_text(encoding="ascii")

    _SOURCES = (
        _file("/etc/machine-id"),
        _file("/var/lib/dbus/machine-id"),
        socket.gethostname,
    )
