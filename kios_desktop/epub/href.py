"""Paths inside a container: joining, decoding and normalising hrefs. Nothing is read here."""

import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:")
# nothing in it to decode, and nothing to normalise behind the steps up
_SIMPLE = re.compile(r"((?:\.\./)*)([\w-][\w.-]*(?:/[\w-][\w.-]*)*)(?:#([\w.:-]*))?$")
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*").fullmatch
_DRIVE = re.compile(r"^[A-Za-z]:")


def is_remote(href: str) -> bool:
    """Whether the href leaves the container: it has a scheme or a host."""
    return href.startswith("//") or (":" in href and bool(_SCHEME.match(href)))


def split(href: str) -> tuple[str, str]:
    """(path, fragment): both percent-decoded, the query dropped."""
    path, _, fragment = href.strip().partition("#")
    return unquote(path.partition("?")[0]), unquote(fragment)


def join(base: str, path: str) -> str:
    """`path`, already decoded, as seen from the file `base`; "" when it leaves the container.

    A path that begins with "/" is taken from the container's root.
    """
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(folder(base), path)
    return normalised(joined)


def resolve(base: str, href: str) -> tuple[str, str]:
    """(path in the container, fragment) of an href found in the file `base`.

    The path is "" for remote hrefs and those that leave the container; an href of only a
    fragment means `base` itself.
    """
    href = href.strip()
    if _PLAIN(href) is not None:  # most are
        directory = folder(base)
        return (f"{directory}/{href}" if directory else href), ""
    if (simple := _SIMPLE.match(href)) is not None:
        up, path, fragment = simple[1], simple[2], simple[3] or ""
        directory = folder(base)
        for _ in range(0, len(up), len("../")):
            if not directory:
                return "", fragment
            directory = folder(directory)
        return (f"{directory}/{path}" if directory else path), fragment
    if is_remote(href):
        return "", ""
    path, fragment = split(href)
    return (join(base, path) if path else base), fragment


def literal(base: str, href: str) -> str:
    """The path if "?" and "#" are written in the file's name itself; "" when neither is there."""
    href = href.strip()
    has_marks = ("?" in href or "#" in href[1:]) and not is_remote(href)
    return join(base, href) if has_marks else ""


@lru_cache(maxsize=64)
def folder(path: str) -> str:
    """The folder of a file, without a trailing slash; "" at the root."""
    return posixpath.dirname(path)


def normalised(path: str) -> str:
    """The path without "." and ".." steps; "" when it is empty or leads out of the container."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def without_steps_up(path: str) -> str:
    """The path, normalised, behind the steps that lead out of a folder."""
    return normalised("/".join(step for step in path.split("/") if step != ".."))


def is_plain(path: str) -> bool:
    """Whether a path is safe, the same in every encoding and in no need of an escape: most are."""
    return _PLAIN(path) is not None


def is_safe(name: str) -> bool:
    """Whether a zip entry's name stays inside the container on every system."""
    return (
        bool(name)
        and "\0" not in name
        and "\\" not in name
        and not name.startswith("/")
        and not _DRIVE.match(name)
        and ".." not in name.split("/")
    )
