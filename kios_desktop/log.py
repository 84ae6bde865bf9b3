"""Logging: one rotating file, and no secret in it.

Redaction sits in the formatter, because it is the last step: arguments, child loggers and
tracebacks all pass it. Registered secrets are blanked in each form they travel in; on top of
that, whatever looks like a login or a key in a URL is blanked without being registered.
"""

import base64
import hashlib
import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

from kios_desktop.domain.disk import make_folder, private
from kios_desktop.domain.secret import KOREADER_ROUTES

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FILE_BYTES = 1_000_000
FILES = 3
SHORTEST = 4  # a shorter value would blank ordinary words
BLANK = "***"

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#][^\s\"'>]*")
_PATH_KEY = re.compile(r"(?<=/)(?=[^/\s]*[0-9])[A-Za-z0-9_\-.~]{16,}(?=[/\s\"'?#>,)]|$)")
_KOBO_TOKEN = re.compile(r"(?i)(?<=/kobo/)[^/\s?#]+")
_KOREADER_KEY = re.compile(
    rf"(?i)(?<=/koreader/)(?!(?:{'|'.join(sorted(KOREADER_ROUTES))})(?:[/\s?#]|$))[^/\s?#]+"
)
_STUMP_KEY = re.compile(r"(?<=/)stump_[^/\s?#]+")
_URL = re.compile(r"https?://[^\s\"'>]+")
_HEADER = re.compile(
    r"(?i)((?:authorization|x-auth-key|x-auth-user|cookie|set-cookie)"
    r"[\"']?\s*[:=,]\s*b?[\"']?)([^\"'\r\n)]+)"
)


class RedactingFormatter(logging.Formatter):
    """Formats, then blanks every registered secret and everything shaped like one."""

    def __init__(self, fmt: str = FORMAT) -> None:
        super().__init__(fmt)
        self._secrets: set[str] = set()

    def hide(self, secret: str, username: str = "") -> None:
        """Registers a secret with the forms in which it leaves: quoted, hashed, as Basic."""
        if len(secret) < SHORTEST:
            return
        basic = base64.b64encode(f"{username}:{secret}".encode()).decode()
        digest = hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest()
        forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), digest, basic}
        self._secrets |= {form for form in forms if len(form) >= SHORTEST}

    def format(self, record: logging.LogRecord) -> str:
        return self.redacted(super().format(record))

    def redacted(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, BLANK)
        text = _HEADER.sub(rf"\1{BLANK}", text)
        return _URL.sub(_without_keys, text)


class _PrivateFile(RotatingFileHandler):
    """A file that only this user may read: it names the books that were read."""

    def _open(self) -> TextIOWrapper:
        descriptor = private(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)


def set_up(folder: Path | None, level: int = logging.INFO) -> RedactingFormatter:
    """Logs to `folder`, or to standard error without one. Call `hide` for each secret in use.

    A folder that can't be written to costs the log file, not the program.
    """
    formatter = RedactingFormatter()
    handler: logging.Handler = logging.StreamHandler()
    if folder is not None:
        try:
            make_folder(folder)
            handler = _PrivateFile(
                folder / "kios.log",
                maxBytes=FILE_BYTES,
                backupCount=FILES,
                encoding="utf-8",
                errors="backslashreplace",  # names of files need not be text
            )
        except OSError:
            pass
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(handler)
    for noisy in ("httpx", "httpcore"):  # they log full URLs, tokens included
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return formatter


def _without_keys(match: re.Match[str]) -> str:
    url = _USERINFO.sub(f"{BLANK}@", match[0])
    url = _QUERY.sub(rf"\1?{BLANK}", url)
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path = slash + path
    for key in (_KOBO_TOKEN, _KOREADER_KEY, _STUMP_KEY, _PATH_KEY):
        path = key.sub(BLANK, path)
    return f"{scheme}{separator}{host}{path}"
